// Rules of Prometheus as a file that people read and keep under version control.
import { rangeWords } from '../core/burn.ts'
import type { AlertingRule, RecordingRule, RuleGroup } from '../core/slo-rules.ts'
import { windowText } from '../core/slo-window.ts'

/** The whole file; the same for the same objectives, so that a difference is one. */
export function rulesYaml(groups: RuleGroup[]): string {
  const head = [
    '# Recording rules and burn-rate alerts of the objectives in tocsin.yaml, written by `tocsin slo rules`.',
    '# Do not edit: change tocsin.yaml and write it again. Name this file under rule_files in prometheus.yml.',
  ]
  if (groups.length === 0) return `${[...head, 'groups: []'].join('\n')}\n`
  return `${[...head, 'groups:', ...groups.flatMap(groupLines)].join('\n')}\n`
}

function groupLines(group: RuleGroup): string[] {
  const { slo, pairs, rules } = group
  const limits = pairs.flatMap(({ kind, long, short, factor, share, capped }) => {
    const severity = slo.alerts[kind]
    if (severity === null) return []
    const gone = capped ? 'capped: more cannot fail' : `${Math.round(share * 100)} % of the budget`
    return [`${severity} above ${factor} times over ${rangeWords(long)} and ${rangeWords(short)} (${gone})`]
  })
  return [
    '',
    `  # ${oneLine(slo.name)}: ${slo.objective} % over ${windowText(slo.window)}.`,
    ...limits.map((limit) => `  # ${limit}`),
    `  - name: ${quoted(group.name)}`,
    '    rules:',
    ...rules.flatMap((rule) => ('record' in rule ? recordLines(rule) : alertLines(rule))),
  ]
}

function recordLines({ record, expr, labels }: RecordingRule): string[] {
  return [`      - record: ${record}`, ...exprLines(expr), ...mapLines('labels', labels)]
}

function alertLines(rule: AlertingRule): string[] {
  return [
    `      - alert: ${quoted(rule.alert)}`,
    ...exprLines(rule.expr),
    ...(rule.for === undefined ? [] : [`        for: ${rule.for}`]),
    ...mapLines('labels', rule.labels),
    ...mapLines('annotations', rule.annotations),
  ]
}

function exprLines(expr: string): string[] {
  return ['        expr: |-', ...expr.split(/\r?\n/).map((line) => `          ${line.trim()}`)]
}

function mapLines(key: string, map: Record<string, string>): string[] {
  return [`        ${key}:`, ...Object.entries(map).map(([name, value]) => `          ${name}: ${quoted(value)}`)]
}

/** What JSON quotes, YAML reads the same. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
