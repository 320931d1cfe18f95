// The queue of pages of one channel: claimed in this process's name, sent several at a time, and written back together.
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import { gathering } from '../flow/effects.ts'
import { countSent, giveUpPage, type Outcome, sendPage } from '../flow/pages.ts'
import type { Pager } from '../pagers/pager.ts'
import { type ClaimedPage, claimPages, endPages, nextPageAt, type PageEnd } from '../store/pages.ts'
import { type IncidentView, tellingViews } from '../store/views.ts'
import { gathered } from './gather.ts'
import type { Holder } from './presence.ts'
import type { Queue, Width, Work } from './sender.ts'
import type { Traffic } from './traffic.ts'

export function pageQueue(
  bot: Bot,
  pager: Pager,
  holder: Holder,
  { width, traffic }: { width: Width; traffic: Traffic },
): Queue {
  const platforms = bot.platforms.map((platform) => platform.name)
  // A page does not queue behind the rooms of a storm.
  const { line } = bot.db
  const written = gathered<PageEnd>(
    (ends) => {
      const tellAt = new Date(bot.clock.now().getTime() + gathering)
      return endPages(line, holder.name, ends, { platforms, tellAt })
    },
    (error) => bot.log.warn({ reason: reasonOf(error) }, 'what came of pages could not be written down; trying again'),
  )
  const send = async (claimed: ClaimedPage, view: IncidentView | null) => {
    const outcome = await attempt(bot, pager, holder, claimed, view)
    if (outcome.status === 'due') width.failed()
    else width.wentWell()
    if (outcome.status === 'failed') {
      await giveUpPage(bot, holder.name, claimed, outcome)
      return false
    }
    await written(outcome)
    if (outcome.status === 'sent') countSent(bot, claimed, view, outcome.at)
    return outcome.status === 'due'
  }
  return {
    async claim(limit) {
      // Claimed without a name, it would only be given back, again and again.
      if (!holder.isHeld()) return []
      const now = bot.clock.now()
      const claimed = await claimPages(line, { channel: pager.name, holder: holder.name, now, limit })
      if (claimed.length === 0) return []
      const letGo = holder.take(claimed.map(nameOf))
      const views = await tellingViews(line, [...new Set(claimed.map(({ page }) => page.incident))]).catch(
        (error: unknown) => {
          letGo()
          throw error
        },
      )
      const byNumber = new Map(views.map((view) => [view.incident.number, view]))
      return claimed.map((one): Work => {
        const done = () => holder.letGo([nameOf(one)])
        return () => {
          const over = traffic.begin()
          return send(one, byNumber.get(one.page.incident) ?? null).finally(() => {
            over()
            done()
          })
        }
      })
    },
    nextAt: () => nextPageAt(line, pager.name),
  }
}

/** As the database calls a page that is being sent: see `pagesHeld`. */
function nameOf({ page, attempt }: ClaimedPage): string {
  return `${attempt} ${page.key}`
}

/** A process that may have lost its name sends nothing: another may be about to. */
async function attempt(
  bot: Bot,
  pager: Pager,
  holder: Holder,
  claimed: ClaimedPage,
  view: IncidentView | null,
): Promise<Outcome> {
  if (holder.isHeld()) return sendPage(bot, pager, claimed, view)
  const { page, attempt: count, urgency, resumed } = claimed
  const about = { key: page.key, attempt: count, channel: page.channel, urgency }
  return { ...about, status: 'due', tryAt: bot.clock.now(), unsent: !resumed }
}
