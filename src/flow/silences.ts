// Silences in Alertmanager: those of an incident, made and ended by people, and those that end soon. Alertmanager alone holds
// which are active; the timeline records who did what. Nothing here touches the paging of an incident.
import { type Bot, nameOf } from '../bot.ts'
import { renewedBy } from '../core/acknowledgement.ts'
import type { Alert } from '../core/alert.ts'
import { localTime } from '../core/local-time.ts'
import { type Matcher, matcherText, sharedMatchers } from '../core/silence.ts'
import type { Entry, Fact } from '../core/timeline.ts'
import { PermanentError, reasonOf, TransientError, UserError } from '../errors.ts'
import { activeSilences, expireSilence, matchingAlerts, putSilence, type Silence } from '../evidence/alertmanager.ts'
import { consoleUrl } from '../messages/addresses.ts'
import type { IncidentView } from '../store/views.ts'
import { record } from './record.ts'

/** What is read of an incident to silence it. */
type Seen = Pick<IncidentView, 'incident' | 'alerts' | 'timeline'>

/**
 * Silences the firing alerts of an incident in Alertmanager for so many milliseconds from now. An incident has one silence:
 * asked for again, the same one gets the new end, and covers what fires by then. One that was made just before the process
 * died is found by its comment. Throws UserError when it cannot be, saying what was done of it.
 */
export async function silenceIncident(
  bot: Bot,
  seen: Seen,
  { length, because, by }: { length: number; because: string; by: string },
): Promise<void> {
  const { number, terms } = seen.incident
  const { alerts, left } = silenceable(bot, seen)
  const matchers = sharedMatchers(alerts.map(({ labels }) => labels))
  if (matchers === null)
    throw new UserError(
      `Not every firing alert of incident ${number} has an alertname, and without it a silence would cover too much. Nothing was silenced.`,
    )
  const { alertmanager } = bot.config
  const [found, matching] = await asking('Nothing was silenced.', () =>
    Promise.all([activeSilences(alertmanager), matchingAlerts(alertmanager, matchers.map(matcherText))]),
  )
  if (matching.length === 0) throw unknownThere(matchers)
  const [before] = ofIncident(bot, seen, found)
  const now = bot.clock.now()
  const endsAt = new Date(now.getTime() + length)
  const comment = [because, markOf(bot, number)].filter(Boolean).join(' · ')
  const silence = { matchers, startsAt: before?.startsAt ?? now, endsAt, createdBy: nameOf(bot, by), comment }
  const id = await asking('Whether it is silenced is not known; to say it again silences nothing twice.', () =>
    putSilence(alertmanager, silence, before?.id),
  )
  const own = new Set(alerts.map(({ fingerprint }) => fingerprint))
  const others = matching.filter(({ fingerprint }) => !own.has(fingerprint)).length
  const { shortDay, minute } = localTime(endsAt, terms.zone)
  await tell(bot, number, by, [
    {
      ...{ kind: 'alerts_silenced', silence: id, matchers: matchers.map(matcherText), because },
      ...{ until: endsAt.toISOString(), time: `${shortDay} ${minute}`, alerts: matching.length, others, left },
      ...(before !== undefined && before.id !== id && { replaces: before.id }),
    },
  ])
}

/** The firing alerts that Alertmanager sent, and how many others there are; a UserError when there is nothing to silence. */
function silenceable({ config }: Bot, { incident, alerts }: Seen): { alerts: Alert[]; left: number } {
  needsAlertmanager(config)
  const firing = alerts.filter(({ status }) => status === 'firing')
  if (firing.length === 0)
    throw new UserError(`No alert of incident ${incident.number} is firing; there is nothing to silence.`)
  const sent = firing.filter(({ source }) => config.sources[source]?.kind === 'alertmanager')
  if (sent.length > 0) return { alerts: sent, left: firing.length - sent.length }
  const others = [...new Set(firing.map(({ source }) => source))].join(', ')
  throw new UserError(
    `The alerts of incident ${incident.number} came from ${others}, not from Alertmanager, so they cannot be silenced there. Only sources of kind alertmanager can (sources: in tocsin.yaml).`,
  )
}

