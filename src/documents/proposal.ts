// The configuration that documents propose: a piece of tocsin.yaml in which every line says where it comes from. What the
// documents do not say is a placeholder or stands behind a comment sign, and never a guess.
import { parseSeverity, type Severity, severities } from '../core/severity.ts'
import { durationText } from '../runbooks/amounts.ts'
import { slugOf } from '../runbooks/title.ts'
import type { ClockFact, ObjectiveFact, Question, RotationFact } from './facts.ts'
import type { Document } from './read.ts'

export type Proposal = { lines: string[]; questions: (Question & { path: string })[] }

type From<T> = T & { path: string }

/** `folder`: where the runbooks are to lie, as tocsin.yaml says it. */
export function propose(documents: Document[], folder: string): Proposal {
  const questions: Proposal['questions'] = []
  const all = <T>(pick: (document: Document) => T[]): From<T>[] =>
    documents.flatMap((document) => pick(document).map((fact) => ({ ...fact, path: document.path })))
  const rotations = firsts(
    all((one) => one.rotations),
    ({ name }) => name,
    questions,
    (one, other) => one.who === other.who,
  )
  const clocks = firsts(
    all((one) => one.clocks),
    ({ severity, name }) => `${name} of ${severity}`,
    questions,
    (one, other) => one.within === other.within,
  )
  const blocks = [
    runbooksBlock(documents, folder),
    peopleBlock(rotations),
    schedulesBlock(rotations, all((one) => one.cadences)[0]),
    policiesBlock(rotations, documents, questions),
    severitiesBlock(clocks),
    rulesBlock(documents, questions),
    servicesBlock(all((one) => one.services)),
    slackBlock(
      all((one) => one.channels),
      questions,
    ),
    slosBlock(
      all((one) => one.objectives),
      questions,
    ),
    remarksBlock(
      'Bands of what is normal, for charts',
      all((one) => one.baselines),
      ({ name, target, acceptable, critical }) =>
        `${name}: target ${target}, acceptable ${acceptable || 'not said'}, critical ${critical}`,
    ),
    remarksBlock(
      'Contacts',
      all((one) => one.contacts),
      ({ name, how }) => `${name}: ${how}`,
    ),
  ].filter((block) => block.length > 0)
  return { lines: blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block])), questions }
}

/** The first of each key; another that says something else is a question. */
function firsts<T extends { line: number; path: string }>(
  facts: T[],
  keyOf: (fact: T) => string,
  questions: Proposal['questions'],
  isSame: (one: T, other: T) => boolean,
): T[] {
  const known = new Map<string, T>()
  for (const fact of facts) {
    const first = known.get(keyOf(fact))
    if (first === undefined) known.set(keyOf(fact), fact)
    else if (!isSame(first, fact))
      questions.push({
        ...{ path: fact.path, line: fact.line },
        text: `${keyOf(fact)} is something else in ${first.path}:${first.line}, which was taken. Which is right?`,
      })
  }
  return [...known.values()]
}

const from = ({ path, line }: { path: string; line: number }) => `# from ${path}:${line}`

function runbooksBlock(documents: Document[], folder: string): string[] {
  const found = documents.filter(({ runbooks }) => runbooks.length > 0)
  if (found.length === 0) return []
  return [
    `runbooks: ${quoted(folder)} ${found.map(({ path, runbooks }) => `# from ${path}:${runbooks[0]?.line ?? 1}`)[0]}`,
  ]
}

const keyOf = ({ name }: RotationFact) => `fill-in-${name}`

function peopleBlock(rotations: From<RotationFact>[]): string[] {
  if (rotations.length === 0) return []
  return [
    'people:',
    '  # Placeholders. Put the people here who take the turns, with slack: or email:, and their keys into the schedules.',
    ...rotations.map((one) => `  ${keyOf(one)}: { name: ${quoted(one.who)} } ${from(one)}`),
  ]
}

