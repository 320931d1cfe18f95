// Every command of the command line, in the order in which help lists them.
import { addAlert } from './alert.ts'
import { addChart } from './chart.ts'
import { addCheck } from './check.ts'
import { addConfig } from './config.ts'
import { addDigest } from './digest.ts'
import { addIncidents } from './incidents.ts'
import { addMigrate } from './migrate.ts'
import { addPostmortem } from './postmortem.ts'
import { addRunbook } from './runbook.ts'
import { addSimulate } from './simulate.ts'
import { addSlack } from './slack.ts'
import { addSlo } from './slo.ts'
import { addStart } from './start.ts'
import { addTimeline } from './timeline.ts'

export const everyCommand = [
  addStart,
  addAlert,
  addIncidents,
  addDigest,
  addSimulate,
  addCheck,
  addChart,
  addRunbook,
  addConfig,
  addSlo,
  addSlack,
  addTimeline,
  addMigrate,
  addPostmortem,
]
