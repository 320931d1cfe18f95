// tocsin simulate: tonight's pages before they happen. The real engine on virtual time; nobody is called.
import type { Command } from 'commander'
import { platformNames } from '../chat/index.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { type Asked, readScenario } from '../foresight/scenario.ts'
import { simulate } from '../foresight/simulate.ts'
import { nightLines, nightWords } from '../messages/night.ts'
import { loadRunbooks } from '../runbooks/load.ts'
import { makeTemplates } from '../templates.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'
import { storedOverrides } from './stored-overrides.ts'

type Options = Omit<Asked, 'answers' | 'labels'> & {
  answer?: string[]
  label?: string[]
  overrides?: boolean
  url?: string
}

export function addSimulate(program: Command, add: Add): void {
  add(
    program,
    'simulate',
    'show who would be paged when, minute by minute, until the last resort; nobody is called',
    [
      ['--severity <severity>', 'P1 to P4; left out: what the rules make of the labels, else P1'],
      ['--service <service>', 'the service it is about'],
      ['--label <name=value...>', 'labels of the alert, for severity rules and runbooks'],
      ['--at <time>', 'when it opens: 03:00, 2027-03-28T01:30, or with an offset; now, when left out'],
      ['--zone <zone>', 'zone of --at and of the answer, e.g. Europe/Berlin; the team’s, when left out'],
      ['--answer <person@after...>', 'who acknowledges and when, e.g. ada@7m'],
      ['--policy <policy>', 'try another policy than the configured one'],
      ['--no-overrides', 'only the rotations: do not ask for the stored overrides'],
      ['--url <address>', 'the running bot to ask for overrides; default: DATABASE_URL, else the bot that runs here'],
    ],
    (options, around) => run(options as Options, around),
  )
}

async function run({ answer, label, overrides, url, ...asked }: Options, around: Surroundings): Promise<Outcome> {
  const config = loadConfig(around.env, { cwd: around.cwd })
  const { scenario, oddity } = readScenario(config, { ...asked, answers: answer, labels: label }, systemClock.now())
  const stored =
    overrides === false
      ? []
      : await storedOverrides(config, scenario.at, around, { url, otherwise: ', or add --no-overrides' })
  const platforms = platformNames(config).map((name) => ({ name }))
  const rules = { config, platforms, runbooks: loadRunbooks(config.runbooks).runbooks }
  const night = simulate(rules, scenario, stored ?? [])
  const templates = makeTemplates(config.templates === null ? [] : [config.templates])
  const told = nightWords({ config, templates }, night, oddity)
  const data = { ...night, overrides: stored, rows: told.rows.map(({ at, text }) => ({ at, text })) }
  return { lines: [...nightLines(told), ...(stored === null ? missing(config) : [])], data }
}

/** What a simulation without the stored overrides does not know. */
function missing({ schedules }: Config): string[] {
  const calendars = Object.values(schedules).filter((schedule) => schedule.calendar)
  const names = calendars.map(({ name }) => name).join(', ')
  return [
    '',
    `Overrides made with /oncall are not in it${names && `, nor what the calendars of ${names} say`}: set DATABASE_URL, or start the bot.`,
  ]
}
