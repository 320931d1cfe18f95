// What was understood of a document and what was not, for the person who has to believe it: line by line.
import { durationText } from '../runbooks/amounts.ts'
import type { Runbook } from '../runbooks/runbook.ts'
import type { Proposal } from './proposal.ts'
import type { Document } from './read.ts'

type Item = { line: number; text: string }

export function reportLines(document: Document): string[] {
  const { path, lines, ignored } = document
  const told = groupsOf(document).filter(([, items]) => items.length > 0)
  const spans = ignored.map(({ title, from, until }): [string, string] => [
    from === until ? `${from}` : `${from}–${until}`,
    title,
  ])
  const code = codeText(document)
  const width = Math.max(4, ...spans.map(([place]) => place.length))
  const row = (place: string, text: string) => `    ${place.padStart(width)}  ${text}`
  const nothing =
    'Nothing in it was understood: no procedure, no response time, no rotation, no rule, no objective, no checklist.'
  return [
    `${path} (${count(lines, 'line')})`,
    ...told.flatMap(([title, items]) => [
      `  ${title} (${items.length})`,
      ...items.map(({ line, text }) => row(String(line), text)),
    ]),
    ...(code === '' ? [] : [`  Code: ${code}`]),
    ...(spans.length === 0
      ? []
      : [`  Not understood (${spans.length})`, ...spans.map(([place, title]) => row(place, title))]),
    ...(isUnderstood(document) ? [] : [`  ${nothing}`]),
  ]
}

function groupsOf(document: Document): [title: string, items: Item[]][] {
  const { runbooks, clocks, alerts, rules, contacts, channels, services, objectives, checklists, notes, problem } =
    document
  const told = <T extends { line: number }>(facts: T[], say: (fact: T) => string): Item[] =>
    facts.map((fact) => ({ line: fact.line, text: say(fact) }))
  return [
    ['Procedures', told(runbooks, procedureText)],
    ['Response times', told(clocks, ({ severity, name, within }) => `${severity} ${name} ${timeText(within)}`)],
    ['Alerts with a severity', told(alerts, ({ alert, severity }) => `${alert} is ${severity}`)],
    ['Alert rules', told(rules, ruleText)],
    ['Rotation', [...told(document.rotations, rotationText), ...told(document.cadences, cadenceText)]],
    [
      'Escalation levels',
      told(document.levels, ({ level, from, who }) => `level ${level}, after ${durationText(from)}: ${who}`),
    ],
    ['Contacts', told(contacts, ({ name, how }) => `${name}: ${how}`)],
    ['Channels', told(channels, ({ name }) => `#${name}`)],
    ['Services', told(services, ({ name }) => name)],
    ['Objectives', told(objectives, objectiveText)],
    ['Baselines', told(document.baselines, baselineText)],
    [
      'Recurring checklists',
      told(checklists, ({ name, every, items }) => `${name}: every ${every}, ${count(items.length, 'item')}`),
    ],
    ['Repaired', told(notes, ({ what }) => what)],
    ['Cannot be read', problem === null ? [] : told([problem], ({ what }) => what)],
    ['Questions', document.questions],
  ]
}

function rotationText({ name, who, handle }: Document['rotations'][number]): string {
  return `${name}: ${who}${handle === null || who.includes(`@${handle}`) ? '' : ` (@${handle})`}`
}

function cadenceText({ every, handover }: Document['cadences'][number]): string {
  return `changes every ${every}${handover === null ? '' : `, at ${handover}`}`
}

function baselineText({ name, target, acceptable, critical }: Document['baselines'][number]): string {
  return `${name}: target ${target}, acceptable ${acceptable || 'not said'}, critical ${critical}`
}

/** Whether it holds anything that Tocsin can use. */
export function isUnderstood({
  runbooks,
  clocks,
  alerts,
  rules,
  rotations,
  contacts,
  objectives,
  baselines,
  checklists,
}: Document): boolean {
  return [runbooks, clocks, alerts, rules, rotations, contacts, objectives, baselines, checklists].some(
    (found) => found.length > 0,
  )
}

export function proposalLines({ lines, questions }: Proposal): string[] {
  return [
    '# Proposed by `tocsin runbook import` from your documents: every line says where it comes from. Look it over, put it into',
    '# tocsin.yaml, and let `tocsin check` say what is missing.',
    ...lines,
    ...(questions.length === 0
      ? []
      : ['', '# Questions', ...questions.map(({ path, line, text }) => `# ${path}:${line}: ${text}`)]),
  ]
}

function procedureText({ title, severity, alerts, steps, escalations, service }: Runbook): string {
  const times = escalations.map(
    ({ after, unless, line }) =>
      `escalates after ${durationText(after)} unless ${unless === 'resolved' ? 'resolved' : 'answered'} (line ${line})`,
  )
  const about = alerts.length > 0 ? `answers ${alerts.join(', ')}` : 'names no alert: found by its words only'
  return [title, severity, service && `service ${service}`, about, count(steps.length, 'step'), ...times]
    .filter((part) => part)
    .join(' · ')
}

function ruleText({ alert, for: held, severity, expr }: Document['rules'][number]): string {
  const word =
    severity === null ? 'no severity' : `severity ${severity.word}${severity.isLabel ? '' : ' (not a label)'}`
  return [alert, word, held && `for ${held}`, expr?.replace(/\s+/g, ' ').slice(0, 80)]
    .filter((part) => part)
    .join(' · ')
}

function objectiveText({ name, objective, condition, window, kind }: Document['objectives'][number]): string {
  const promise = [objective === null ? null : `${objective} %`, condition].filter((part) => part !== null).join(' ')
  const budget =
    kind === 'availability' && objective !== null
      ? `, ${Math.round((100 - objective) * (window ?? 30) * 14.4 * 10) / 10} min of error budget`
      : ''
  return `${name}: ${promise}${window === null ? '' : ` over ${window} days`}${budget}`
}

function codeText({ code }: Document): string {
  const counts = new Map<string, number>()
  for (const { language, isGuess } of code) {
    const name =
      isGuess && language !== 'unknown'
        ? `${language} (guessed)`
        : language === 'unknown'
          ? 'no language told'
          : language
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, many]) => `${many} ${name}`).join(', ')
}

function timeText(within: number | 'next business day'): string {
  return typeof within === 'number' ? durationText(within) : within
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}
