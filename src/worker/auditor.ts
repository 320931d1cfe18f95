// Looks every half minute for what was forgotten against all precautions: decisions that are overdue or that nothing waits
// for, pages that nobody sends, work that was given up. It repairs them loudly, and only when all is well it says so to an
// address outside: whoever watches that hears of it when this bot, its database or its chat is not what it should be.
import type { Bot } from '../bot.ts'
import { nextDecisionAt } from '../core/change.ts'
import { reasonOf } from '../errors.ts'
import { decideDue } from '../flow/escalate.ts'
import { rescuePages } from '../flow/pages.ts'
import type { Check } from '../http/deps.ts'
import { auditFindings, auditRepairs } from '../metrics.ts'
import { outbound } from '../outbound.ts'
import { pagersOf } from '../pagers/index.ts'
import { lockWaiting, reviveExhausted, unsentPages, untoldRooms, type Waiting, waitingAfter } from '../store/audit.ts'
import { postponeDecision } from '../store/incidents.ts'
import { loop } from './timer.ts'

const mostBetween = 30_000
/** Milliseconds a decision or a page may be late before somebody should know. */
const overdue = 60_000
/** Milliseconds without a look after which it was this process, or its clock, that was not there. */
const absence = 2 * overdue
/** Incidents looked at in one go: each carries its terms. */
const batch = 100
/** Milliseconds the outside address has to answer. */
const patience = 10_000

/** How much of each was found. `overdue`: decisions nobody took; `misset`: that nothing, or the wrong instant, waited for. */
export type Findings = { overdue: number; misset: number; unsent: number; untold: number; exhausted: number }

type Heartbeat = NonNullable<Bot['config']['heartbeat']>

export type Auditor = { check(): Check; wake(): void; stop(): Promise<void> }

/** `others`: what else must be well for the heartbeat, by name. */
export function startAuditor(bot: Bot, others: Record<string, () => Check> = {}): Auditor {
  const { heartbeat } = bot.config
  const period = Math.min(mostBetween, heartbeat?.every ?? mostBetween)
  let last: { at: Date; problems: string[] } | null = null
  let pingedAt = Number.NEGATIVE_INFINITY
  let watching: Date | null = null
  const turn = async () => {
    const at = bot.clock.now()
    if (last !== null && at.getTime() - last.at.getTime() > absence) watching = null
    watching ??= at
    const problems = sentences(await audit(bot, watching))
    last = { at, problems }
    const unwell = Object.entries(others).filter(([, check]) => !check().ok)
    // A little early counts as on time: turns are a little apart from each other, too.
    const isTime = at.getTime() - pingedAt >= (heartbeat?.every ?? 0) - period / 2
    if (heartbeat === null || !isTime) return period
    if (problems.length > 0 || unwell.length > 0) {
      bot.log.error({ problems, unwell: unwell.map(([name]) => name) }, 'not all is well: the heartbeat is left out')
      return period
    }
    await beat(bot, heartbeat)
    pingedAt = at.getTime()
    return period
  }
  const { wake, stop } = loop(turn, (error) => {
    watching = null
    bot.log.error({ err: error }, 'the audit failed; will look again')
  })
  const started = bot.clock.now()
  const check = (): Check => {
    const since = bot.clock.now().getTime() - (last?.at ?? started).getTime()
    if (since > 3 * mostBetween) return { ok: false, detail: `nothing was audited for ${Math.round(since / 1000)} s` }
    if (last === null) return { ok: true, detail: 'not audited yet' }
    return last.problems.length === 0 ? { ok: true } : { ok: false, detail: last.problems.join('; ') }
  }
  return { check, wake, stop }
}

/**
 * One look at everything. Answers what was found wrong, repaired or not. `watching`: since when somebody could take what is due; what
 * fell due before (the bot was down, or its database) counts as due since then: it is late, but nobody has forgotten it.
 */
