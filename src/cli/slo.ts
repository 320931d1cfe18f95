// tocsin slo: where the objectives stand, and the rules that make Prometheus watch over their error budgets.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { loadConfig, shownFile } from '../config/load.ts'
import { severityLabel, usualSeverityLabel } from '../core/severity-label.ts'
import { burnAlertName, type RuleGroup, type RuleWords, ruleGroup } from '../core/slo-rules.ts'
import { reasonOf, UserError } from '../errors.ts'
import { gaugeOf, sloStanding } from '../flow/slo.ts'
import { unreadable } from '../lint/rules/objectives.ts'
import { burnAnnotations, unmeasuredAnnotations } from '../messages/burn.ts'
import { sloFacts, sloMessage } from '../messages/slo.ts'
import { unescapeMarkdown } from '../templates/escape.ts'
import { makeTemplates, type Templates } from '../templates.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'
import { rulesYaml } from './rules-yaml.ts'

export function addSlo(program: Command, add: Add): void {
  const help = 'show the objectives, what is left of their error budgets and how fast they burn'
  add(program, 'slo', help, [], (_, around) => show(around))
  const slo = program.commands.find((command) => command.name() === 'slo') ?? program
  const out: [string, string] = ['--out <file>', 'write them there instead of to the terminal']
  const rules = 'write the recording rules and burn-rate alerts of the objectives, for Prometheus'
  add(slo, 'rules', rules, [out], (options, around) => writeRules(options as { out?: string }, around))
}

async function show(around: Surroundings): Promise<Outcome> {
  const config = loadConfig(around.env, { cwd: around.cwd })
  const now = systemClock.now()
  const standings = await sloStanding({ config, clock: systemClock }, gaugeOf({ config }), now)
  const { title, text = '' } = sloMessage({ config, templates: templatesOf(config) }, standings, now, null)
  const plain = unescapeMarkdown(text.replace(/(?<!\\)(\*\*|`)/g, ''))
  return { lines: [title, '', plain], data: sloFacts(standings) }
}

async function writeRules({ out }: { out?: string }, around: Surroundings): Promise<Outcome> {
  const config = loadConfig(around.env, { cwd: around.cwd })
  if (config.slos.length === 0)
    throw new UserError('No objectives are configured: add them under slos: in tocsin.yaml.')
  const wrong = config.slos.flatMap((slo) => unreadable(slo).map(({ message }) => `  ${message}`))
  if (wrong.length > 0) throw new UserError(`Prometheus would refuse the rules:\n${wrong.join('\n')}`)
  const told: string[] = []
  const groups = config.slos.map((slo) => ruleGroup(slo, wordsOf(config, templatesOf(config), told)))
  const yaml = rulesYaml(groups)
  if (out === undefined) {
    for (const line of new Set(told)) around.err(`${line}\n`)
    return { lines: [yaml.trimEnd()], data: dataOf(groups) }
  }
  const file = resolve(around.cwd, out)
  try {
    writeFileSync(file, yaml)
  } catch (error) {
    throw new UserError(`The rules could not be written: ${reasonOf(error)}`)
  }
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0)
  const names = config.slos.map(burnAlertName)
  return {
    lines: [
      `${rules} rules for ${groups.length} ${groups.length === 1 ? 'objective' : 'objectives'} are in ${shownFile(file, around.cwd)}.`,
      'Name the file under rule_files in prometheus.yml, and reload Prometheus (SIGHUP, or POST /-/reload).',
      `Alerts, for runbooks: ${names.join(', ')}.`,
      ...new Set(told),
    ],
    data: { file, ...dataOf(groups) },
  }
}

function dataOf(groups: RuleGroup[]) {
  return { groups: groups.map(({ name, rules }) => ({ name, rules })) }
}

/** `told`: where rules of the configuration make another severity of an alert than the objective asks for. */
function wordsOf(config: Config, templates: Templates, told: string[]): RuleWords {
  return {
    burn: (slo, pair) => burnAnnotations(templates, slo, pair),
    unmeasured: (slo) => unmeasuredAnnotations(templates, slo),
    severity(wanted, labels) {
      const found = severityLabel(config, wanted, labels)
      if (found !== null) return found
      told.push(`Note: severity rules make something else than ${wanted} of ${labels.alertname}; it is left to them.`)
      return usualSeverityLabel(wanted)
    },
  }
}

function templatesOf(config: Config): Templates {
  return makeTemplates(config.templates === null ? [] : [config.templates])
}
