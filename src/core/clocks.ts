// Response-time clocks: how long an incident may go without an answer, a finding, an end or a write-up.
import { endOfNextBusinessDay, type Hours } from './hours.ts'

/** What stops a clock. `noted`: the first note a person writes, a finding on record. */
export type ClockStop = 'acknowledged' | 'noted' | 'resolved' | 'published'

/** One promise of a severity, as configured and frozen on the incident. */
export type ClockTerm = {
  name: string
  /** Milliseconds, or the close of the next business day. */
  within: number | 'next business day'
  from: 'opened' | 'resolved'
  until: ClockStop
  /** What happens when it runs out; absent: as `breachOf` says. */
  breach?: Breach
}

/** `escalate`: the next step is paged, to help where somebody has the incident already. `tell`: the room hears of it. */
export type Breach = 'escalate' | 'tell'

/** A write-up wakes nobody; everything else that runs out wants more people on it. */
export function breachOf(term: Pick<ClockTerm, 'until' | 'breach'>): Breach {
  return term.breach ?? (term.until === 'published' ? 'tell' : 'escalate')
}

/**
 * - `running`: counting. `mark` is the share (0, 50, 80) already told in the room.
 * - `met`: stopped in time.
 * - `breached`: went past `dueAt` unanswered; `stoppedAt` is set when it was answered after all.
 * - `cancelled`: no longer asked for (the severity changed, or the incident came back).
 */
export type ResponseClock = {
  name: string
  until: ClockStop
  startedAt: Date
  dueAt: Date
  status: 'running' | 'met' | 'breached' | 'cancelled'
  mark: 0 | 50 | 80
  stoppedAt: Date | null
}

/** `hours`: whose next business day counts, for a promise that is one. */
export function startClock(term: ClockTerm, hours: Hours, at: Date): ResponseClock {
  const dueAt =
    term.within === 'next business day' ? endOfNextBusinessDay(hours, at) : new Date(at.getTime() + term.within)
  return { name: term.name, until: term.until, startedAt: at, dueAt, status: 'running', mark: 0, stoppedAt: null }
}

/** When the clock next has something to say: its half, its 80 %, its end. Null when it is silent for good. */
export function nextMarkAt(clock: ResponseClock): Date | null {
  if (clock.status !== 'running') return null
  const share = clock.mark === 0 ? 0.5 : clock.mark === 50 ? 0.8 : 1
  const length = clock.dueAt.getTime() - clock.startedAt.getTime()
  return new Date(clock.startedAt.getTime() + Math.round(length * share))
}

export type ClockMark = { clock: ResponseClock; share: 50 | 80 | 100 }

/** Moves a clock to `now`. One mark at the most, the highest that has passed: a late process does not chatter. */
export function tickClock(clock: ResponseClock, now: Date): ClockMark | null {
  const at = nextMarkAt(clock)
  if (at === null || now < at) return null
  if (now >= clock.dueAt) return { clock: { ...clock, status: 'breached' }, share: 100 }
  const at80 = nextMarkAt({ ...clock, mark: 50 })
  return at80 !== null && now >= at80
    ? { clock: { ...clock, mark: 80 }, share: 80 }
    : { clock: { ...clock, mark: 50 }, share: 50 }
}

/**
 * Those that count, with how often the incident had come back when each began (`comebacks`: when that was): each opening promises
 * anew. Of several with one name, which a change of severity leaves, the latest counts. In the order they fall due.
 */
export function countedClocks(clocks: ResponseClock[], comebacks: Date[]): (ResponseClock & { comeback: number })[] {
  const counted = new Map<string, ResponseClock & { comeback: number }>()
  for (const clock of clocks.filter(({ status }) => status !== 'cancelled')) {
    const comeback = comebacks.filter((at) => at <= clock.startedAt).length
    const known = counted.get(`${comeback} ${clock.name}`)
    if (known === undefined || isLater(clock, known)) counted.set(`${comeback} ${clock.name}`, { ...clock, comeback })
  }
  return [...counted.values()].sort((a, b) => a.comeback - b.comeback || a.dueAt.getTime() - b.dueAt.getTime())
}

function isLater(a: ResponseClock, b: ResponseClock): boolean {
  const marks = ({ startedAt, stoppedAt, dueAt }: ResponseClock) => [
    startedAt.getTime(),
    stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY,
    dueAt.getTime(),
  ]
  const [mine, other] = [marks(a), marks(b)]
  const differs = mine.findIndex((mark, i) => mark !== other[i])
  return (mine[differs] ?? 0) > (other[differs] ?? 0)
}

/** Stops every clock that waits for `stop`. A breached one keeps its breach and gains the time it was answered. */
export function stopClocks(clocks: ResponseClock[], stop: ClockStop, at: Date): ResponseClock[] {
  return clocks
    .filter((clock) => clock.until === stop && clock.stoppedAt === null && clock.status !== 'cancelled')
    .map((clock) => {
      const late = clock.status === 'breached' || at > clock.dueAt
      return { ...clock, status: late ? 'breached' : 'met', stoppedAt: at }
    })
}
