// A simulated night in words: the same rows for the command line, the chat and the console.
import { plainText } from '../chat/markdown.ts'
import { localTime } from '../core/local-time.ts'
import type { Message, Tone } from '../core/message.ts'
import { wayName } from '../core/recipient.ts'
import { type Fact, sentence } from '../core/timeline.ts'
import type { ReadInstant } from '../foresight/instant.ts'
import type { Foreseen, ForeseenPage, Night } from '../foresight/night.ts'
import { setting, type Words } from './words.ts'
import { zoneName } from './zone-name.ts'

/** One line of the night. */
type Row = {
  at: Date
  /** `03:05 CEST` */
  clock: string
  /** `Sun 28 Mar 2027`, on the first row of a day. */
  day: string | null
  /** Milliseconds since the opening. */
  elapsed: number
  tone: Tone
  /** Markdown, one line. */
  text: string
  /** The people it calls, and those of them whom it wakes: who has quiet hours is woken when they are over. */
  called: string[]
  wakes: string[]
  /** Of the policy, where it is one; from 1. */
  round: number | null
  step: number | null
}

export type NightWords = { title: string; intro: string; rows: Row[]; ending: string; tone: Tone }

/** `now`: when it is told, for what is remarkable about the time that was asked for. */
export function nightWords(words: Words, night: Night, oddity: ReadInstant['oddity'] = null): NightWords {
  const { scenario } = night
  const facts = { ...setting(words, scenario.zone, scenario.at), ...nightFacts(night), oddity }
  return {
    title: words.templates.message('messages/simulation', { ...facts, intro: '', rows: [], ending: '', left: 0 }).title,
    intro: words.templates.document('foresight/intro', facts),
    rows: rowsOf(words, night),
    ending: words.templates.document('foresight/ending', facts),
    tone: night.ending.kind === 'silent' ? 'neutral' : 'info',
  }
}

/** As a message: what repeats itself is said once. */
export function nightMessage(words: Words, night: Night, oddity: ReadInstant['oddity'] = null): Message {
  const told = nightWords(words, night, oddity)
  const rows = folded(words, night, told.rows)
  const shown = rows.slice(0, shownRows)
  const { title, text } = words.templates.message('messages/simulation', {
    ...{ ...setting(words, night.scenario.zone, night.scenario.at), ...nightFacts(night), oddity },
    ...{ intro: told.intro, rows: shown, ending: told.ending, left: rows.length - shown.length },
  })
  return { title, tone: told.tone, text }
}

/** More does not fit into a message on a phone. */
const shownRows = 30

/** As lines of a terminal: the clock, the time since the opening, what happens. */
export function nightLines({ title, intro, rows, ending }: NightWords): string[] {
  const plain = (markdown: string) => plainText(markdown).split('\n')
  const elapsed = rows.map((row) => `+${spanOf(row.elapsed)}`)
  const clockWidth = Math.max(...rows.map((row) => row.clock.length), 0)
  const spanWidth = Math.max(...elapsed.map((text) => text.length), 0)
  const lines = rows.flatMap((row, i) => [
    ...(row.day === null ? [] : ['', row.day]),
    `  ${row.clock.padEnd(clockWidth)}  ${(elapsed[i] ?? '').padStart(spanWidth)}  ${plain(row.text).join(' ')}`,
  ])
  return [title, ...plain(intro), ...lines, '', ...plain(ending)]
}

/** `5m`, `7m30s`, `1h05m`, `2d03h` */
function spanOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  const pair = (large: number, unit: string, small: number, smaller: string) =>
    `${large}${unit}${small === 0 ? '' : `${String(small).padStart(2, '0')}${smaller}`}`
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'm', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'm')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function nightFacts(night: Night) {
  const { scenario, policy, clocks, foreseen, ending } = night
  const lacking = new Set(foreseen.flatMap((one) => ('pages' in one ? one.pages : [])).flatMap((page) => page.without))
  return {
    severity: scenario.severity,
    classified: scenario.classified,
    service: scenario.service,
    labels: Object.entries(scenario.labels).map(([name, value]) => `${name}=${value}`),
    at: scenario.at,
    day: localTime(scenario.at, scenario.zone).day,
    clock: clockOf(scenario.at, scenario.zone),
    policy,
    clocks: clocks.map(({ name, dueAt }) => ({ name, due: instantOf(dueAt, scenario) })),
    lacking: [...lacking],
    elsewhere: night.elsewhere,
    ending: {
      ...{ by: null, every: 0, times: 0, ...ending },
      at: ending.kind === 'answered' ? instantOf(ending.at, scenario) : '',
      next: ending.kind === 'cut' ? instantOf(ending.next, scenario) : '',
    },
  }
}

function rowsOf(words: Words, { scenario, foreseen, policy }: Night): Row[] {
  let day = ''
  return foreseen.map((one) => {
    const today = localTime(one.at, scenario.zone).day
    const isNew = today !== day
    day = today
    return {
      at: one.at,
      clock: clockOf(one.at, scenario.zone),
      day: isNew ? today : null,
      elapsed: one.at.getTime() - scenario.at.getTime(),
      tone: toneOf(one),
      // Written only where it is shown: of thousands of rows a message has room for thirty.
      get text() {
        return words.templates.document('foresight/moment', momentFacts(words, one, scenario.zone, policy.rounds))
      },
      called: 'pages' in one ? one.pages.map((page) => page.person) : [],
      wakes: 'pages' in one ? one.pages.filter((page) => !page.held).map((page) => page.person) : [],
      ...placeOf(one),
    }
  })
}

