// One turn of telling a room what it has not heard: what is posted and edited on the way is kept, and written down together
// with the room's release. Until then it counts as perhaps posted: whoever takes over from a dead process looks first.
import { type Bot, nameOf } from '../bot.ts'
import type { Mark } from '../chat/mark.ts'
import type { ChatPlatform, Destination, MessageRef, Sheet } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import { type Fact, sentence } from '../core/timeline.ts'
import { PermanentError } from '../errors.ts'
import type { DeliveryEnd } from '../store/deliveries.ts'
import type { Ledgered } from '../store/messages.ts'
import type { KnownRoom, OpenedRoom } from '../store/rooms.ts'
import { noteEntry } from '../store/timeline.ts'
import type { DeliveryView } from '../store/views.ts'
import { type EditPlaces, untilEdit } from './edits.ts'
import { unhurried } from './effects.ts'
import { accountsOn, contentOf, isUnsent } from './ledger.ts'

/** `gone`: somebody deleted it, or it can no longer be edited. */
export type Edit = 'edited' | 'unchanged' | 'not posted' | 'gone' | { tooSoon: number }

/**
 * Milliseconds: what happened as shortly before a message's last edit may not be in it, because it was read before: a turn stands
 * aside for ten seconds and posts what is new before it edits. What happened when the incident opened is in all of them.
 */
const inFlight = 30_000

/** Milliseconds between two attempts to edit what the bot may not edit, and after which nobody mends that any more. */
const shortestDenied = 60_000
const longestDenied = 24 * 60 * 60_000

/** What a card only counts, or what has a message of its own: unless a person did it, nobody waits to see it there. */
const besides: readonly Fact['kind'][] = [
  ...unhurried,
  ...(['room_degraded', 'chart_drawn', 'chart_missing', 'evidence_gathered', 'runbook_matched'] as const),
]

/** The key of a message about an incident, unique for ever on its platform. */
export function messageKey(incident: number, name: string): string {
  return `inc-${incident}/${name}`
}

/** What a turn is made with. */
export type Means = {
  /** Keys of messages that were written down with the incident, for this very turn to post. */
  begun?: string[]
  /** Where the platform takes only so many edits: the places of those that can wait. */
  edits?: EditPlaces
  /** Writes down that these are about to be posted; answers those that were begun before. */
  begin: (keys: string[]) => Promise<Set<string>>
  /** Writes down a room that was opened; answers the one there is. */
  remember: (opened: OpenedRoom) => Promise<KnownRoom>
}

export class Errand {
  readonly remember: Means['remember']
  readonly bot: Bot
  readonly platform: ChatPlatform
  view: DeliveryView
  readonly number: number
  room: KnownRoom | null
  /** What the room's topic became in this turn; null: what it was. */
  topic: string | null = null
  /** Null: what is posted is sent, and has to be written down before. */
  readonly #sheet: Sheet | null
  readonly #messages: Map<string, Ledgered>
  readonly #begin: Means['begin']
  /** Begun in this turn and not tried yet. */
  readonly #untried = new Set<string>()
  /** What was looked for in this turn, by channel. */
  readonly #looks = new Map<string, { keys: Set<string>; found: Map<string, MessageRef> }>()
  readonly #posted = new Map<string, DeliveryEnd['posted'][number]>()
  readonly #refused = new Map<string, string>()
  /** What says all there is to say. */
  readonly #upToDate = new Set<string>()
  readonly #edits: EditPlaces | undefined
  /** Milliseconds that edits which can wait have to; asked once a turn. */
  #rest: number | undefined

  constructor(bot: Bot, platform: ChatPlatform, view: DeliveryView, { begun = [], begin, edits, remember }: Means) {
    this.#begin = begin
    this.#edits = edits
    this.remember = remember
    this.bot = bot
    this.platform = platform
    this.view = view
    this.number = view.incident.number
    this.room = view.room
    this.#sheet = platform.sheet?.() ?? null
    this.#messages = new Map(view.messages.map((message) => [message.key, message]))
    for (const key of begun) this.#noteBegun(key)
  }

