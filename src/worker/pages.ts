// The queue of pages of one channel: claimed in this process's name, sent several at a time, and written back together.
import type { Bot } from '../bot.ts'
import type { Page } from '../core/page.ts'
import { reasonOf } from '../errors.ts'
import { postponePage } from '../flow/asleep.ts'
import { gathering } from '../flow/effects.ts'
import { handOnPage } from '../flow/hand-on.ts'
import { countSent, giveUpPage, type Outcome, passRefused, sendPage } from '../flow/pages.ts'
import type { Pager } from '../pagers/pager.ts'
import { type ClaimedPage, claimPages, endPages, type PageEnd } from '../store/pages.ts'
import { type IncidentView, tellingViews } from '../store/views.ts'
import { Doubts } from './doubts.ts'
import { gathered } from './gather.ts'
import { goodFor, type Holder } from './presence.ts'
import type { Queue, Width, Work } from './sender.ts'
import type { Traffic } from './traffic.ts'

/** `born` is the work of a page that was claimed when it was written down, after `since`: it is sent without being read. */
export type PageQueue = Queue & {
  born(page: Page, urgency: number, view: IncidentView, since: Date): Work
  /** As the database calls a page that is being sent: see `pagesHeld`. */
  nameOf(page: Page, attempt: number): string
}

export function pageQueue(
  bot: Bot,
  pager: Pager,
  holder: Holder,
  { width, traffic }: { width: Width; traffic: Traffic },
): PageQueue {
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
  const doubts = new Doubts(bot.db.line)
  const send = async (claimed: ClaimedPage, view: IncidentView | null, since: Date) => {
    const isGood = holder.isHeld() && bot.clock.now().getTime() - since.getTime() <= goodFor
    const outcome = isGood ? await sendPage(bot, pager, claimed, view) : putOff(bot, claimed)
    // Asked to wait, it is no use to wait for fewer at a time: pages of one person are looked for together.
    if (outcome.status === 'due') {
      if (outcome.isCleared) doubts.clear(claimed.page.key)
      if (!outcome.isAsked) width.failed()
    } else width.wentWell()
    if (isDecision(outcome)) return decide(bot, holder, claimed, outcome)
    if (outcome.status === 'due' && outcome.refused !== undefined)
      await passRefused(bot, holder.name, claimed, outcome.refused)
    await written(outcome)
    if (outcome.status === 'sent') countSent(bot, claimed, view, outcome.at)
    return outcome.status === 'due'
  }
  // A way that hangs for some must not be full of them: there is always a place for who was not tried yet, and one for who was.
  let triedAgain = 0
  const work =
    (claimed: ClaimedPage, view: IncidentView | null, since: Date): Work =>
    () => {
      const over = traffic.begin()
      const isAgain = claimed.attempt > 1
      const sending = send(claimed, view, since).finally(() => {
        over()
        if (isAgain) triedAgain--
        holder.letGo([nameOf(claimed.page, claimed.attempt)])
      })
      // Another one may have waited for this place.
      return sending.then((more) => more || isAgain)
    }
  return {
    nameOf,
    born: (page, urgency, view, since) =>
      work({ page, attempt: 1, urgency, posted: null, resumed: false }, view, since),
    async claim(limit) {
      const now = bot.clock.now()
      // Claimed without a name, it would only be given back, again and again.
      if (!holder.isHeld()) return { claimed: [], next: now }
      const again = Math.max(0, Math.max(1, width.now - 1) - triedAgain)
      const ahead = triedAgain === 0 ? 1 : 0
      const wanted = { channel: pager.name, holder: holder.name, now, limit, again, ahead }
      const { claimed, next } = await claimPages(line, wanted)
      const letGo = holder.take(claimed.map(({ page, attempt }) => nameOf(page, attempt)))
      const isDoubted = await doubts.look(now)
      if (claimed.length === 0) return { claimed: [], next }
      const views = await tellingViews(line, [...new Set(claimed.map(({ page }) => page.incident))]).catch(
        (error: unknown) => {
          letGo()
          throw error
        },
      )
      const byNumber = new Map(views.map((view) => [view.incident.number, view]))
      triedAgain += claimed.filter(({ attempt }) => attempt > 1).length
      return {
        claimed: claimed.map((one) => {
          const { key, incident } = one.page
          return work({ ...one, isDoubted: isDoubted(key) }, byNumber.get(incident) ?? null, now)
        }),
        next,
      }
    },
  }
}

/** What changes the incident with the page, and so is written down by itself. */
type Decision = Exclude<Outcome, PageEnd>

function isDecision(outcome: Outcome): outcome is Decision {
  return ['failed', 'handed on', 'postponed'].includes(outcome.status)
}

/** Answers whether there may be more to send now. */
async function decide(bot: Bot, { name }: Holder, claimed: ClaimedPage, outcome: Decision): Promise<boolean> {
  switch (outcome.status) {
    case 'failed':
      await giveUpPage(bot, name, claimed, outcome)
      return false
    case 'handed on':
      await handOnPage(bot, name, claimed, outcome.told)
      return true
    case 'postponed':
      await postponePage(bot, name, claimed)
      return true
    default:
      return outcome satisfies never
  }
}

function nameOf({ key }: Page, attempt: number): string {
  return `${attempt} ${key}`
}

/** A process that may have lost its name sends nothing: another may be about to, or somebody has answered. */
function putOff(bot: Bot, { page, attempt, urgency, resumed }: ClaimedPage): Outcome {
  const about = { key: page.key, attempt, channel: page.channel, urgency }
  return { ...about, status: 'due', tryAt: bot.clock.now(), unsent: !resumed }
}
