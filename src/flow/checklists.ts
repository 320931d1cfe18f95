// The stage that brings up recurring checklists on their day, keeps who ticked what, and asks about the rest at the end of it.
import type { Bot } from '../bot.ts'
import { type ChecklistRun, occurrenceAt, type Rhythm } from '../core/checklist.ts'
import type { Notice } from '../core/notice.ts'
import { UserError } from '../errors.ts'
import { beginRun, runById, runsToAsk, tickItems } from '../store/checklists.ts'
import { addNotices } from '../store/notices.ts'
import { toChannels } from './notices.ts'

/** A list that comes back, wherever it is written. */
export type Recurring = { name: string; every: Rhythm; items: string[]; channel: string | null }

/** Those of the configuration, and those of documents; one of the same name counts once, the configured one. */
export function recurring({ config, checklists }: Pick<Bot, 'config' | 'checklists'>): Recurring[] {
  const { lists, documents, channel } = config.checklists
  const found = documents ? checklists : []
  const named = found.map(({ name, every, items }) => ({ name, every, items: items.map(({ text }) => text), channel }))
  const own = new Set(lists.map(({ name }) => name.toLowerCase()))
  return [...lists, ...named.filter(({ name }) => !own.has(name.toLowerCase()))]
}

/** Brings up what is due, also what came due while no bot was there, as long as its day, week or month lasts. */
export async function bringUpChecklists(bot: Bot): Promise<void> {
  const now = bot.clock.now()
  const { hours, at } = bot.config.checklists
  for (const { name, every, items, channel } of recurring(bot)) {
    const occurrence = occurrenceAt(every, hours, at, now)
    if (occurrence === null || occurrence.due > now || items.length === 0) continue
    const { period, due } = occurrence
    // One that comes up after its end has its time all the same: nobody is asked about what was not there a second ago.
    const ask = occurrence.ask > now ? occurrence.ask : new Date(now.getTime() + 3_600_000)
    await bot.db.tx(async (q) => {
      const id = await beginRun(q, { list: name, period, every, channel, due, ask, items })
      if (id !== null) await addNotices(q, noticesOf(bot, { id, channel }), now)
    })
  }
  await bot.db.tx(async (q) => {
    for (const id of await runsToAsk(q, now)) {
      const run = await runById(q, id)
      if (run?.items.some(({ doneAt }) => doneAt === null)) await addNotices(q, noticesOf(bot, run, 'rest'), now)
    }
  })
}

/** Ticks items off (`by`), or takes that back (null). Throws UserError when there is no such list, or no such item. */
export async function tick(bot: Bot, id: number, items: number[], by: string | null): Promise<ChecklistRun> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const run = await runById(q, id)
    if (run === null) throw new UserError(`There is no checklist ${id}. /checklist shows those that came up.`)
    const stranger = items.find((item) => !run.items.some((one) => one.item === item))
    if (stranger !== undefined)
      throw new UserError(`Checklist ${id} has no item ${stranger}: it has 1 to ${run.items.length}.`)
    const changed = await tickItems(q, { run: id, items, by, at: now })
    // The message follows.
    if (changed.length > 0) await addNotices(q, noticesOf(bot, run), now)
    return (await runById(q, id)) ?? run
  })
}

function noticesOf(bot: Bot, run: Pick<ChecklistRun, 'id' | 'channel'>, what: 'list' | 'rest' = 'list'): Notice[] {
  const key = `checklist/${run.id}${what === 'rest' ? '/rest' : ''}`
  return toChannels(bot, key, { kind: 'checklist', run: run.id, what, channel: run.channel })
}
