// A team in Berlin whose night is simulated: every wait is written, so that what is foretold is plain.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rules } from '../../src/bot.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Override } from '../../src/core/schedule.ts'
import { type Asked, readScenario } from '../../src/foresight/scenario.ts'
import { simulate } from '../../src/foresight/simulate.ts'
import { nightLines, nightWords } from '../../src/messages/night.ts'
import { makeTemplates } from '../../src/templates.ts'
import { folderWith } from '../config/files.ts'

export const berlin = `
team: Payments
zone: Europe/Berlin
people:
  ada: { name: Ada Lovelace, slack: U01ADA }
  grace: { name: Grace Hopper, slack: U02GRACE }
  alan: { name: Alan Turing }
schedules:
  primary: { rotation: { people: [ada, grace], every: day, starts: 2027-03-01, handover: "03:00" } }
  secondary: { rotation: { people: [grace, ada], every: week, starts: 2030-01-07, handover: "Mon 09:00" } }
policies:
  P1:
    steps:
      - { page: "schedule:primary", wait: 5m }
      - { page: "schedule:secondary", wait: 5m }
      - { page: "person:alan", wait: 20m }
    rounds: 3
    last_resort: { people: [grace], every: 10m }
severities:
  P1: { clocks: { respond: 15m, resolve: 4h } }
sources: { generic: { token: 0123456789abcdef0123 } }
`

export function rules(yaml = berlin, platforms = ['slack', 'console']): Rules {
  const folder = folderWith({})
  writeFileSync(join(folder, 'tocsin.yaml'), yaml)
  const config = loadConfig({}, { cwd: folder })
  return { config, runbooks: [], platforms: platforms.map((name) => ({ name })) }
}

/** What the command line would print. */
export function foretold(asked: Asked, overrides: Override[] = [], of = rules()): string {
  const { scenario, oddity } = readScenario(of.config, asked, new Date('2027-03-01T00:00:00Z'))
  const words = { config: of.config, templates: makeTemplates([]) }
  return `${nightLines(nightWords(words, simulate(of, scenario, overrides), oddity)).join('\n')}\n`
}