function schedulesBlock(
  rotations: From<RotationFact>[],
  cadence: From<Document['cadences'][number]> | undefined,
): string[] {
  if (rotations.length === 0) return []
  const every = cadence === undefined ? 'week' : cadence.every
  const handover = cadence?.handover ?? null
  const usual =
    cadence === undefined
      ? ['  # How often the pager changes hands is not said: a week from Monday 09:00 is what Tocsin takes.']
      : [`  # Every ${every}${handover === null ? '' : `, at ${handover}`}: ${from(cadence).slice(2)}`]
  return [
    'schedules:',
    ...usual,
    ...rotations.flatMap((one) => {
      const parts = [
        `people: [${keyOf(one)}]`,
        `every: ${quotedIfNeeded(every)}`,
        ...(fitting(handover, every) ? [`handover: ${quoted(handover ?? '')}`] : []),
      ]
      // What is no group's name may be a person's.
      const isGroup = /on-?call|primary|secondary|team|manager|sre|ops|engineer|lead|duty/i.test(one.handle ?? '')
      const group = one.handle === null || !isGroup ? '' : `, slack_group: ${quotedIfNeeded(slugOf(one.handle))}`
      return [`  ${one.name}: { rotation: { ${parts.join(', ')} }${group} } ${from(one)}`]
    }),
  ]
}

/** A weekday is for shifts of weeks. */
function fitting(handover: string | null, every: string): boolean {
  return handover !== null && (/week/.test(every) || !/^[A-Z]/.test(handover))
}

function policiesBlock(
  rotations: From<RotationFact>[],
  documents: Document[],
  questions: Proposal['questions'],
): string[] {
  const last = rotations.at(-1)
  if (last === undefined) return []
  const waits = waitsOf(rotations, documents, questions)
  return [
    'policies:',
    '  default:',
    '    steps:',
    ...rotations.map(
      (one, i) =>
        `      - { page: "schedule:${one.name}"${waits[i]?.text ?? ''} } ${from(one)}${waits[i]?.source ?? ''}`,
    ),
    `    last_resort: { people: [${keyOf(last)}] } ${from(last)}`,
  ]
}

/** How long each step has, when a document counts as many levels as there are places in the rotation. */
function waitsOf(rotations: From<RotationFact>[], documents: Document[], questions: Proposal['questions']) {
  const document = documents.find(({ levels }) => levels.length > 0)
  const [first] = document?.levels ?? []
  if (document === undefined || first === undefined) return []
  const { path } = document
  const levels = [...document.levels].sort((a, b) => a.level - b.level)
  if (levels.length !== rotations.length) {
    const text = `${levels.length} levels of escalation, but ${rotations.length} in the rotation: who is called at which?`
    questions.push({ path, line: first.line, text })
    return []
  }
  return levels.slice(0, -1).map((level, i) => {
    const next = levels[i + 1] ?? level
    const wait = next.from - level.from
    return wait > 0
      ? { text: `, wait: ${durationText(wait)}`, source: `, ${from({ path, line: next.line }).slice(2)}` }
      : null
  })
}

const clockOrder: ClockFact['name'][] = ['respond', 'investigate', 'resolve', 'postmortem']

function severitiesBlock(clocks: From<ClockFact>[]): string[] {
  if (clocks.length === 0) return []
  return [
    'severities:',
    ...severities.flatMap((severity) => {
      const mine = clocks.filter((clock) => clock.severity === severity)
      if (mine.length === 0) return []
      mine.sort((a, b) => clockOrder.indexOf(a.name) - clockOrder.indexOf(b.name))
      return [
        `  ${severity}:`,
        '    clocks:',
        ...mine.map(
          (clock) =>
            `      ${clock.name}: ${typeof clock.within === 'number' ? durationText(clock.within) : clock.within} ${from(clock)}`,
        ),
      ]
    }),
  ]
}

/** Only what an alert does not say itself: a severity that is no label, or another than the label's. */
function rulesBlock(documents: Document[], questions: Proposal['questions']): string[] {
  const lines: string[] = []
  const known = new Map<string, Severity>()
  const put = (alert: string, severity: Severity, comment: string) => {
    if (known.has(alert)) return
    known.set(alert, severity)
    lines.push(`  - { match: { alertname: ${quotedIfNeeded(alert)} }, severity: ${severity} } ${comment}`)
  }
  const said = new Map<string, Severity>()
  for (const { path, rules } of documents) {
    for (const rule of rules) {
      const severity = rule.severity === null ? null : parseSeverity(rule.severity.word)
      const place = { path, line: rule.line }
      if (rule.severity === null)
        questions.push({ ...place, text: `the rule ${rule.alert} has no severity: it would be P2. Is it?` })
      else if (severity === null)
        questions.push({
          ...place,
          text: `${rule.alert} has the severity “${rule.severity.word}”. Which of P1 to P4 is that?`,
        })
      else if (rule.severity.isLabel) said.set(rule.alert, severity)
      else put(rule.alert, severity, `${from(place)}, where Prometheus does not send it: better under labels`)
    }
  }
  for (const { path, alerts } of documents)
    for (const { alert, severity, line } of alerts) {
      const other = known.get(alert) ?? said.get(alert)
      if (other === undefined) put(alert, severity, from({ path, line }))
      else if (other !== severity)
        questions.push({
          path,
          line,
          text: `${alert} is ${severity} here, and its rule says ${other}, which was taken. Which is right?`,
        })
    }
  return lines.length === 0 ? [] : ['severity_rules:', ...lines]
}

