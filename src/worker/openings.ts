// New incidents whose rooms this process opens itself: claimed in the statement that writes them, begun when that is
// committed. Nobody has to be told, to look and to claim, and nothing is read before the room is there.
import type { Change } from '../core/change.ts'
import { untouched } from '../core/runbook-step.ts'
import type { RoomOpener } from '../flow/intake.ts'
import type { BornDelivery } from '../store/deliveries.ts'
import type { DeliveryView } from '../store/views.ts'
import type { Holder } from './presence.ts'
import type { RoomQueue } from './rooms.ts'
import type { Sender, Work } from './sender.ts'

type Platform = { name: string; queue: RoomQueue; sender: Sender; holder: Holder }

export class Openings {
  readonly #platforms: Platform[] = []

  /** From now on, this platform's rooms may be opened so. */
  add(platform: Platform): void {
    this.#platforms.push(platform)
  }

  /** What there is no place for is left to whoever looks for it. */
  readonly open: RoomOpener = (changes) => {
    const born: BornDelivery[] = []
    const ends: ((isWritten: boolean) => void)[] = []
    for (const change of changes.filter(({ isNew, tellAt }) => isNew && tellAt !== null)) {
      const { number } = change.incident
      for (const { name, queue, sender, holder } of this.#platforms) {
        const place = holder.isHeld() ? sender.reserve() : null
        if (place === null) continue
        const letGo = holder.take([`${name} ${number}`])
        born.push({ platform: name, incident: number, holder: holder.name })
        ends.push((isWritten) => {
          if (!isWritten) letGo()
          place(isWritten ? bornWork(queue, change) : null)
        })
      }
    }
    return {
      born,
      over: (isWritten) => {
        for (const end of ends) end(isWritten)
      },
    }
  }
}

function bornWork(queue: RoomQueue, change: Change): Work {
  return queue.born(viewOf(change))
}

/** A new incident as it will be read: all of it but what the database gives it. */
function viewOf({ incident, clocks, alerts, pages, runbook }: Change): DeliveryView {
  return {
    incident,
    clocks: [...clocks].sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime()),
    alerts,
    runbook: runbook.map((one, index) => ({ ...untouched, ...one, step: index + 1 })),
    pages,
    ...{
      rooms: [],
      charts: [],
      evidence: [],
      timeline: [],
      overrides: [],
      postmortem: null,
      room: null,
      messages: [],
    },
  }
}
