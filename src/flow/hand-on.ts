// A page that quiet hours held back goes to whoever is on call when it goes out: the pager may be somebody else's by then.
import type { Bot } from '../bot.ts'
import { isHandedOn, type Page } from '../core/page.ts'
import { lockIncident } from '../store/incidents.ts'
import { overridesAt } from '../store/overrides.ts'
import { type ClaimedPage, dropWaiting, endPages, forgetEnded, isBeingSent, type PageEnd } from '../store/pages.ts'
import { tellingView } from '../store/views.ts'
import { callHeirs, heirsOf, mayBeOthers, type Told, type Whose, whoseOf } from './heirs.ts'
import { record } from './record.ts'
import { isWanted } from './wanted.ts'
import { put } from './ways.ts'

/** Whether a page is for others by now. `isOutdone`: by what there is. Null: it did not wait, and nothing has to be read. */
export function whosePage(bot: Bot, view: Told, page: Page, isOutdone: boolean): Promise<Whose> | null {
  if (!mayBeOthers(view, page, isOutdone)) return null
  const now = bot.clock.now()
  return overridesAt(bot.db, now).then((overrides) => whoseOf(bot, overrides, view, page, now))
}

/** In place of this page, its heirs are called as by any step, over their own ways and after their own quiet hours. */
export async function handOnPage(
  bot: Bot,
  holder: string,
  { page, attempt, urgency, resumed }: ClaimedPage,
  told: Extract<PageEnd, { status: 'cancelled' }>['told'],
): Promise<void> {
  await bot.db.tx(async (q) => {
    const { key, incident: number, channel } = page
    const now = bot.clock.now()
    // The incident first, like everybody who changes both.
    await lockIncident(q, number)
    if (!(await isBeingSent(q, { key, attempt, holder }))) return
    const about = { key, attempt, channel, urgency, unsent: !resumed }
    const view = await tellingView(q, number)
    const isDropped = view === null || !isWanted(view.incident, page)
    const overrides = await overridesAt(q, now)
    const heirs = isDropped ? null : heirsOf(bot, overrides, view, page, now)
    // Taken back in this very moment, it is looked at again.
    const end =
      isDropped || heirs !== null
        ? ({ status: 'cancelled', ...(told && { told }) } as const)
        : ({ status: 'due', tryAt: now } as const)
    await endPages(q, holder, [{ ...about, ...end }], { platforms: [], tellAt: now })
    // Another of the ways on which the same call was to go has seen to it.
    if (isDropped || heirs === null || view.timeline.some((one) => isHandedOn(one, page))) return
    const { entry, calls } = callHeirs(bot, overrides, view, page, heirs, now)
    await dropWaiting(q, page)
    await forgetEnded(
      q,
      calls.flatMap(({ pages }) => pages.map((one) => one.key)),
    )
    await record(bot, q, number, [], null, (draft) => {
      draft.entries.push(entry)
      for (const call of calls) put(draft, call, now)
    })
  })
}
