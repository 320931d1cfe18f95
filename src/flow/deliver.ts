// The stage that tells rooms: everything a room has not heard yet, in order, in one turn.
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import { passing, within } from '../clock.ts'
import type { Incident } from '../core/incident.ts'
import type { Message } from '../core/message.ts'
import type { Severity } from '../core/severity.ts'
import { type Entry, type Fact, loud, unsaid } from '../core/timeline.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { chartMessage } from '../messages/chart.ts'
import { saidMessage } from '../messages/said.ts'
import { deliveriesFailed } from '../metrics.ts'
import type { DeliveryEnd } from '../store/deliveries.ts'
import { chartPng, type DeliveryView } from '../store/views.ts'
import { Errand, type Means, messageKey } from './errand.ts'
import { delayAfter, isPassing } from './retry.ts'
import {
  announce,
  bookmarkConsole,
  callEverybody,
  callKey,
  findLeft,
  invite,
  keepTopic,
  openRoom,
  postAlertCard,
  postInRoom,
  showEvidence,
  showRunbook,
  updateCards,
} from './rooms.ts'

/** Milliseconds after the opening within which page and chart are in the room, when all is well. */
const afterTheChart = 2_000

/** Milliseconds after which one that opens a room looks whether everybody is to be called meanwhile, and looks again. */
const slow = 2_000

/** Milliseconds after which any platform shows a room that it was slow to open. */
const unseen = 15_000

/** At half a minute each, most of a working day: longer than any outage worth waiting out. */
const mostAttempts = 1_000

/** Milliseconds after which what a room shows besides its news is tried again. */
const shownAgain = 5_000

/**
 * `attempts`: failures in a row before this. `patient`: waits where people are given time; false: does all at once.
 * `stepAside`: does `first` before it waits, and resolves when it is the turn of what can wait; answers the room as it is by then,
 * where that was not read yet. `look`: the room as it is by now; undefined when the incident is gone.
 */
export type Turn = Means & {
  holder: string
  attempts: number
  patient: boolean
  stepAside: (first: () => Promise<void>) => Promise<DeliveryView | undefined>
  look: () => Promise<DeliveryView | undefined>
}

/** Tells a room that was claimed what it has not heard, and answers what came of it. Never throws. */
export async function tellRoom(bot: Bot, platform: ChatPlatform, view: DeliveryView, turn: Turn): Promise<DeliveryEnd> {
  const errand = new Errand(bot, platform, view, turn)
  const { number: incident } = errand
  const end = (wait: number, failed: boolean): DeliveryEnd => {
    const endedAt = bot.clock.now()
    const at = new Date(endedAt.getTime() + wait)
    const about = { endedAt, platform: platform.name, incident, holder: turn.holder, ...errand.result() }
    return failed ? { ...about, failed, wakeAt: at } : { ...about, failed, wakeAt: wait > 0 ? at : null }
  }
  try {
    const { wait, delayed } = await deliver(errand, turn).finally(() => errand.written())
    if (delayed === null) return end(wait, false)
    // News does not wait with it: whoever is to hear that nobody has answered must not wait for a topic.
    const delay = delayAfter(delayed, 1)
    const context = { incident, platform: platform.name, delay, reason: delayed.message }
    bot.log.info(context, 'a part of what a room is to hear has to wait')
    return end(wait > 0 ? Math.min(wait, delay) : delay, false)
  } catch (error) {
    deliveriesFailed.inc({ platform: platform.name })
    const attempt = turn.attempts + 1
    const context = { incident, platform: platform.name, attempt, reason: reasonOf(error) }
    if (error instanceof PermanentError || attempt >= mostAttempts) {
      bot.log.error(context, 'a room cannot be told; it is left until something else happens')
      await errand.noteDegraded('tell the room', reasonOf(error)).catch(() => {})
      return end(0, false)
    }
    const delay = delayAfter(error, attempt)
    if (isPassing(error)) bot.log.warn({ ...context, delay }, 'a room will be told later')
    else bot.log.error({ ...context, delay, err: error }, 'a room could not be told for a reason nobody foresaw')
    return end(delay, true)
  }
}

/**
 * `wait`: milliseconds after which there is more to do; 0: nothing. `delayed`: what the platform asked to do later, of several the
 * soonest.
 */
type Left = { wait: number; delayed: TransientError | null }