/** Ends what `silenceIncident` made. Throws UserError when nothing is silenced, or Alertmanager does not end it. */
export async function unsilenceIncident(bot: Bot, seen: Seen, by: string): Promise<void> {
  const { number } = seen.incident
  needsAlertmanager(bot.config)
  const { alertmanager } = bot.config
  const found = await asking('Nothing was changed.', () => activeSilences(alertmanager))
  const active = ofIncident(bot, seen, found)
  const now = bot.clock.now()
  const gone = onRecord(seen.timeline).filter(
    ({ silence, until }) => new Date(until) > now && !found.some(({ id }) => id === silence),
  )
  for (const { id, matchers } of active) {
    await asking('The alerts may still be silenced; say it again.', () => expireSilence(alertmanager, id))
    const still = await stillSilenced(bot, id, matchers.map(matcherText))
    await tell(bot, number, by, [{ kind: 'silence_ended', silence: id, elsewhere: false, ...still }])
  }
  // Ended in Alertmanager itself, or by a process that died before it could write so.
  for (const { silence, matchers } of gone) {
    const still = await stillSilenced(bot, silence, matchers)
    await tell(bot, number, null, [{ kind: 'silence_ended', silence, elsewhere: true, ...still }])
  }
  if (active.length === 0)
    throw new UserError(
      `Alertmanager has no active silence of incident ${number}.${gone.length > 0 ? ' It was ended there before its time.' : ''} Silences that somebody made there by hand are ended there.`,
    )
}

/** How many of the alerts that this one covered are held back by others; nothing, when that cannot be asked for. */
async function stillSilenced({ config, log }: Bot, ended: string, matchers: string[]): Promise<{ still?: number }> {
  try {
    const matching = await matchingAlerts(config.alertmanager, matchers)
    return { still: matching.filter(({ silencedBy }) => silencedBy.some((id) => id !== ended)).length }
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'whether other silences hold is not known')
    return {}
  }
}

function needsAlertmanager({ alertmanager }: Bot['config']): void {
  if (alertmanager.url === null)
    throw new UserError(
      'I do not know where Alertmanager is. Put it into tocsin.yaml, e.g. alertmanager: { url: "http://127.0.0.1:9093" }, or set ALERTMANAGER_URL.',
    )
}

function unknownThere(matchers: Matcher[]): UserError {
  return new UserError(
    `Nothing was silenced: Alertmanager has no firing alert with ${matchers.map(matcherText).join(', ')}. Either they cleared while they were silenced, of which it tells nobody (resolve the incident then), or alertmanager.url is not the one that sends them.`,
  )
}

/** Its failure in words for the one who asked; `consequence`: what that means. */
async function asking<T>(consequence: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof TransientError || error instanceof PermanentError)) throw error
    throw new UserError(`${error.message}. ${consequence}`)
  }
}

/** Ends the comment of every silence made for the incident, and leads whoever sees it in Alertmanager here. */
function markOf(bot: Bot, incident: number): string {
  return `Tocsin incident ${incident}: ${consoleUrl(bot, incident)}`
}

function ofIncident(bot: Bot, { incident, timeline }: Seen, silences: Silence[]): Silence[] {
  const known = new Set(onRecord(timeline).map(({ silence }) => silence))
  const mark = markOf(bot, incident.number)
  return silences.filter(({ id, comment }) => known.has(id) || comment.endsWith(mark))
}

type Silenced = Extract<Fact, { kind: 'alerts_silenced' }>

/** The silences that the timeline calls made and not ended, each as it was asked for last. */
function onRecord(timeline: Entry[]): Silenced[] {
  const made = new Map<string, Silenced>()
  for (const { fact } of timeline) {
    if (fact.kind === 'silence_ended') made.delete(fact.silence)
    if (fact.kind !== 'alerts_silenced') continue
    if (fact.replaces !== undefined) made.delete(fact.replaces)
    made.set(fact.silence, fact)
  }
  return [...made.values()]
}

/** Whoever holds the incident and does this still has it. */
async function tell(bot: Bot, incident: number, by: string | null, facts: Fact[]): Promise<void> {
  const now = bot.clock.now()
  await bot.db.tx((q) =>
    record(bot, q, incident, facts, by, (draft) => {
      draft.incident = renewedBy(draft.incident, by, now)
    }),
  )
}

/** What Alertmanager says about its silences, or why it says nothing; null: there is none to ask. */
export type AskedSilences = { silences: Silence[] } | { reason: string } | null

/** Milliseconds that a hand-over waits for them at most. */
const patience = 3_000

/** Never throws: whoever takes the pager is told in time, with or without them. */
export async function askSilences({ config, log }: Bot): Promise<AskedSilences> {
  const { alertmanager } = config
  if (alertmanager.url === null) return null
  try {
    const timeout = Math.min(alertmanager.timeout, patience)
    return { silences: await activeSilences({ ...alertmanager, timeout }) }
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'a hand-over goes out without the silences')
    return { reason: reasonOf(error) }
  }
}
