// tocsin check: everything that would keep the bot from starting, without starting it.
import type { Command } from 'commander'
import { findConfig, loadConfig } from '../config/load.ts'
import { configWarnings } from '../config/warnings.ts'
import { messageSamples } from '../messages/samples.ts'
import { loadRunbooks } from '../runbooks/load.ts'
import { checkTemplates, makeTemplates } from '../templates.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'

export function addCheck(program: Command, add: Add): void {
  add(program, 'check', 'check tocsin.yaml, the environment, runbooks and templates', [], (_, around) => check(around))
}

async function check(around: Surroundings): Promise<Outcome> {
  const file = findConfig(around.env, around.cwd)
  const config = loadConfig(around.env, { cwd: around.cwd })
  const { runbooks, problems } = loadRunbooks(config.runbooks)
  const templates = makeTemplates(config.templates === null ? [] : [config.templates], (problem) =>
    problems.push(problem),
  )
  checkTemplates(templates, messageSamples())
  const notes = [...configWarnings(config), ...problems]
  const counts = {
    people: Object.keys(config.people).length,
    schedules: Object.keys(config.schedules).length,
    services: Object.keys(config.services).length,
    sources: Object.keys(config.sources).length,
    runbooks: runbooks.length,
  }
  const counted = Object.entries(counts).map(([what, many]) => `${what} ${many}`)
  return {
    lines: [`${file} can be used: ${counted.join(', ')}.`, ...notes.map((note) => `  Note: ${note}`)],
    data: { file, valid: true, ...counts, notes },
  }
}
