// New incidents whose rooms this process opens and whose first pages it sends itself: claimed in the statement that writes
// them, begun when that is committed. Nobody has to be told, to look and to claim, and nothing is read before they are out.
import type { Change } from '../core/change.ts'
import type { Page } from '../core/page.ts'
import { untouched } from '../core/runbook-step.ts'
import type { Override } from '../core/schedule.ts'
import { urgency } from '../core/severity.ts'
import { firstMessages } from '../flow/deliver.ts'
import type { Opener } from '../flow/intake.ts'
import { type Born, nothingBorn } from '../store/change-rows.ts'
import type { DeliveryView } from '../store/views.ts'
import type { PageQueue } from './pages.ts'
import type { Holder } from './presence.ts'
import type { RoomQueue } from './rooms.ts'
import type { Sender, Work } from './sender.ts'

/** One way out: its queue, and who takes from it in whose name. */
type Way<Q> = { name: string; queue: Q; sender: Pick<Sender, 'reserve'>; holder: Holder }

/** Something that is begun when it is written, and let go of when it is not. */
type Beginning = { born: Born; end: (isWritten: boolean) => void }

export class Openings {
  readonly #rooms: Way<RoomQueue>[] = []
  readonly #pages: Way<PageQueue>[] = []

  /** From now on, this platform's rooms may be opened so. */
  addRooms(way: Way<RoomQueue>): void {
    this.#rooms.push(way)
  }

  /** From now on, this pager's pages may be sent so. */
  addPages(way: Way<PageQueue>): void {
    this.#pages.push(way)
  }

  /** What there is no place for is left to whoever looks for it. */
  readonly open: Opener = (changes, { overrides, now }) => {
    const fresh = changes.filter(({ isNew }) => isNew)
    const begun = [
      ...fresh.flatMap((change) => this.#roomsOf(change, overrides, now)),
      ...fresh.flatMap((change) => this.#pagesOf(change, overrides, now)),
    ]
    return {
      born: {
        rooms: begun.flatMap(({ born }) => born.rooms),
        pages: begun.flatMap(({ born }) => born.pages),
        messages: begun.flatMap(({ born }) => born.messages),
      },
      over: (isWritten) => {
        for (const { end } of begun) end(isWritten)
      },
    }
  }

  #roomsOf(change: Change, overrides: Override[], now: Date): Beginning[] {
    const { number } = change.incident
    if (change.tellAt === null) return []
    const keys = firstMessages(change.incident)
    return this.#rooms.flatMap((way) => {
      const work = () => way.queue.born(viewOf(change, overrides), keys, now)
      const end = claim(way, `${way.name} ${number}`, work)
      if (end === null) return []
      const { name: platform, holder } = way
      const messages = keys.map((key) => ({ platform, key }))
      return [{ born: { ...nothingBorn, rooms: [{ platform, incident: number, holder: holder.name }], messages }, end }]
    })
  }

  #pagesOf(change: Change, overrides: Override[], now: Date): Beginning[] {
    return change.pages.flatMap((page) => {
      const way = this.#pages.find(({ name }) => name === page.channel)
      if (way === undefined || page.dueAt > now) return []
      const sending: Page = { ...page, status: 'sending' }
      // Why it is this person is on record, which has no numbers yet.
      const timeline = change.entries.map((entry) => ({ ...entry, id: 0, text: '' }))
      const view = { ...viewOf(change, overrides), timeline }
      const work = () => way.queue.born(sending, urgency[change.incident.severity], view, now)
      const end = claim(way, way.queue.nameOf(page, 1), work)
      if (end === null) return []
      const messages = [{ platform: page.channel, key: page.key }]
      return [{ born: { ...nothingBorn, pages: [{ key: page.key, holder: way.holder.name }], messages }, end }]
    })
  }
}

/** Null: there is no place for it. */
function claim({ sender, holder }: Way<unknown>, name: string, work: () => Work): Beginning['end'] | null {
  const place = holder.isHeld() ? sender.reserve() : null
  if (place === null) return null
  const letGo = holder.take([name])
  return (isWritten) => {
    if (!isWritten) letGo()
    place(isWritten ? work() : null)
  }
}

/** A new incident as it will be read: all of it but what the database gives it. */
function viewOf({ incident, clocks, alerts, pages, runbook }: Change, overrides: Override[]): DeliveryView {
  return {
    incident,
    clocks: [...clocks].sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime()),
    alerts,
    runbook: runbook.map((one, index) => ({ ...untouched, ...one, step: index + 1 })),
    pages,
    overrides,
    ...{ rooms: [], charts: [], evidence: [], timeline: [], postmortem: null, room: null, messages: [] },
  }
}
