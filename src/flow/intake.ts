// The first stage: deliveries become alerts, alerts open, join, reopen and clear incidents. All requests that wait at a
// moment are decided and written together, on one connection: that is what makes a durable answer cheap.
import type { Bot } from '../bot.ts'
import { type Alert, alertKey, type Delivery } from '../core/alert.ts'
import type { Change } from '../core/change.ts'
import { grouping, saidSeverity, weighedLabels } from '../core/classify.ts'
import type { Override } from '../core/schedule.ts'
import { TransientError } from '../errors.ts'
import { incidentsOpened } from '../metrics.ts'
import { type Known, knownAlerts } from '../store/alerts.ts'
import { type Born, nothingBorn, quietOnes, type Versions } from '../store/change-rows.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { Expected } from '../store/expected.ts'
import { answers } from '../store/figures.ts'
import { isCollision } from '../store/problems.ts'
import { makeSure } from '../store/writing.ts'
import { type Arrival, type Case, Desk, type Heard, isRepeat } from './desk.ts'
import { withEffects } from './effects.ts'
import { takeFirstSteps } from './first-step.ts'
import { type Gathered, gather } from './gather.ts'
import { writing } from './opening.ts'
import { type Presumed, Presumption } from './presumption.ts'
import { Recollection } from './recollection.ts'
import { Rush } from './rush.ts'
import { firingFirst, Unwritten } from './unwritten.ts'

type Request = { alerts: Alert[]; trace: string; done: () => void; failed: (error: unknown) => void }

/** Requests that wait for their answer, with their alerts. */
type Open = Map<Request, Heard[]>

/** What is known of alerts that say something new, and what of it was not read but taken for granted. */
type Basis = Pick<Presumed, 'known' | 'granted'> & { locking: boolean }

/** Alerts in one transaction: beyond this, the next flush is faster than a longer one. */
const mostPerFlush = 2_000

/** Alerts of one delivery that are written before others have their turn: ten thousand at once would keep their pages waiting for seconds. */
const mostOfOne = 1_000

/** Attempts that rely on nobody else writing the same incidents; the ones after them lock, and wait for whoever does. */
const inGoodFaith = 3
const mostAttempts = 8

/** Requests that one line of the log tells of when alerts come without a pause: a line for each flush would cost more than writing it. */
const mostTracesALine = 256

/** Alerts that may wait for the database. Beyond this, senders keep theirs and try again; memory is not a queue. */
const mostWaiting = 20_000

/**
 * Opens rooms and sends pages at once, in this process: it says before the write which it will, and begins when that is
 * committed. `over` is to be called either way.
 */
export type Opener = (
  changes: Change[],
  known: { overrides: Override[]; now: Date },
) => { born: Born; over(isWritten: boolean): void }

/** What of it is begun at once. */
type Opened = (...about: Parameters<Opener>) => Born

/** What may listen to the writing, all of it in this process. */
export type Listening = {
  opener?: Opener
  /** Incidents that alerts joined, for whoever watches them; without it that is announced with each write. */
  joined?: (incidents: number[]) => void
}

export class Intake {
  readonly #bot: Bot
  readonly #opener: Opener | undefined
  readonly #joined: Listening['joined']
  readonly #recollection = new Recollection()
  readonly #groupOf: ReturnType<typeof grouping>
  readonly #presumption = new Presumption(this.#recollection)
  readonly #rush = new Rush()
  readonly #expected = new Expected()
  readonly #unwritten = new Unwritten()
  #waiting: Request[] = []
  #alertsWaiting = 0
  /** Taken, and not yet told in the log. */
  #untold = { traces: new Set<string>(), alerts: 0 }
  #flushing = false
  /** The one that what is remembered was written to. */
  #server: string | null = null

  constructor(bot: Bot, { opener, joined }: Listening = {}) {
    this.#bot = bot
    this.#opener = opener
    this.#joined = joined
    this.#groupOf = grouping(bot.config.grouping.by)
  }

  /** Alerts are being written just now. */
  get isBusy(): boolean {
    return this.#flushing
  }

  /**
   * Resolves once every alert of the delivery is committed. Rejects with TransientError when one was not: what is sent again then
   * changes nothing of what was.
   */
  async accept({ alerts }: Pick<Delivery, 'alerts'>, trace: string): Promise<void> {
    if (alerts.length === 0) return
    if (this.#alertsWaiting > 0 && this.#alertsWaiting + alerts.length > mostWaiting) {
      throw new TransientError(`${this.#alertsWaiting} alerts wait for the database already`)
    }
    this.#alertsWaiting += alerts.length
    const earlier = this.#unwritten.about(alerts)
    if (alerts.length <= mostOfOne && earlier.length === 0) return this.#accept(alerts, trace)
    return this.#unwritten.add(alerts, this.#inPieces(alerts, trace, earlier))
  }

