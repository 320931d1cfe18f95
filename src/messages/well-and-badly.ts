// What went well and what went badly, as far as the record alone can tell: promises kept or broken, pages that failed,
// answers that lapsed. What people think of it is a question.
import type { ResponseClock } from '../core/clocks.ts'
import type { Entry } from '../core/timeline.ts'
import type { Sources } from './citations.ts'

type Cited = { cites: number[] }

/**
 * `took`, `allowed`, `late`: milliseconds; `late` null: never answered. `comeback`: how often it had come back by then. A clock that
 * counted several times, `of` so many, tells of the longest it `took`.
 */
export type Good =
  | (Cited & { kind: 'clock kept'; clock: string; times: number; of: number; took: number; allowed: number })
  | (Cited & { kind: 'first answered'; person: string; after: number })
  | (Cited & { kind: 'runbook followed'; steps: number })

export type Bad =
  | (Cited & { kind: 'clock missed'; clock: string; comeback: number; late: number | null })
  | (Cited & { kind: 'page failed'; person: string; channel: string })
  | (Cited & { kind: 'page rerouted'; person: string; channel: string; minutes: number })
  | (Cited & { kind: 'acknowledgement lapsed'; person: string })
  | (Cited & { kind: 'nobody on call' })
  | (Cited & { kind: 'last resort'; times: number })
  | (Cited & { kind: 'reopened'; times: number })
  | (Cited & { kind: 'never acknowledged' })

type Clock = ResponseClock & { comeback: number }
type Runbook = { steps: { status: string; id: number | null }[] }

export function verdictOf(timeline: Entry[], clocks: Clock[], sources: Sources, runbook: Runbook) {
  return { well: good(timeline, clocks, sources, runbook), badly: bad(timeline, clocks, sources) }
}

function good(timeline: Entry[], clocks: Clock[], sources: Sources, { steps }: Runbook): Good[] {
  const done = steps.length > 0 && steps.every(({ status }) => status === 'done')
  const cites = [...new Set(steps.flatMap(({ id }) => (id === null ? [] : [id])))]
  return [
    ...clocksKept(clocks, sources),
    ...firstAnswered(timeline),
    ...(done ? [{ kind: 'runbook followed', steps: steps.length, cites } as const] : []),
  ]
}

/** Each by its name, however often it counted: an incident that came back ten times has no thirty lines of praise. */
function clocksKept(clocks: Clock[], sources: Sources): Good[] {
  const kept = clocks.flatMap((clock) => {
    const { name, startedAt, dueAt, stoppedAt, status } = clock
    if (status !== 'met' || stoppedAt === null || sources.endedItself(clock)) return []
    const times = { took: stoppedAt.getTime() - startedAt.getTime(), allowed: dueAt.getTime() - startedAt.getTime() }
    return [{ name, ...times, cites: sources.ofClock(clock) }]
  })
  return [...new Set(kept.map(({ name }) => name))].flatMap((name): Good[] => {
    const mine = kept.filter((one) => one.name === name).toSorted((a, b) => b.took - a.took)
    const [longest] = mine
    if (longest === undefined) return []
    const { took, allowed } = longest
    const of = clocks.filter((clock) => clock.name === name).length
    const cites = [...new Set(mine.flatMap((one) => one.cites))].sort((a, b) => a - b)
    return [{ kind: 'clock kept', clock: name, times: mine.length, of, took, allowed, cites }]
  })
}

/** Whoever was called first answered, before anybody else was called. */
function firstAnswered(timeline: Entry[]): Good[] {
  const answer = timeline.findIndex(({ fact }) => fact.kind === 'incident_acknowledged')
  const calls = timeline.slice(0, Math.max(0, answer)).filter(({ fact }) => fact.kind === 'people_paged')
  const [call] = calls
  const by = timeline[answer]
  if (by?.by == null || calls.length !== 1 || call?.fact.kind !== 'people_paged' || !call.fact.people.includes(by.by))
    return []
  const after = by.at.getTime() - call.at.getTime()
  return [{ kind: 'first answered', person: by.by, after, cites: [call.id, by.id] }]
}

function bad(timeline: Entry[], clocks: Clock[], sources: Sources): Bad[] {
  const missed = clocks
    .filter(({ status }) => status === 'breached')
    .map((clock): Bad => {
      const late = clock.stoppedAt && Math.max(0, clock.stoppedAt.getTime() - clock.dueAt.getTime())
      return { kind: 'clock missed', clock: clock.name, comeback: clock.comeback, late, cites: sources.ofClock(clock) }
    })
  const each = timeline.flatMap(({ id, fact }): Bad[] => {
    const cites = [id]
    if (fact.kind === 'page_failed') return [{ kind: 'page failed', person: fact.person, channel: fact.channel, cites }]
    if (fact.kind === 'page_rerouted')
      return [{ kind: 'page rerouted', person: fact.person, channel: fact.channel, minutes: fact.minutes, cites }]
    return fact.kind === 'acknowledgement_lapsed'
      ? [{ kind: 'acknowledgement lapsed', person: fact.holder, cites }]
      : []
  })
  const ids = (wanted: (entry: Entry) => boolean) => timeline.filter(wanted).map(({ id }) => id)
  const empty = ids(({ fact }) => fact.kind === 'policy_step_skipped' && (fact.because ?? 'nobody') === 'nobody')
  const last = ids(({ fact }) => fact.kind === 'last_resort_reached')
  const reopened = ids(({ fact }) => fact.kind === 'incident_reopened')
  const answered = ids(({ fact }) => fact.kind === 'incident_acknowledged')
  const called = ids(({ fact }) => fact.kind === 'people_paged')
  return [
    ...missed,
    ...each,
    ...(empty.length > 0 ? [{ kind: 'nobody on call', cites: empty } as const] : []),
    ...(last.length > 0 ? [{ kind: 'last resort', times: last.length, cites: last } as const] : []),
    ...(reopened.length > 0 ? [{ kind: 'reopened', times: reopened.length, cites: reopened } as const] : []),
    ...(called.length > 0 && answered.length === 0
      ? [{ kind: 'never acknowledged', cites: called.slice(0, 1) } as const]
      : []),
  ]
}
