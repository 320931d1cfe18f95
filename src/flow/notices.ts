// Tells notices: written by whoever decides, sent here once each, and edited when what they are about has changed.
import type { Bot } from '../bot.ts'
import type { ChatPlatform, Destination } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import type { About, Notice } from '../core/notice.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { actionReminder, publicationReminder } from '../messages/actions.ts'
import { calendarMessage, strangersMessage } from '../messages/calendars.ts'
import { checklistMessage } from '../messages/checklists.ts'
import { toldGapsMessage } from '../messages/gaps.ts'
import { monitoringMessage } from '../messages/monitoring.ts'
import { endingSilences, groupMessage, handoverMessage, requestMessage } from '../messages/pager.ts'
import { refusedMessage } from '../messages/refused.ts'
import { runbookFileMessage } from '../messages/runbook-file.ts'
import { actionItem } from '../store/actions.ts'
import { runById } from '../store/checklists.ts'
import { noisiestAlerts, openIncidents } from '../store/digest.ts'
import { handoverById, heldBy } from '../store/handovers.ts'
import { completePost, postedMessage } from '../store/messages.ts'
import { addNotices, finishNotice, putBackNotice, type TakenNotice, takeNotices } from '../store/notices.ts'
import { overridesAt } from '../store/overrides.ts'
import { requestById } from '../store/shift-requests.ts'
import { tellingView } from '../store/views.ts'
import { untilEdit } from './edits.ts'
import { accountsOn, contentOf, postOnce } from './ledger.ts'
import { onCall, reach } from './paging.ts'
import { missingInPostmortem } from './postmortem-edits.ts'
import { delayAfter, isPassing } from './retry.ts'
import { channelsOf } from './rooms.ts'
import { type AskedSilences, askSilences } from './silences.ts'

/** Told in one turn. */
const batch = 10

/** Tries, within half a minute, of a platform that refuses a notice to a person and may only be ill. */
const mostRefusals = 5

/** Tries, within some five minutes, after which it may be the notice that is ill, and not the platform. */
const mostTries = 15

/** A notice for a person, over the first platform on which they have an account. */
export function toPerson(bot: Bot, key: string, person: string, about: About): Notice {
  return { platform: reach(bot, person), key, person, about }
}

/** A notice for the incidents channel of every platform. */
export function toChannels(bot: Bot, key: string, about: About): Notice[] {
  return bot.platforms.map(({ name }) => ({ platform: name, key, person: null, about }))
}

/** Tells what is due on a platform; true when there may be more. `holder`: this process, which holds a lock of that name. */
export async function tellNotices(bot: Bot, platform: ChatPlatform, holder: string): Promise<boolean> {
  // Asked once a turn: an Alertmanager that hangs costs seconds, not seconds for each of them.
  let asked: Promise<AskedSilences> | null = null
  const silences = () => {
    asked ??= askSilences(bot)
    return asked
  }
  // What just failed once more, and may for ever, keeps nobody from hearing what comes after it. That is tried at once and at no other
  // time: a platform that is back would else take it first.
  const hopeless: string[] = []
  let left = batch
  while (left > 0) {
    // What a person is told frees the next for them.
    const taken = await takeNotices(bot.db, platform.name, { holder, now: bot.clock.now(), limit: left, hopeless })
    if (taken.length === 0) break
    left -= taken.length
    for (const notice of taken) if (!(await tell(bot, platform, notice, silences))) hopeless.push(notice.key)
  }
  return left === 0
}

type Ask = () => Promise<AskedSilences>

/** False: it failed, and may fail for ever. */
async function tell(bot: Bot, platform: ChatPlatform, notice: TakenNotice, silences: Ask): Promise<boolean> {
  const after = (wait: number) => new Date(bot.clock.now().getTime() + wait)
  try {
    const wait = await send(bot, platform, notice, silences)
    if (wait > 0) await putBackNotice(bot.db, notice, after(wait))
    else await finishNotice(bot.db, notice)
    return true
  } catch (error) {
    const context = { platform: platform.name, notice: notice.key, reason: reasonOf(error) }
    const isRefused = error instanceof TransientError && error.isRefusal && notice.attempts >= mostRefusals
    // Of a channel, there is no other way to those in it.
    if (error instanceof PermanentError || (isRefused && notice.person !== null)) {
      await giveUp(bot, notice, context)
      return true
    }
    const wait = delayAfter(error, notice.attempts + 1)
    const isForeseen = isPassing(error)
    if (isForeseen) bot.log.warn({ ...context, wait }, 'a notice will be tried again')
    else bot.log.error({ ...context, wait, err: error }, 'a notice failed for a reason nobody foresaw; tried again')
    await putBackNotice(bot.db, notice, after(wait))
    return isForeseen && notice.attempts < mostTries
  }
}