async function deliver(errand: Errand, { attempts, patient, stepAside, look }: Turn): Promise<Left> {
  const { presence } = errand.view.incident.terms.severities[errand.view.incident.severity]
  const steps = new Steps()
  // What failed before may take its time to fail again. A call may have cut its pause short, and another room would be opened.
  if (attempts > 0 && errand.room === null && (await callUnheard(errand, steps)))
    throw new TransientError('everybody is called, and the room may be there unseen', { shownAfter: unseen })
  if (presence === 'card') await steps.take(() => postAlertCard(errand))
  const opening = presence === 'room' ? openRoom(errand, newsFor(errand)) : openBegun(errand)
  const problem = await callingMeanwhile(errand, opening, look).then(() => null, orLater)
  await callUnheard(errand, steps)
  if (problem !== null) return unopened(errand, steps, problem)
  // A room that opens has its first message by now, and whoever is to wake up must not wait for what others read.
  const view = await stepAside(() => errand.written())
  if (view) {
    errand.see(view)
    // Told to the room, it would count as made.
    await callUnheard(errand, steps)
  }
  if (presence === 'room') {
    await errand.begin(newsFor(errand))
    await steps.take(() => announce(errand))
    await steps.take(async () => {
      for (const entry of untold(errand)) await tell(errand, entry)
    })
  }
  await steps.take(() => bringUpToDate(errand, patient, steps).catch((error: unknown) => notWithNews(errand, error)))
  return steps.end()
}

/** All that a room shows besides its news. */
async function bringUpToDate(errand: Errand, patient: boolean, steps: Steps): Promise<void> {
  const { presence } = errand.view.incident.terms.severities[errand.view.incident.severity]
  await steps.take(() => findLeft(errand))
  await updateCards(errand, (work) => steps.take(work))
  await steps.take(() => keepTopic(errand))
  if (presence !== 'room') return
  await steps.take(() => invitePaged(errand))
  await steps.take(() => bookmarkConsole(errand))
  await steps.take(() => showEvidence(errand))
  const rest = patient ? untilRunbook(errand) : 0
  await steps.take(async () => (rest > 0 ? rest : showRunbook(errand)))
}

/**
 * The news is told by then. Had the room failed as a whole, what comes next would keep its pause, and that may be the call for everybody:
 * a platform that is ill at pinning or editing alone would hold it back for half a minute.
 */
function notWithNews({ bot, number: incident, platform }: Errand, error: unknown): never {
  if (!(error instanceof TransientError) || error.retryAfter !== null) throw error
  deliveriesFailed.inc({ platform: platform.name })
  const context = { incident, platform: platform.name, reason: error.message, delay: shownAgain }
  bot.log.warn(context, 'what a room shows will be brought up to date later')
  throw new TransientError(error.message, { retryAfter: shownAgain, cause: error })
}

/** It was to have a room when a sender began to open one, which may stand there with its card. */
async function openBegun(errand: Errand): Promise<void> {
  if (errand.mayBeThere(errand.key('card'))) await openRoom(errand, [])
}

/** Where a room is to be opened later, who is to be called, and who looks at a page, must not wait for it. */
function orLater(error: unknown): TransientError {
  if (error instanceof TransientError) return error
  throw error
}

/** A room may take long to open, and whoever is to be called meanwhile must not wait for it. */
async function callingMeanwhile(errand: Errand, opening: Promise<unknown>, look: Turn['look']): Promise<void> {
  const isOver = opening.then(
    () => true,
    () => true,
  )
  while (!(await within(slow, isOver).catch(() => false))) {
    try {
      const view = await look()
      if (view) errand.see(view)
      await callUnheard(errand, new Steps())
    } catch (error) {
      // Tried again in a moment, and once more when the room is there or not.
      errand.bot.log.warn(
        { incident: errand.number, platform: errand.platform.name, reason: reasonOf(error) },
        'a room hangs, and whether everybody is to be called meanwhile is looked at again',
      )
      // Looked for before it would be shown, a call that was taken all the same would be made twice.
      if (error instanceof TransientError) await passing(error.shownAfter)
    }
  }
  await opening
}

/** A channel that takes no card takes nothing else; one that is not there yet keeps nobody from calling everybody elsewhere. */
async function unopened(errand: Errand, steps: Steps, problem: TransientError): Promise<Left> {
  await updateCards(errand, (work) => steps.take(work))
  if (errand.room !== null) throw problem
  await steps.take(() => Promise.reject(problem))
  return steps.end()
}

/** True: it was called by this, and not before. */
async function callUnheard(errand: Errand, steps: Steps): Promise<boolean> {
  const call = unheardCall(errand)
  if (call === null) return false
  const key = callKey(errand, call.id)
  const isCalled = errand.isDone(key)
  await steps.take(() => callEverybody(errand, call.id))
  return !isCalled && errand.isDone(key)
}

/** Keys of what a new incident is told with first, whatever its timeline says. */
export function firstMessages({ number, terms, severity }: Incident): string[] {
  const { presence } = terms.severities[severity]
  const names = { room: ['card', 'announcement', 'bookmark'], card: ['alert'], none: [] }[presence]
  return names.map((name) => messageKey(number, name))
}

/** Keys of what is about to be told, to be written down together. A picture is begun when it is there. */
function newsFor(errand: Errand): string[] {
  const entries = untold(errand).filter(({ fact }) => chartOf(fact) === null)
  const invited = errand.view.timeline.filter(({ fact }) => calledIn(fact).length > 0)
  return [
    ...entries.map((entry) => keyOf(errand, entry)),
    ...invited.map((entry) => `${keyOf(errand, entry)}/invited`),
    errand.key('bookmark'),
  ]
}