  async #inPieces(alerts: Alert[], trace: string, earlier: Promise<void>[]): Promise<void> {
    let begun = 0
    try {
      if (earlier.length > 0) await Promise.all(earlier)
      const ordered = firingFirst(alerts)
      while (begun < ordered.length) {
        const some = ordered.slice(begun, begun + mostOfOne)
        begun += some.length
        await this.#accept(some, trace)
      }
    } finally {
      this.#alertsWaiting -= alerts.length - begun
    }
  }

  #accept(alerts: Alert[], trace: string): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ alerts, trace, done, failed })
      if (!this.#flushing) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#flushing = true
    while (this.#waiting.length > 0) {
      const open = heardIn(this.#takeBatch())
      try {
        await this.#write(open)
      } catch (error) {
        await this.#writeSingly([...open.keys()], error)
      }
      if (this.#waiting.length === 0 || this.#untold.traces.size >= mostTracesALine) this.#tellTaken()
    }
    this.#flushing = false
  }

  #takeBatch(): Request[] {
    let alerts = 0
    let count = 0
    for (const request of this.#waiting) {
      alerts += request.alerts.length
      if (count > 0 && alerts > mostPerFlush) break
      count++
    }
    const batch = this.#waiting.splice(0, count)
    this.#alertsWaiting -= batch.reduce((sum, request) => sum + request.alerts.length, 0)
    return batch
  }

  /** One request that cannot be written must not take the others with it. A database that is away takes them all. */
  async #writeSingly(batch: Request[], cause: unknown): Promise<void> {
    const hopeless = batch.length === 1 || !(await this.#databaseAnswers())
    for (const request of batch) {
      try {
        if (hopeless) throw cause
        await this.#write(heardIn([request]))
      } catch (error) {
        this.#bot.log.error(
          { err: error, trace: request.trace },
          'alerts could not be written; the sender is told to try again',
        )
        request.failed(new TransientError('the database did not take the alerts', { cause: error }))
      }
    }
  }

  #databaseAnswers(): Promise<boolean> {
    return answers(this.#bot.db).then(
      () => true,
      () => false,
    )
  }

  /** Answers each request as soon as it is safe, and takes it from `open`. Throws when the rest could not be written. */
  async #write(open: Open): Promise<void> {
    for (let attempt = 1; open.size > 0; attempt++) {
      this.#forgetElsewhere()
      const presumed = this.#presumption.about([...open.values()].flat(), attempt === 1)
      try {
        await this.#attempt(open, presumed, attempt > inGoodFaith)
      } catch (error) {
        // Another replica, or a person, was faster with the same incident: now what they did can be read.
        if (!isCollision(error) || attempt >= mostAttempts) throw error
        this.#presumption.failed(presumed.granted)
      }
    }
  }

  /** Most deliveries repeat what is known; where that was read just now, they are answered before the others are written. */
  async #attempt(open: Open, { known, granted, unknown }: Presumed, locking: boolean): Promise<void> {
    if (unknown.length > 0) {
      const read = await knownAlerts(this.#bot.db.line, unknown, weighedLabels(this.#bot.config))
      this.#presumption.learn(read)
      for (const [key, one] of read) known.set(key, one)
    }
    // Of an alert that says something new, all that is said counts: it may have cleared and fired again.
    const news = new Set<string>()
    for (const heard of open.values())
      for (const { alert, key } of heard) if (!isRepeat(this.#bot.config, alert, known.get(key))) news.add(key)
    const arrivals: Arrival[] = []
    for (const [request, heard] of open) {
      const before = arrivals.length
      for (const one of heard) if (news.has(one.key)) arrivals.push({ ...one, group: this.#groupOf(one.alert) })
      if (arrivals.length > before || heard.some(({ key }) => isGranted(known.get(key)))) continue
      open.delete(request)
      request.done()
    }
    if (open.size === 0) return
    if (arrivals.length === 0) await makeSure(this.#bot.db.line, granted)
    else await this.#decide(arrivals, { known, granted, locking })
    // Another server has answered by now: what was taken for granted may be lost, and versions are given out again.
    if (this.#forgetElsewhere()) return
    for (const request of open.keys()) {
      if (arrivals.length > 0) this.#untold.traces.add(request.trace)
      request.done()
    }
    this.#untold.alerts += arrivals.length
    open.clear()
  }

  /** True: what was remembered is not what another server, after a failover, need know. */
  #forgetElsewhere(): boolean {
    const server = this.#bot.db.line.server()
    if (server === this.#server) return false
    const isOther = this.#server !== null
    this.#server = server
    if (isOther) this.#recollection.forgetAll()
    return isOther
  }

  #tellTaken(): void {
    if (this.#untold.alerts === 0) return
    const { traces, alerts } = this.#untold
    this.#bot.log.info({ traces: [...traces], alerts }, 'alerts accepted')
    this.#untold = { traces: new Set(), alerts: 0 }
  }

  async #decide(arrivals: Arrival[], basis: Basis): Promise<void> {
    const db = this.#bot.db.line
    let handed: ReturnType<Opener> = { born: nothingBorn, over: () => {} }
    const opened: Opened = (changes, known) => {
      if (this.#opener) handed = this.#opener(changes, known)
      return handed.born
    }
    const work = (q: Queryable) => this.#decideIn(q, arrivals, basis, opened)
    const { gathered, cases, changes, versions, how } = await (basis.locking ? db.tx(work) : work(db)).catch(
      (error: unknown) => {
        handed.over(false)
        throw error
      },
    )
    handed.over(true)
    for (const one of cases) this.#remember(one, versions, gathered)
    this.#joined?.(quietOnes(changes, how))
    this.#tell(changes)
  }

  #remember({ draft, firing }: Case, versions: Versions, gathered: Gathered): void {
    const { config } = this.#bot
    const { incident, clocks } = draft
    const version = versions.get(incident.number)
    if (version === undefined) return
    const place = gathered.incidents.get(incident.number)?.place ?? { now: null }
    const one = { incident, clocks, version, firing, place }
    this.#recollection.keep(one)
    for (const [key, { status, startsAt, labels }] of draft.alerts) {
      if (status === 'firing') this.#recollection.keepAlert(key, one, startsAt.getTime(), saidSeverity(config, labels))
      else this.#recollection.forgetAlert(key)
    }
  }

  async #decideIn(q: Queryable, arrivals: Arrival[], { known, granted, locking }: Basis, opened: Opened) {
    const now = this.#bot.clock.now()
    this.#rush.note(arrivals.length, now)
    const resolvedAfter = new Date(now.getTime() - this.#bot.config.grouping.reopenWithin)
    const weighed = weighedLabels(this.#bot.config)
    const gathered = await gather(q, this.#recollection, { arrivals, known, weighed, now, resolvedAfter, locking })
    // What was read in between need not be taken for granted any more.
    const sure = gathered.known === known ? granted : { ...granted, unheard: [] }
    const desk = new Desk(this.#bot, now, gathered)
    for (const arrival of arrivals) desk.take(arrival)
    const cases = desk.cases()
    const drafts = cases.map(({ draft }) => draft)
    takeFirstSteps(this.#bot, drafts, gathered.overrides, now)
    const changes = drafts
      .map((draft) => withEffects(this.#bot, draft, (incident) => this.#rush.pause(incident, now)))
      .filter((change) => change !== null)
    const seen = new Map([...gathered.incidents].map(([number, { version }]) => [number, version]))
    // Whatever comes of it, what is in memory is no longer what is written.
    for (const { incident } of changes) this.#recollection.forget(incident.number)
    if (changes.length === 0) await makeSure(q, sure)
    const how = {
      ...writing(this.#bot),
      born: opened(changes, { ...gathered, now }),
      quietLater: this.#joined !== undefined,
      ...(!locking && { expected: this.#expected }),
    }
    const versions = await writeChanges(q, changes, how, seen, sure)
    return { gathered, cases, changes, versions, how }
  }

  #tell(changes: Change[]): void {
    for (const { incident, isNew } of changes) {
      if (!isNew) continue
      const { number, severity, service, trace } = incident
      incidentsOpened.inc({ severity })
      this.#bot.log.info({ trace, incident: number, severity, service }, 'incident opened')
    }
  }
}

function heardIn(requests: Request[]): Open {
  return new Map(
    requests.map((request) => {
      const { alerts, trace } = request
      return [request, alerts.map((alert) => ({ alert, trace, key: alertKey(alert) }))]
    }),
  )
}

/** Remembered, and not read. */
function isGranted(known: Known | undefined): boolean {
  return known !== undefined && known.version === undefined
}