/** Answers milliseconds to wait before it may be done. */
async function send(bot: Bot, platform: ChatPlatform, notice: TakenNotice, silences: Ask): Promise<number> {
  const message = await messageOf(bot, notice, silences)
  if (message === null) return 0
  const posted = await postedMessage(bot.db, platform.name, notice.key)
  if (posted === null) {
    const mark = { key: notice.key, opened: await madeAt(bot, notice.about) }
    const { isAdopted } = await postOnce(bot, platform, mark, destinationOf(bot, platform, notice), message)
    // It says what there was to say when it went out.
    return isAdopted ? send(bot, platform, notice, silences) : 0
  }
  const content = contentOf(message)
  if (posted.content === content) return 0
  const at = bot.clock.now()
  const wait = untilEdit(posted.editedAt, platform.capabilities.secondsBetweenEdits * 1000, at)
  if (wait > 0) return wait
  try {
    await platform.update(posted.ref, message, accountsOn(bot, platform.name))
  } catch (error) {
    // Somebody deleted it, or it is too old to be edited: what it would say is in the commands as well.
    if (!(error instanceof PermanentError)) throw error
    bot.log.warn({ notice: notice.key, reason: error.message }, 'a notice can no longer be edited')
  }
  await completePost(bot.db, platform.name, notice.key, { ref: posted.ref, content, at })
  return 0
}

function destinationOf(bot: Bot, platform: ChatPlatform, { person, about }: Notice): Destination {
  const own = about.kind === 'checklist' ? about.channel : null
  if (person === null) return { channel: own ?? channelsOf(bot, platform).incidents }
  const account = bot.config.people[person]?.accounts[platform.name]
  if (account === undefined) throw new PermanentError(`${person} has no ${platform.name} account in people:`)
  return { account }
}

/** What this platform refuses for good goes to a person by the next one they have. */
async function giveUp(bot: Bot, notice: TakenNotice, context: object): Promise<void> {
  bot.log.error(context, 'a notice could not be delivered')
  const { key, person, about } = notice
  const platforms = bot.platforms.map(({ name }) => name)
  const tried = platforms.slice(0, platforms.indexOf(notice.platform) + 1)
  const next = person === null ? null : reach(bot, person, tried)
  await bot.db.tx(async (q) => {
    if (next !== null && !tried.includes(next))
      await addNotices(q, [{ platform: next, key, person, about }], bot.clock.now())
    await finishNotice(q, notice)
  })
}

/** Null: what it was about is gone. */
async function messageOf(bot: Bot, { about, person }: Notice, silences: Ask): Promise<Message | null> {
  const now = bot.clock.now()
  switch (about.kind) {
    case 'request': {
      const request = await requestById(bot.db, about.request)
      return request && requestMessage(bot, request, about.to, now)
    }
    case 'handover': {
      const handover = await handoverById(bot.db, about.handover)
      if (handover === null) return null
      // Only the incoming person has to know; one that has moved on says nothing of the shift.
      const asked = about.to === 'incoming' && handover.status !== 'over' ? await silences() : null
      const zone = zoneOf(bot, handover.schedule)
      const left = await leftWith(bot, person, now)
      const around = { ...(await situation(bot, now)), ...left, silences: endingSilences(asked, handover.until, zone) }
      return handoverMessage(bot, { handover, to: about.to, ...around }, now)
    }
    case 'calendar':
      return calendarMessage(bot, about, now)
    case 'strangers':
      return strangersMessage(bot, about, now)
    case 'gaps':
      return toldGapsMessage(bot, about, zoneOf(bot, about.schedule), now)
    case 'runbook':
      return runbookFileMessage(bot, about, now)
    case 'checklist': {
      const run = await runById(bot.db, about.run)
      return run && checklistMessage(bot, run, about.what, now)
    }
    case 'monitoring':
      return monitoringMessage(bot, about, now)
    case 'refused':
      return refusedMessage(bot, about, now)
    case 'action': {
      const [view, action] = [
        await tellingView(bot.db, about.incident),
        await actionItem(bot.db, about.incident, about.item),
      ]
      return view && action && actionReminder(bot, action, view, now)
    }
    case 'postmortem': {
      const view = await tellingView(bot.db, about.incident)
      const missing = await missingInPostmortem(bot, about.incident)
      return (
        view && publicationReminder(bot, view, { dueAt: new Date(about.dueAt), missing: missing?.length ?? 0 }, now)
      )
    }
    case 'group':
      return groupMessage(bot, about, now)
    default:
      return about satisfies never
  }
}

/** When what the number in the key is of came to be; see `Mark`. */
async function madeAt({ db }: Bot, about: About): Promise<Date | undefined> {
  if (about.kind === 'request') return (await requestById(db, about.request))?.madeAt
  if (about.kind === 'handover') return (await handoverById(db, about.handover))?.at
  if (about.kind === 'checklist') return (await runById(db, about.run))?.due
  return 'incident' in about ? (await tellingView(db, about.incident))?.incident.openedAt : undefined
}

function zoneOf({ config }: Bot, schedule: string): string {
  return config.schedules[schedule]?.zone ?? config.zone
}

const listed = 8
const lastWeek = 7 * 86_400_000

/** What whoever takes the pager wants to know: what is open and who has it, and what made noise. */
async function situation(bot: Bot, now: Date) {
  const week = { from: new Date(now.getTime() - lastWeek), until: now }
  const [open, noisiest] = await Promise.all([openIncidents(bot.db, listed), noisiestAlerts(bot.db, week, 3)])
  return { open, noisiest }
}

/** What whoever gave a pager away has all the same. */
async function leftWith(bot: Bot, person: string | null, now: Date) {
  if (person === null) return { held: [], on: [] }
  const [held, overrides] = await Promise.all([heldBy(bot.db, person), overridesAt(bot.db, now)])
  const has = (schedule: string) => onCall(bot.config, overrides, { schedule }, now).includes(person)
  return { held, on: Object.keys(bot.config.schedules).filter(has) }
}