/** With the day when it is another than that of the opening. */
function instantOf(instant: Date, { at, zone }: Night['scenario']): string {
  const there = localTime(instant, zone)
  return there.day === localTime(at, zone).day ? clockOf(instant, zone) : `${there.shortDay}, ${clockOf(instant, zone)}`
}

function clockOf(at: Date, zone: string): string {
  const { time, minute } = localTime(at, zone)
  return `${time.endsWith(':00') ? minute : time} ${zoneName(at, zone)}`
}

/** What the templates of one moment are given; what a kind does not have is null. */
function momentFacts(words: Words, one: Foreseen, zone: string, rounds: number) {
  const nothing = {
    ...{ by: null, schedule: null, from: [], to: [], override: false, backAt: '' },
    ...{ minutes: 0, forward: false, jumpZone: '', was: '', is: '' },
  }
  const fact = one.kind === 'recorded' ? one.fact : null
  const nameOf = (person: string) => words.config.people[person]?.name ?? person
  return {
    ...setting(words, zone, one.at),
    ...nothing,
    ...placeOf(one),
    kind: fact?.kind ?? one.kind,
    rounds,
    sentence: one.kind === 'recorded' ? sentence(one.fact, one.by, nameOf) : '',
    share: fact?.kind === 'clock_warned' ? fact.share : 100,
    clock: fact !== null && 'clock' in fact ? fact.clock : '',
    severity: fact?.kind === 'incident_opened' ? fact.severity : '',
    service: fact?.kind === 'incident_opened' ? fact.service : '',
    times: fact?.kind === 'last_resort_reached' ? fact.times : 0,
    instead: (fact?.kind === 'people_paged' && fact.instead) || null,
    asked: one.kind === 'recorded' ? one.asked : [],
    whom: 'pages' in one ? byPerson(one.pages, one.at) : [],
    ...('by' in one ? { by: one.by } : {}),
    ...(one.kind === 'handed over'
      ? {
          ...{ schedule: one.schedule, from: one.from, to: one.to, override: one.override },
          backAt: one.backAt === null ? '' : clockOf(one.backAt, zone),
        }
      : {}),
    ...(one.kind === 'clocks changed' ? jumpFacts(one) : {}),
  }
}

/** The same instant by the clock before the jump and by the one after it. */
function jumpFacts({ at, zone, minutes }: Extract<Foreseen, { kind: 'clocks changed' }>) {
  const before = new Date(at.getTime() - 1)
  return {
    ...{ minutes: Math.abs(minutes), forward: minutes > 0, jumpZone: zone },
    was: `${localTime(at, localTime(before, zone).offset).minute} ${zoneName(before, zone)}`,
    is: `${localTime(at, zone).minute} ${zoneName(at, zone)}`,
  }
}

/** Who is called and over which ways, each with how long it waits. */
function byPerson(pages: ForeseenPage[], at: Date) {
  const people = [...new Set(pages.map((page) => page.person))]
  return people.map((person) => {
    const mine = pages.filter((page) => page.person === person)
    const ways = mine.map(({ channel, dueAt, held }) => ({
      name: labelOf(channel),
      // Until when quiet hours hold it back has a row of its own.
      delay: held ? 0 : Math.max(0, dueAt.getTime() - at.getTime()),
    }))
    return { person, ways, without: [...new Set(mine.flatMap((page) => page.without))] }
  })
}

/** `Slack`, `Console`, `E-mail`, `Webhook phone`. */
function labelOf(channel: string): string {
  const name = wayName(channel).replace(/^(in|by|over) (the )?/, '')
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function placeOf(one: Foreseen): { round: number | null; step: number | null } {
  if (one.kind !== 'recorded') return { round: null, step: null }
  const { fact } = one
  const isCall = fact.kind === 'people_paged' && fact.because === 'policy' && fact.instead === undefined
  const steps = fact.kind === 'policy_step_skipped' || isCall
  return steps ? { round: fact.round, step: fact.step + 1 } : { round: null, step: null }
}

function toneOf(one: Foreseen): Tone {
  if (one.kind !== 'recorded') return 'pages' in one ? 'warning' : 'neutral'
  const kind: Fact['kind'] = one.fact.kind
  if (kind === 'last_resort_reached' || kind === 'clock_breached') return 'critical'
  if (kind === 'incident_acknowledged') return 'good'
  return one.pages.length > 0 || kind === 'policy_step_skipped' ? 'warning' : 'info'
}

/** Rounds that call the same people again, repetitions of the last resort, and all that waits for one morning, as one row each. */
function folded(words: Words, night: Night, rows: Row[]): Row[] {
  const signature = (round: number) =>
    rows
      .filter((row) => row.round === round)
      .map((row) => `${row.step} ${row.called.join()}`)
      .join('\n')
  const first = rows.find((row) => row.round !== null)?.round ?? 1
  const kept: Row[] = []
  const mornings = new Set<string>()
  for (const [i, row] of rows.entries()) {
    const one = night.foreseen[i]
    if (one?.kind === 'recorded' && one.fact.kind === 'last_resort_reached' && one.fact.times > 1) continue
    if (one?.kind === 'recorded' && one.fact.kind === 'page_postponed') {
      const { person, channel, until } = one.fact
      const morning = [person, channel, until].join()
      if (mornings.has(morning)) continue
      mornings.add(morning)
    }
    if (row.round === null || row.round === first || signature(row.round) !== signature(first)) kept.push(row)
    else if (!kept.some((other) => other.round === row.round)) kept.push({ ...row, text: again(words, row, night) })
  }
  return kept
}

function again(words: Words, row: Row, { scenario, policy }: Night): string {
  const facts = momentFacts(words, { kind: 'paged', at: row.at, pages: [] }, scenario.zone, policy.rounds)
  return words.templates.document('foresight/moment', { ...facts, kind: 'round again', round: row.round })
}
