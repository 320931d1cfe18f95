// The turns in which a room is told, taken by hand, as one of several processes takes them.
import { Holder } from '../../src/worker/presence.ts'
import { roomQueue } from '../../src/worker/rooms.ts'
import { Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import type { World } from './world.ts'

export const place = { leave: () => {} }

/** What the process of this name would claim. */
export function queueOf(
  { bot, chat }: World,
  name: string,
  { holder = new Holder(name), traffic = new Traffic() }: { holder?: Holder; traffic?: Traffic } = {},
) {
  return roomQueue(bot, chat, holder, { width: new Width(1, 1), traffic })
}

/** One turn of each room that is to be told. */
export async function turn(w: World): Promise<void> {
  for (const work of (await queueOf(w, 'one').claim(10)).claimed) await work(place)
}
