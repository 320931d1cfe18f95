// The queue of pages over the chat of a world, as a process of its own sends them.
import { chatPager } from '../../src/pagers/chat.ts'
import { type PageQueue, pageQueue } from '../../src/worker/pages.ts'
import { Holder } from '../../src/worker/presence.ts'
import { Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import type { World } from './world.ts'

export function pageQueueOf(w: World, holder = new Holder('one'), width = new Width(1, 1)): PageQueue {
  return pageQueue(w.bot, chatPager(w.bot, w.chat), holder, { width, traffic: new Traffic() })
}

/** What work that keeps its place until the end is given. */
export const place = { leave: () => {} }
