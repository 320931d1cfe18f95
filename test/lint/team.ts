// A small team with nothing to improve, to break one thing at a time in.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadConfig, placeFinder } from '../../src/config/load.ts'
import type { Finding } from '../../src/lint/finding.ts'
import { lint } from '../../src/lint/lint.ts'
import { loadRunbooks } from '../../src/runbooks/load.ts'
import { folderWith } from '../config/files.ts'

export const sound = `
team: Shop
zone: Europe/Berlin
people:
  ada: { slack: U01ADA }
  grace: { slack: U02GRACE }
  alan: { slack: U03ALAN }
schedules:
  primary: { rotation: { people: [ada, grace], every: week, starts: 2027-01-04, handover: "Mon 09:00" } }
  secondary: { rotation: { people: [grace, ada], every: week, starts: 2027-01-04, handover: "Mon 09:00" } }
policies:
  P1:
    steps:
      - { page: schedule:primary, wait: 5m }
      - { page: schedule:secondary, wait: 5m }
    last_resort: { people: [alan] }
severities:
  P1: { policy: P1 }
  P2: { policy: P1 }
  P3: { policy: P1, paging: business hours }
severity_rules:
  - { match: { environment: staging }, severity: P4 }
sources: { generic: { token: 0f9a7c25d1e84b6397aa } }
`

/** A month before the clocks of Berlin go forward. */
export const now = new Date('2027-03-01T12:00:00Z')

export type Told = Pick<Finding, 'weight' | 'message'> & { rule: string; line: number | null; fix: string | null }

/** What the linter says of a configuration; `files` besides it, by name. */
export function told(yaml: string, files: Record<string, string> = {}, at = now): Told[] {
  const folder = folderWith({})
  for (const [name, text] of Object.entries({ 'tocsin.yaml': yaml, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const config = loadConfig({}, { cwd: folder })
  const { runbooks } = loadRunbooks(config.runbooks)
  return lint({ config, runbooks, now: at }, placeFinder({}, { cwd: folder })).map(
    ({ rule, weight, message, fix, line }) => ({ rule, weight, message, fix, line }),
  )
}