function servicesBlock(services: From<{ name: string; line: number }>[]): string[] {
  const names = new Map(services.map((one) => [one.name, one]))
  if (names.size === 0) return []
  return ['services:', ...[...names.values()].map((one) => `  ${quotedIfNeeded(one.name)}: {} ${from(one)}`)]
}

function slackBlock(channels: From<{ name: string; line: number }>[], questions: Proposal['questions']): string[] {
  const lines: string[] = []
  for (const [key, words] of [
    ['incidents_channel', /incident/],
    ['alerts_channel', /alert|monitor/],
  ] as const) {
    const [first, ...others] = channels.filter(({ name }) => words.test(name))
    if (first === undefined) continue
    lines.push(`  ${key}: ${quotedIfNeeded(first.name)} ${from(first)}`)
    const different = others.find(({ name }) => name !== first.name)
    if (different !== undefined)
      questions.push({
        path: different.path,
        line: different.line,
        text: `#${different.name} may be the ${key.replace('_', ' ')}, too; #${first.name} was taken. Which is it?`,
      })
  }
  return lines.length === 0 ? [] : ['slack:', ...lines]
}

/** What is measured is hardly ever in a document: the promise stands behind a comment sign until somebody says it. */
function slosBlock(objectives: From<ObjectiveFact>[], questions: Proposal['questions']): string[] {
  if (objectives.length === 0) return []
  for (const one of objectives)
    questions.push({
      path: one.path,
      line: one.line,
      text: `which metric says whether “${one.name}” is kept?${one.window === null ? ' And over which window? (30 days if nothing is said.)' : ''}${one.objective === null ? ' And how often must it be so, in percent?' : ''}`,
    })
  return [
    '# slos:  # say what is measured in place of …, and take the comment signs away',
    ...objectives.map(
      (one) =>
        `#   - { name: ${quoted(nameOf(one, objectives))}, objective: ${one.objective ?? '…'}, window: ${one.window ?? 30}d, ${measureOf(one)} } ${from(one)}`,
    ),
  ]
}

/** Each has a name of its own: two latencies differ by what they promise. */
function nameOf(one: ObjectiveFact, all: ObjectiveFact[]): string {
  const isAlone = all.filter(({ name }) => name === one.name).length === 1
  return isAlone ? one.name : [one.name, one.condition ?? `${one.objective} %`].join(' ')
}

function measureOf({ kind, condition }: ObjectiveFact): string {
  const bound = /[\d.,]+/.exec(condition ?? '')?.[0].replaceAll(',', '') ?? '…'
  switch (kind) {
    case 'availability':
      return `availability: 'up{job="…"}'`
    case 'ratio':
      return 'good: …, total: …'
    case 'latency':
      return `latency: { metric: …, threshold: ${(condition ?? '')
        .replace(/^<\s*/, '')
        .replace(/\s+/g, '')
        .replace(/(milli)?sec.*|ms/, (unit) => (/^m/.test(unit) ? 'ms' : 's'))} }`
    case 'errors':
      return 'bad: …, total: …'
    case 'value':
      return `value: …, ${/^[<≤]/.test(condition ?? '') ? 'below' : 'above'}: ${bound}`
    default:
      return kind satisfies never
  }
}

function remarksBlock<T extends { path: string; line: number }>(
  title: string,
  facts: T[],
  say: (fact: T) => string,
): string[] {
  return facts.length === 0 ? [] : [`# ${title}:`, ...facts.map((fact) => `#   ${say(fact)} ${from(fact)}`)]
}

function quoted(text: string): string {
  return JSON.stringify(text.replaceAll('${', '$ {'))
}

function quotedIfNeeded(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) && !/^(true|false|yes|no|null|on|off)$/i.test(text) ? text : quoted(text)
}