/**
 * Steps of which one that has to wait keeps the others waiting only when the platform does not answer at all: a channel that
 * takes no more for a while is no reason not to go on elsewhere.
 */
class Steps {
  #wait = Number.POSITIVE_INFINITY
  #delayed: TransientError | null = null

  /** What a step answers are milliseconds after which it has more to do; of several the soonest counts. */
  async take(step: () => Promise<unknown>): Promise<void> {
    try {
      const wait = await step()
      // A count on the card may have to wait for minutes, and what has to wait for a second not with it.
      if (typeof wait === 'number' && wait > 0) this.#wait = Math.min(this.#wait, wait)
    } catch (error) {
      if (!(error instanceof TransientError) || error.retryAfter === null) throw error
      if (error.retryAfter < (this.#delayed?.retryAfter ?? Number.POSITIVE_INFINITY)) this.#delayed = error
    }
  }

  end(): Left {
    return { wait: Number.isFinite(this.#wait) ? this.#wait : 0, delayed: this.#delayed }
  }
}

/** One message that is refused for good does not silence what comes after it. */
async function tell(errand: Errand, entry: Entry): Promise<void> {
  const key = keyOf(errand, entry)
  const message = await messageFor(errand, entry)
  if (message === null) return
  // What stands in for the room may have heard the call before it did.
  const isCalled = errand.room?.own === false && errand.isDone(`${key}/everybody`)
  try {
    await postInRoom(errand, key, isCalled ? quietly(message) : message)
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    errand.refuse(key, error.message)
    await errand.noteDegraded(`tell the room “${entry.text.slice(0, 80)}”`, error.message)
  }
}

function quietly({ mentions: _, ...message }: Message): Message {
  return message
}

/** Its steps fill a screen: they come after the card, the page and the chart, not between them. */
function untilRunbook({ bot, view }: Errand): number {
  if (view.runbook.length === 0 || view.timeline.some(({ fact }) => fact.kind.startsWith('chart_'))) return 0
  return Math.max(0, view.incident.openedAt.getTime() + afterTheChart - bot.clock.now().getTime())
}

/** Who is wanted in the room from then on. */
function calledIn(fact: Fact): string[] {
  if (fact.kind === 'people_paged') return fact.people
  // Once: who was called in vain the first time is in the room by the second.
  if (fact.kind === 'last_resort_reached') return fact.times === 1 ? fact.people : []
  return fact.kind === 'runbook_step_assigned' && fact.person !== null ? [fact.person] : []
}

/** Id of the picture it is about; null: it has none. */
function chartOf(fact: Fact): number | null {
  return fact.kind === 'chart_drawn' || fact.kind === 'runbook_query_ran' ? fact.chart : null
}

async function invitePaged(errand: Errand): Promise<void> {
  const { room, view } = errand
  if (room === null) return
  for (const { id, fact } of view.timeline) {
    const people = calledIn(fact)
    if (people.length === 0) continue
    await errand.once(errand.key(`e${id}/invited`), room.channel, async () => {
      for (const person of people) await invite(errand, person)
    })
  }
}

/**
 * What the room has not heard, in the order it happened. An incident that was a card for a while has its room told what
 * came after that.
 */
function untold(errand: Errand): Entry[] {
  const { timeline, incident } = errand.view
  const presence = (severity: Severity) => incident.terms.severities[severity].presence
  const since = timeline.findLast(({ fact }) => fact.kind === 'severity_changed' && presence(fact.from) !== 'room')
  return timeline.filter(
    (entry) =>
      entry.id >= (since?.id ?? 0) && !unsaid.includes(entry.fact.kind) && !errand.isDone(keyOf(errand, entry)),
  )
}

/** The latest call for everybody, as long as nobody has answered it and the room has not heard it. */
function unheardCall(errand: Errand): Entry | null {
  const { timeline, incident } = errand.view
  if (incident.status !== 'open') return null
  const answers = ['incident_acknowledged', 'incident_resolved', 'incident_reopened']
  const answered = timeline.findLast(({ fact }) => answers.includes(fact.kind))
  const call = timeline.findLast(({ fact }) => loud.includes(fact.kind))
  if (call === undefined || call.id < (answered?.id ?? 0) || errand.isDone(keyOf(errand, call))) return null
  return call
}

function keyOf(errand: Errand, { id }: Entry): string {
  return errand.key(`e${id}`)
}

async function messageFor({ bot, platform, view }: Errand, entry: Entry): Promise<Message | null> {
  const { fact } = entry
  const id = chartOf(fact)
  const said = fact.kind === 'chart_drawn' ? null : saidMessage(bot, view, entry, bot.clock.now(), platform.name)
  if (id === null) return said
  const chart = view.charts.find((one) => one.id === id)
  const png = await chartPng(bot.db, id, view.incident.number)
  if (!chart || !png) return said
  const drawn = chartMessage(bot, view, chart, new Uint8Array(png))
  return said === null || drawn.picture === undefined ? drawn : { ...said, picture: drawn.picture }
}
