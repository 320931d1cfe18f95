// The queue of one platform's rooms that have not heard everything: claimed in this process's name, told several at a time,
// each by one process at a time.
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import { TransientError } from '../errors.ts'
import { tellRoom } from '../flow/deliver.ts'
import { EditPlaces } from '../flow/edits.ts'
import {
  type ClaimedDelivery,
  claimDeliveries,
  endDelivery,
  giveBackDeliveries,
  isDeliveryHeld,
} from '../store/deliveries.ts'
import { beginPosts } from '../store/messages.ts'
import { type OpenedRoom, rememberRooms } from '../store/rooms.ts'
import { type DeliveryView, deliveryViews } from '../store/views.ts'
import { together } from './gather.ts'
import { goodFor, type Holder } from './presence.ts'
import type { Queue, Width, Work } from './sender.ts'
import type { Traffic } from './traffic.ts'

/** Rooms that wait, claimed, for those that open: more of them leave their place to nobody. */
const mostAside = 200

/**
 * `born` is the work of a room that was claimed when it was written down: it is opened with what is known of it without being
 * read, and told the rest from what is. `begun`: messages that were written down with it, after `since`.
 */
export type RoomQueue = Queue & { born(view: DeliveryView, begun: string[], since: Date): Work }

type RoomTurns = { width: Width; traffic: Traffic | null; behind?: number; patient?: boolean }

/**
 * `traffic` null: nobody waits for these rooms, and they wait for nobody. `behind`: milliseconds after which they hear what is
 * due, so that what comes together is heard at once. `patient` false: what waits for people's sake is done at once.
 */
export function roomQueue(
  bot: Bot,
  platform: ChatPlatform,
  holder: Holder,
  { width, traffic, behind = 0, patient = true }: RoomTurns,
): RoomQueue {
  const nameOf = ({ incident }: ClaimedDelivery) => `${platform.name} ${incident}`
  const edits = new EditPlaces(platform.capabilities.editsAMinute)
  const viewsOf = (numbers: number[]) => deliveryViews(bot.db, platform.name, numbers)
  const { viewOf, begin, remember } = asksOf(bot, platform, viewsOf)
  const isYoung = (since: Date) => bot.clock.now().getTime() - since.getTime() <= goodFor
  const heldView = async ({ incident }: ClaimedDelivery) => {
    if (await isDeliveryHeld(bot.db, { platform: platform.name, incident, holder: holder.name }))
      return viewOf(incident)
    throw new TransientError('another process took the room over while this one stood still')
  }
  const tell = async (
    claimed: ClaimedDelivery & { begun?: string[]; since: Date },
    view: DeliveryView | undefined,
    leave: () => void,
  ) => {
    const isGood = holder.isHeld() && isYoung(claimed.since)
    // Without its incident, or without its name, it has nothing to say.
    if (view === undefined || !isGood) {
      await giveBackDeliveries(bot.db, [holder.name], bot.clock.now(), [nameOf(claimed)])
      return true
    }
    let over = traffic?.begin()
    // A room that hangs leaves its place: another one may be to call everybody.
    const look = () => {
      leave()
      return heldView(claimed)
    }
    const stepAside = async (first: () => Promise<void>) => {
      if (traffic === null) return undefined
      await first()
      over?.()
      if (traffic.waiting < mostAside) leave()
      over = await traffic.stepAside()
      if (isYoung(claimed.since)) return claimed.begun ? viewOf(claimed.incident) : undefined
      // Told from what it was before, a room that others told meanwhile would say so for good.
      return heldView(claimed)
    }
    const { attempts, begun = [] } = claimed
    const turn = { holder: holder.name, attempts, patient, begun, begin, edits, remember, stepAside, look }
    const end = await tellRoom(bot, platform, view, turn)
    over?.()
    if (end.failed) width.failed()
    else width.wentWell()
    return (await endDelivery(bot.db, end)) !== null
  }
  return {
    async claim(limit) {
      const since = bot.clock.now()
      const now = new Date(since.getTime() - behind)
      if (!holder.isHeld()) return { claimed: [], next: now }
      const found = await claimDeliveries(bot.db, { platform: platform.name, holder: holder.name, now, limit })
      const { claimed } = found
      const next = found.next && new Date(found.next.getTime() + behind)
      if (claimed.length === 0) return { claimed: [], next }
      const letGo = holder.take(claimed.map(nameOf))
      const numbers = claimed.map(({ incident }) => incident)
      const views = await viewsOf(numbers).catch((error: unknown) => {
        letGo()
        throw error
      })
      const byNumber = new Map(views.map((view) => [view.incident.number, view]))
      const work = claimed.map((one): Work => {
        const done = () => holder.letGo([nameOf(one)])
        return ({ leave }) => tell({ ...one, since }, byNumber.get(one.incident), leave).finally(done)
      })
      return { claimed: work, next }
    },
    born(view, begun, since) {
      const claimed = { incident: view.incident.number, attempts: 0, begun, since }
      return ({ leave }) => tell(claimed, view, leave).finally(() => holder.letGo([nameOf(claimed)]))
    },
  }
}

/** What the turns of a platform ask of the database each by itself: those of a storm do it together. */
function asksOf(bot: Bot, platform: ChatPlatform, viewsOf: (numbers: number[]) => Promise<DeliveryView[]>) {
  return {
    viewOf: together(async (numbers: number[]) => {
      const byNumber = new Map((await viewsOf(numbers)).map((view) => [view.incident.number, view]))
      return numbers.map((number) => byNumber.get(number))
    }),
    begin: together(async (asked: string[][]) => {
      const before = await beginPosts(bot.db, platform.name, asked.flat())
      return asked.map(() => before)
    }),
    remember: together((opened: OpenedRoom[]) => rememberRooms(bot.db, opened)),
  }
}