export async function audit(bot: Bot, watching = new Date(0)): Promise<Findings> {
  const decisions = await auditDecisions(bot, watching)
  const rescued = await rescuePages(
    bot,
    pagersOf(bot).map((pager) => pager.name),
  )
  const now = bot.clock.now()
  const before = lateBefore(now, watching)
  const unsent = await unsentPages(bot.db, before)
  const platforms = bot.platforms.map((platform) => platform.name)
  const untold = await untoldRooms(bot.db, platforms, before)
  const exhausted = await reviveExhausted(bot.db, now)
  for (const job of exhausted) bot.log.error({ job }, 'work was given up because the process died each time; once more')
  auditRepairs.inc({ what: 'page' }, rescued)
  auditRepairs.inc({ what: 'work' }, exhausted.length)
  const findings = { ...decisions, unsent: Math.max(unsent, rescued), untold, exhausted: exhausted.length }
  for (const [what, count] of Object.entries(findings)) auditFindings.set({ what }, count)
  return findings
}

/** Every incident that is not over must wait for the instant its own state calls for, and be decided when that comes. */
async function auditDecisions(bot: Bot, watching: Date): Promise<Pick<Findings, 'overdue' | 'misset'>> {
  const before = lateBefore(bot.clock.now(), watching)
  const late = (one: Waiting) => one.dueAt !== null && one.dueAt < before
  const found = { overdue: 0, misset: 0 }
  for (let number = 0; ; ) {
    const waiting = await waitingAfter(bot.db, number, batch)
    for (const one of waiting) {
      if (isMisset(one) && (await putRight(bot, one.incident.number))) found.misset++
      if (!late(one)) continue
      found.overdue++
      const { number: incident, trace } = one.incident
      bot.log.error({ incident, trace, dueAt: one.dueAt }, 'a decision is overdue and nobody took it; taking it now')
    }
    const last = waiting.at(-1)
    if (last === undefined || waiting.length < batch) break
    number = last.incident.number
  }
  if (found.overdue + found.misset > 0) while ((await decideDue(bot)).more);
  auditRepairs.inc({ what: 'decision' }, found.overdue + found.misset)
  return found
}

/** What fell due before this is late; nothing is while nobody has watched for so long. */
function lateBefore(now: Date, watching: Date): Date {
  const before = new Date(now.getTime() - overdue)
  return before > watching ? before : new Date(0)
}

function isMisset({ incident, clocks, dueAt }: Waiting): boolean {
  return nextDecisionAt({ incident, clocks })?.getTime() !== dueAt?.getTime()
}

/** Under the lock it may look different: then it was only being written. */
function putRight(bot: Bot, number: number): Promise<boolean> {
  return bot.db.tx(async (q) => {
    const one = await lockWaiting(q, number)
    if (one === null || !isMisset(one)) return false
    const dueAt = nextDecisionAt(one)
    bot.log.error(
      { incident: number, was: one.dueAt, dueAt },
      'an incident did not wait for its next decision; put right',
    )
    await postponeDecision(q, number, dueAt)
    return true
  })
}

async function beat(bot: Bot, { url, proxy }: Heartbeat): Promise<void> {
  try {
    await outbound({ name: 'The heartbeat address', baseUrl: url, timeout: patience, proxy }).get(url)
  } catch (error) {
    // Whoever watches it tells its own people; here there is nothing to do but try again at the next turn.
    bot.log.warn({ reason: reasonOf(error) }, 'the heartbeat did not get through')
  }
}

function sentences(found: Findings): string[] {
  const long = 'for more than a minute'
  const some: [number, string, string][] = [
    [found.overdue, `decision was overdue ${long}`, `decisions were overdue ${long}`],
    [found.misset, 'incident did not wait for its decision', 'incidents did not wait for their decision'],
    [found.unsent, `page is not sent ${long}`, `pages are not sent ${long}`],
    [found.untold, `room is not told ${long}`, `rooms are not told ${long}`],
    [found.exhausted, 'piece of work was given up', 'pieces of work were given up'],
  ]
  return some.flatMap(([count, one, more]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : more}`]))
}
