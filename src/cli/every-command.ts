// Every command of the command line by its first word, in the order in which help lists them. Each is loaded when it is asked for: together
// they are the whole bot.
import type { Command } from 'commander'
import type { Add } from './program.ts'

type AddTo = (program: Command, add: Add) => void

export const everyCommand: Record<string, () => Promise<AddTo>> = {
  start: async () => (await import('./start.ts')).addStart,
  alert: async () => (await import('./alert.ts')).addAlert,
  incidents: async () => (await import('./incidents.ts')).addIncidents,
  digest: async () => (await import('./digest.ts')).addDigest,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
  check: async () => (await import('./check.ts')).addCheck,
  chart: async () => (await import('./chart.ts')).addChart,
  runbook: async () => (await import('./runbook.ts')).addRunbook,
  config: async () => (await import('./config.ts')).addConfig,
  slo: async () => (await import('./slo.ts')).addSlo,
  slack: async () => (await import('./slack.ts')).addSlack,
  timeline: async () => (await import('./timeline.ts')).addTimeline,
  migrate: async () => (await import('./migrate.ts')).addMigrate,
  postmortem: async () => (await import('./postmortem.ts')).addPostmortem,
}

/** What a command line that begins so can mean: all of them, where its first word is none of theirs. */
export async function commandsFor(word: string | undefined): Promise<AddTo[]> {
  const asked = Object.entries(everyCommand).filter(([name]) => name === word)
  const meant = asked.length > 0 ? asked : Object.entries(everyCommand)
  return Promise.all(meant.map(([, load]) => load()))
}
