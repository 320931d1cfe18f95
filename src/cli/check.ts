// tocsin check: a linter for tocsin.yaml, runbooks and templates, for people and for CI. Starts nothing.
// Exit codes: 0, it can be used; 1, it cannot, or has an error in it (with --strict: or a warning).
import type { Command } from 'commander'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { findConfig, loadConfig, placeFinder, shownFile } from '../config/load.ts'
import { configWarnings, missingParts, unconnected } from '../config/warnings.ts'
import { reasonOf } from '../errors.ts'
import type { Finding } from '../lint/finding.ts'
import { inOrder, lint, type Placed, type PlaceOf, placed } from '../lint/lint.ts'
import { messageSamples } from '../messages/samples.ts'
import { strayOverrides } from '../messages/strays.ts'
import { loadRunbooks } from '../runbooks/load.ts'
import type { Runbook } from '../runbooks/runbook.ts'
import { makeTemplates } from '../templates.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'
import { storedOverrides } from './stored-overrides.ts'

type Options = { strict?: boolean }

export function addCheck(program: Command, add: Add): void {
  const help = 'look tocsin.yaml, the environment, runbooks and templates over, and the next 90 days of every schedule'
  const strict: [string, string] = ['--strict', 'end with 1 on warnings too, not only on errors']
  add(program, 'check', help, [strict], (options, around) => check(options as Options, around))
}

async function check({ strict = false }: Options, around: Surroundings): Promise<Outcome> {
  const { env, cwd } = around
  const config = loadConfig(env, { cwd })
  const file = findConfig(env, cwd)
  const { runbooks, problems } = loadRunbooks(config.runbooks)
  const subject = { config, runbooks, now: systemClock.now() }
  const stored = await strays(config, around, subject.now)
  const placeOf = placeFinder(env, { cwd })
  // The team's own: ours are checked by our tests.
  const templates = config.templates === null ? null : makeTemplates([config.templates])
  const findings = inOrder([
    ...lint(subject, placeOf),
    ...reported('runbook-files', 'warning', problems),
    ...reported('templates', 'error', templates?.problems(messageSamples()) ?? []),
    ...reported('templates', 'warning', templates?.doubts(messageSamples()) ?? []),
    ...stored.map((one) => placed('overrides', one, placeOf)),
    ...settings(config, shownFile(file, cwd), placeOf),
  ]).map((one) => (one.file === null ? one : { ...one, file: shownFile(one.file, cwd) }))
  const count = (weight: Finding['weight']) => findings.filter((one) => one.weight === weight).length
  const bad = count('error') > 0 || (strict && count('warning') > 0)
  const counts = countsOf(config, runbooks)
  const counted = Object.entries(counts).map(([what, many]) => `${what} ${many}`)
  const summary = `${shownFile(file, cwd)} can be used: ${counted.join(', ')}.`
  return {
    lines: [findings.length === 0 ? `${summary} Nothing to improve.` : summary, ...findingLines(findings)],
    data: { file, valid: true, ...counts, errors: count('error'), warnings: count('warning'), findings },
    code: bad ? 1 : 0,
  }
}

function countsOf({ people, schedules, services, sources }: Config, runbooks: Runbook[]) {
  const parts = { people, schedules, services, sources }
  const counts = Object.entries(parts).map(([what, all]) => [what, Object.keys(all).length])
  return { ...(Object.fromEntries(counts) as Record<keyof typeof parts, number>), runbooks: runbooks.length }
}

/** Overrides that the configuration orphans, as far as there is a database or a running bot to ask. */
async function strays(config: Config, around: Surroundings, now: Date): Promise<Finding[]> {
  try {
    const overrides = (await storedOverrides(config, now, around)) ?? []
    return strayOverrides(config, overrides, now).map(({ key, what, fix }) => {
      return { weight: 'warning', path: [key], message: what, fix }
    })
  } catch (error) {
    return [{ weight: 'note', path: [], message: reasonOf(error).replace(/\.$/, ''), fix: null }]
  }
}

/** Told by a rule of its own, with a better fix. */
const toldByRule = /^policies\.\S+\.last_resort has no people|^\S+: the \S.* can be guessed\. /

/** What the start says about the configuration as a whole: it may begin with the key it is about; its last sentence is the fix. */
function settings(config: Config, file: string, placeOf: PlaceOf): Placed[] {
  const missing = [...missingParts(config), ...unconnected(config)]
  return configWarnings(config)
    .filter((text) => !toldByRule.test(text))
    .map((text) => {
      const [, what, fix] = /^(.+)\. ((?:Set|Add) .+)$/s.exec(text) ?? []
      const plain = (sentence: string) => sentence.replace(/\.$/, '')
      const words = { message: plain(what ?? text), fix: fix === undefined ? null : plain(fix) }
      const weight = missing.includes(text) ? 'note' : 'warning'
      const path = /^[a-z_]+(\.[\w-]+)+(?=[: ])/.exec(text)?.[0].split('.') ?? []
      const place = path.length > 0 ? placeOf(path) : null
      return { rule: 'configuration', weight, path, ...words, ...(place ?? { file, line: null }) }
    })
}

/** Problems that come as `path:line: what is wrong`. */
function reported(rule: string, weight: Finding['weight'], problems: string[]): Placed[] {
  return problems.map((problem) => {
    const [, file, line, what] = /^(.+?):(\d+): (.*)$/s.exec(problem) ?? []
    const place = file === undefined ? {} : { place: { file, line: Number(line) } }
    return placed(rule, { weight, path: [], ...place, message: what ?? problem, fix: null }, () => null)
  })
}

const headings = { error: 'Errors', warning: 'Warnings', note: 'Notes' } as const

/** In groups, the places in one column, the fix below. */
function findingLines(findings: Placed[]): string[] {
  const place = ({ file, line }: Placed) => (line === null ? (file ?? '') : `${file}:${line}`)
  const width = Math.max(...findings.map((one) => place(one).length), 0)
  const indent = ' '.repeat(width > 0 ? width + 4 : 2)
  const groups = (['error', 'warning', 'note'] as const).flatMap((weight) => {
    const mine = findings.filter((one) => one.weight === weight)
    if (mine.length === 0) return []
    const lines = mine.flatMap((one) => [
      `${`  ${place(one)}`.padEnd(indent.length)}${one.message}`,
      ...(one.fix === null ? [] : [`${indent}→ ${one.fix}`]),
    ])
    return ['', `${headings[weight]} (${mine.length})`, ...lines]
  })
  return groups
}