  /** Goes on with what is known by now. What was posted from less may have to be said again. */
  see(view: DeliveryView): void {
    this.view = view
    for (const message of view.messages) if (!this.#messages.has(message.key)) this.#messages.set(message.key, message)
    if (view.overrides.length > 0) this.#upToDate.clear()
  }

  key(name: string): string {
    return messageKey(this.number, name)
  }

  /** Keys of messages of this incident that are posted or begun. */
  keysLike(form: RegExp): string[] {
    return [...this.#messages.keys()].filter((key) => form.test(key))
  }

  /** What a message was last known to say: `says` of its edit, where it had one. */
  saidLast(key: string): string | null {
    return this.#messages.get(key)?.content ?? null
  }

  /** Posted, or refused for good. */
  isDone(key: string): boolean {
    const known = this.#messages.get(key)
    return known !== undefined && (known.ref !== null || known.refused !== null)
  }

  /** An earlier turn began it, and nobody knows whether it is there. */
  mayBeThere(key: string): boolean {
    const known = this.#messages.get(key)
    return known !== undefined && known.ref === null && known.refused === null && !this.#untried.has(key)
  }

  /** Writes down, in one statement, that these are about to be posted. */
  async begin(keys: string[]): Promise<void> {
    const fresh = keys.filter((key) => !this.#messages.has(key))
    if (fresh.length === 0) return
    const begunBefore = this.#sheet ? new Set() : await this.#begin(fresh)
    for (const key of fresh) {
      this.#noteBegun(key)
      if (begunBefore.has(key)) this.#untried.delete(key)
    }
  }

  #noteBegun(key: string): void {
    this.#messages.set(key, { key, ref: null, content: null, editedAt: null, refused: null })
    this.#untried.add(key)
  }

  /** Posts a message unless it is there already. */
  async post(key: string, to: Destination, message: Message): Promise<MessageRef> {
    const posted = this.#messages.get(key)?.ref
    if (posted) return posted
    await this.begin([key])
    const isFresh = this.#untried.delete(key)
    const before = isFresh ? null : await this.#lookFor(key, to, message)
    if (before !== null && before !== 'perhaps') {
      // It says what there was to say then.
      this.#keep(key, before, '')
      return before
    }
    const resumed = before === 'perhaps'
    try {
      const accounts = accountsOn(this.bot, this.platform.name)
      const posted = await (this.#sheet ?? this.platform).post({ to, message, resumed, accounts, ...this.#markOf(key) })
      const { isAdopted, unheard, ...ref } = posted
      this.#keep(key, ref, isAdopted ? '' : contentOf(message))
      if (unheard !== undefined) await this.noteDegraded('call everybody', unheard)
      return ref
    } catch (error) {
      // Refused here for good, one of an earlier turn may still be elsewhere: there it is looked for first.
      const isElsewhere = !isFresh && error instanceof PermanentError
      if (isUnsent(error, message, resumed) && !isElsewhere) this.#untried.add(key)
      else this.#looks.clear()
      throw error
    }
  }

  /**
   * Where an earlier turn left a message: nobody else tells this room meanwhile, so one look counts for all of them. `perhaps`:
   * whoever posts it has to look. Its picture, for one, is not found by the key.
   */
  async #lookFor(key: string, to: Destination, message: Message): Promise<MessageRef | 'perhaps' | null> {
    const { platform } = this
    if (platform.findAll === undefined || 'account' in to || message.picture !== undefined) return 'perhaps'
    let look = this.#looks.get(to.channel)
    if (look === undefined) {
      const open = [...this.#messages.values()].filter((one) => one.ref === null && one.refused === null)
      const keys = open.map((one) => one.key).filter((one) => !this.#untried.has(one))
      const marks = keys.map((one) => this.#markOf(one))
      look = { keys: new Set(keys), found: await platform.findAll(to.channel, marks) }
      this.#looks.set(to.channel, look)
    }
    return look.found.get(key) ?? (look.keys.has(key) ? null : 'perhaps')
  }

  /** Adopts what an earlier turn may have left in one of these channels, without posting it where it is not. */
  async findLeft(key: string, channels: string[]): Promise<void> {
    if (!this.mayBeThere(key)) return
    for (const channel of channels) {
      const found = await this.platform.find({ channel }, this.#markOf(key))
      if (found !== null) return this.#keep(key, found, '')
    }
    this.#untried.add(key)
  }

  #markOf(key: string): Mark {
    return { key, opened: this.view.incident.openedAt }
  }

  /** Something that leaves no message but is to be done once. `resumed`: an earlier attempt may have done it. */
  async once(key: string, channel: string, work: (resumed: boolean) => Promise<unknown>): Promise<void> {
    if (this.isDone(key)) return
    await this.begin([key])
    await work(!this.#untried.delete(key))
    this.#keep(key, { channel, id: 'done' }, '')
  }

  /** It will never be taken; what comes after it goes on. */
  refuse(key: string, reason: string): void {
    this.#untried.delete(key)
    this.#refused.set(key, reason)
    const known = this.#messages.get(key)
    if (known) this.#messages.set(key, { ...known, refused: reason })
  }

  /** As if it had never been posted. */
  forget(key: string): void {
    this.#messages.delete(key)
    this.#posted.delete(key)
  }

  /**
   * Edits a posted message when it says something else than before; what was posted in this turn does not. `says`: what of
   * it is worth an edit, by default all. `tooSoon`: milliseconds to wait, for the platform's sake.
   */
  async edit(key: string, write: () => Message, says?: string): Promise<Edit> {
    const known = this.#messages.get(key)
    if (!known?.ref) return 'not posted'
    if (this.#upToDate.has(key) || (says !== undefined && known.content === says)) return 'unchanged'
    const { platform, bot } = this
    const wait = untilEdit(known.editedAt, platform.capabilities.secondsBetweenEdits * 1000, bot.clock.now())
    if (says !== undefined && wait > 0) return { tooSoon: wait }
    const message = write()
    const content = says ?? contentOf(message)
    if (known.content === content) return 'unchanged'
    const rest = Math.max(wait, this.#isHurried(known) ? 0 : this.#restOf())
    if (rest > 0) return { tooSoon: rest }
    let edit: Edit = 'edited'
    try {
      await (this.#sheet ?? platform).update(known.ref, message, accountsOn(bot, platform.name))
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error
      const again = error.denied ? this.#deniedFor() : null
      if (again !== null) {
        const context = { platform: platform.name, message: key, reason: error.message, again }
        bot.log.warn(context, 'a message may not be edited now; it says what is no longer true, and is tried again')
        return { tooSoon: again }
      }
      bot.log.warn(
        { platform: platform.name, message: key, reason: error.message },
        'a message can no longer be edited',
      )
      edit = 'gone'
    }
    this.#edits?.made(bot.clock.now())
    this.#keep(key, known.ref, content)
    return edit
  }

  /** Milliseconds until what may not be edited is tried again: as long as it has been wrong. Null: for long enough. */
  #deniedFor(): number | null {
    const { timeline, incident } = this.view
    const latest = timeline.reduce((last, { at }) => Math.max(last, at.getTime()), incident.openedAt.getTime())
    const since = this.bot.clock.now().getTime() - latest
    return since > longestDenied ? null : Math.max(shortestDenied, since)
  }

  /** Something happened that people wait to see in it. */
  #isHurried({ content, editedAt }: Ledgered): boolean {
    const { timeline, incident } = this.view
    const last = Math.min(editedAt?.getTime() ?? 0, this.bot.clock.now().getTime())
    const since = Math.max(last - inFlight, incident.openedAt.getTime())
    const isWaitedFor = ({ fact, by }: DeliveryView['timeline'][number]) => by !== null || !besides.includes(fact.kind)
    return content === '' || timeline.some((entry) => entry.at.getTime() > since && isWaitedFor(entry))
  }

  #restOf(): number {
    this.#rest ??= this.#edits?.wait(this.number, this.bot.clock.now()) ?? 0
    return this.#rest
  }

  /**
   * Edits what also says how late it is. That alone is worth no edit: where the platform takes few of them, a card that is told
   * its age again and again leaves none for the others.
   */
  async editWithTime(key: string, write: (at: Date) => Message): Promise<Edit> {
    if (!this.#messages.get(key)?.ref) return 'not posted'
    if (this.#upToDate.has(key)) return 'unchanged'
    const { timeline, incident } = this.view
    const latest = timeline.reduce((last, { at }) => (at > last ? at : last), incident.openedAt)
    return this.edit(key, () => write(this.bot.clock.now()), contentOf(write(latest)))
  }

  /** A missing scope costs a note on the timeline, not the incident. What may work later is tried again. */
  async bestEffort(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error
      await this.noteDegraded(what, error.message)
    }
  }

  /** Told once: a topic that cannot be set cannot be set at every change. */
  async noteDegraded(what: string, reason: string): Promise<void> {
    const { bot, platform, number, view } = this
    bot.log.warn({ incident: number, platform: platform.name, reason }, `could not ${what}; going on without`)
    const told = view.timeline.some(
      ({ fact }) => fact.kind === 'room_degraded' && fact.platform === platform.name && fact.what === what,
    )
    if (told) return
    const entry = this.entry({ kind: 'room_degraded', platform: platform.name, what, reason })
    view.timeline.push({ ...entry, id: Number.MAX_SAFE_INTEGER, by: null })
    await noteEntry(bot.db, number, entry)
  }

  /** A fact as the timeline keeps it. */
  entry(fact: Fact): { at: Date; fact: Fact; text: string } {
    const text = sentence(fact, null, (person) => nameOf(this.bot, person))
    return { at: this.bot.clock.now(), fact, text }
  }

  /** Resolves when what was posted and edited so far is there. */
  async written(): Promise<void> {
    try {
      await this.#sheet?.written()
    } catch (error) {
      // As if nothing had been tried in this turn.
      this.#posted.clear()
      throw error
    }
  }

  /** All that is to be written down of this turn. */
  result(): Pick<DeliveryEnd, 'posted' | 'unsent' | 'refused' | 'topic'> {
    return {
      posted: [...this.#posted.values()],
      unsent: [...this.#untried],
      refused: [...this.#refused].map(([key, reason]) => ({ key, reason })),
      topic: this.topic,
    }
  }

  #keep(key: string, ref: MessageRef, content: string): void {
    const at = this.bot.clock.now()
    // What was adopted may say something else.
    if (content !== '') this.#upToDate.add(key)
    this.#messages.set(key, { key, ref, content, editedAt: at, refused: null })
    this.#posted.set(key, { key, ref, content, at })
  }
}
