// An incident's room on one platform: opened once, its card, topic and announcement kept true. Every function may be
// interrupted anywhere and run again.
import { type Bot, nameOf } from '../bot.ts'
import type { ChatPlatform, Room } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import type { Fact } from '../core/timeline.ts'
import { PermanentError } from '../errors.ts'
import { announcementMessage } from '../messages/announcement.ts'
import { cardMessage } from '../messages/card.ts'
import { pageMessage } from '../messages/page.ts'
import { roomKey, roomName, topicText } from '../messages/room.ts'
import { runbookMessage } from '../messages/runbook.ts'
import { beginPost, completePost } from '../store/messages.ts'
import { type KnownRoom, rememberRoom, rememberTopic, roomOf } from '../store/rooms.ts'
import { type IncidentView, incidentView } from '../store/views.ts'
import { type Edit, editPosted, postOnce } from './ledger.ts'
import { record } from './record.ts'

/** Opens what the incident's severity asks for: a room with card, runbook and announcement, or a card among the alerts. */
export async function openRoom(bot: Bot, platform: ChatPlatform, incident: number): Promise<void> {
  const view = await incidentView(bot.db, incident)
  if (view === null) return
  const { presence } = view.incident.terms.severities[view.incident.severity]
  if (presence === 'none') return
  const now = bot.clock.now()
  if (presence === 'card') {
    await postCard(bot, platform, incident, cardMessage(bot, view, now, platform.name))
    return
  }
  const room = await ensureRoom(bot, platform, view)
  const shown = (await incidentView(bot.db, incident)) ?? view
  const to = { channel: room.channel }
  await postOnce(bot, platform, `inc-${incident}/card`, to, cardMessage(bot, shown, now, platform.name))
  // A channel that stands in for the room has the card already.
  if (room.own) await announce(bot, platform, shown, announcementMessage(bot, shown, now, platform.name))
  await keepTopic(bot, platform, shown)
  await bookmarkConsole(bot, platform, incident, room)
}

/** A channel that cannot be written to costs the announcement, not the room. */
async function announce(bot: Bot, platform: ChatPlatform, view: IncidentView, message: Message): Promise<void> {
  const { number } = view.incident
  const channel = channelsOf(bot, platform).incidents
  try {
    await postOnce(bot, platform, `inc-${number}/announcement`, { channel }, message)
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    await noteDegraded(bot, platform, number, `announce it in ${channel}`, error.message)
  }
}

/**
 * Calls everybody in the incidents channel, as long as nobody has the incident: whoever is in its room was paged already
 * and did not answer.
 */
export async function callEverybody(
  bot: Bot,
  platform: ChatPlatform,
  view: IncidentView,
  entryId: number,
): Promise<void> {
  const { number, status } = view.incident
  const room = await roomOf(bot.db, number, platform.name)
  // Where that channel stands in for a room, it hears the entry itself.
  if (status !== 'open' || room?.own === false) return
  const channel = channelsOf(bot, platform).incidents
  const announcement = announcementMessage(bot, view, bot.clock.now(), platform.name)
  try {
    const key = `inc-${number}/e${entryId}/everybody`
    await postOnce(bot, platform, key, { channel }, { ...announcement, mentions: 'channel' })
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    await noteDegraded(bot, platform, number, `call everybody in ${channel}`, error.message)
  }
}

/** A card among the alerts; where that channel cannot be written to, among the incidents. */
async function postCard(bot: Bot, platform: ChatPlatform, incident: number, card: Message): Promise<void> {
  const { alerts, incidents } = channelsOf(bot, platform)
  const key = `inc-${incident}/alert`
  try {
    await postOnce(bot, platform, key, { channel: alerts }, card)
  } catch (error) {
    if (!(error instanceof PermanentError) || alerts === incidents) throw error
    await noteDegraded(bot, platform, incident, `post in ${alerts}, so ${incidents} has the card`, error.message)
    await postOnce(bot, platform, key, { channel: incidents }, card)
  }
}

/** The room's channel; opens it when it is not there yet. */
export async function ensureRoom(bot: Bot, platform: ChatPlatform, view: IncidentView): Promise<KnownRoom> {
  const { number } = view.incident
  const known = await roomOf(bot.db, number, platform.name)
  if (known) return known
  const { room, problem } = await openOrStandIn(bot, platform, view)
  const opened: Fact =
    problem === null
      ? { kind: 'room_opened', platform: platform.name, room: room.name }
      : {
          kind: 'room_degraded',
          platform: platform.name,
          what: `open a room, so ${room.name} stands in for it`,
          reason: problem,
        }
  await bot.db.tx(async (q) => {
    if (await rememberRoom(q, number, platform.name, room, problem === null)) await record(bot, q, number, [opened])
  })
  return { ...room, own: problem === null, topic: null }
}

/** A workspace that refuses channels still hears of the incident: in the incidents channel, from beginning to end. */
async function openOrStandIn(
  bot: Bot,
  platform: ChatPlatform,
  view: IncidentView,
): Promise<{ room: Room; problem: string | null }> {
  const { number, service, title } = view.incident
  try {
    if (platform.rooms === null) throw new PermanentError('it has no rooms')
    const room = await platform.rooms.open({
      name: roomName(number, service === 'unknown' ? title : service),
      topic: topicText(bot, view),
      key: roomKey(number),
    })
    return { room, problem: null }
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    const channel = channelsOf(bot, platform).incidents
    return { room: { channel, name: channel, url: null }, problem: error.message }
  }
}

/** Brings card, announcement and topic up to date. Answers how long to wait when the platform must not be edited yet. */
export async function updateCard(bot: Bot, platform: ChatPlatform, incident: number): Promise<number> {
  const view = await incidentView(bot.db, incident)
  if (view === null) return 0
  const now = bot.clock.now()
  const card = cardMessage(bot, view, now, platform.name)
  const edits: [string, Message][] = [
    [`inc-${incident}/card`, card],
    [`inc-${incident}/alert`, card],
    [`inc-${incident}/announcement`, announcementMessage(bot, view, now, platform.name)],
  ]
  let wait = 0
  for (const [key, message] of edits) wait = Math.max(wait, waitOf(await editPosted(bot, platform, key, message)))
  wait = Math.max(wait, await updatePages(bot, platform, view))
  await keepTopic(bot, platform, view)
  return wait
}

/** A page that was answered, by whomever, says so, and has nothing to press any more; one that waits leads to the room. */
async function updatePages(bot: Bot, platform: ChatPlatform, view: IncidentView): Promise<number> {
  const { incident, rooms, pages } = view
  const by = incident.status === 'acknowledged' ? incident.acknowledgedBy : ''
  // Ages alone are no reason to edit it: only who has it, and where.
  const says = `${incident.status} ${by} ${rooms.some((room) => room.platform === platform.name)}`
  let wait = 0
  for (const page of pages.filter((one) => one.channel === platform.name && one.status === 'sent')) {
    const message = pageMessage(bot, view, page, bot.clock.now())
    wait = Math.max(wait, waitOf(await editPosted(bot, platform, page.key, message, says)))
  }
  return wait
}

/** Posts the runbook's steps into the room, or brings them up to date. Answers like `updateCard`. */
export async function showRunbook(bot: Bot, platform: ChatPlatform, incident: number): Promise<number> {
  const view = await incidentView(bot.db, incident)
  if (view === null || view.runbook.length === 0) return 0
  const { presence } = view.incident.terms.severities[view.incident.severity]
  const key = `inc-${incident}/runbook`
  const message = runbookMessage(bot, view)
  if (presence === 'room') {
    const room = await ensureRoom(bot, platform, view)
    await postOnce(bot, platform, key, { channel: room.channel }, message)
  }
  return waitOf(await editPosted(bot, platform, key, message))
}

/** Brings a person into the room, if the person has an account there. */
export async function invite(
  bot: Bot,
  platform: ChatPlatform,
  incident: number,
  room: KnownRoom,
  person: string,
): Promise<void> {
  const account = bot.config.people[person]?.accounts[platform.name]
  const { rooms } = platform
  if (account === undefined || rooms === null || !room.own) return
  await bestEffort(bot, platform, incident, `invite ${nameOf(bot, person)}`, () => rooms.invite(room.channel, account))
}

export function channelsOf(bot: Bot, platform: ChatPlatform): { incidents: string; alerts: string } {
  const channels = bot.channels[platform.name]
  if (channels === undefined) throw new PermanentError(`no channels are configured for ${platform.name}`)
  return channels
}

async function keepTopic(bot: Bot, platform: ChatPlatform, view: IncidentView): Promise<void> {
  const { number } = view.incident
  const room = await roomOf(bot.db, number, platform.name)
  const topic = topicText(bot, view)
  const { rooms } = platform
  if (room === null || !room.own || room.topic === topic || rooms === null) return
  await bestEffort(bot, platform, number, 'set the topic', () => rooms.setTopic(room.channel, topic))
  // Also when it was refused: what cannot be set is not tried again at every edit.
  await rememberTopic(bot.db, number, platform.name, topic)
}

/** Written down like a message, so that a process that dies in between leaves it to the next one. */
async function bookmarkConsole(bot: Bot, platform: ChatPlatform, incident: number, room: KnownRoom): Promise<void> {
  const { rooms } = platform
  const key = `inc-${incident}/bookmark`
  if (rooms === null || !room.own) return
  const { posted } = await beginPost(bot.db, platform.name, key)
  if (posted) return
  const link = `${bot.config.server.publicUrl}/incidents/${incident}`
  await bestEffort(bot, platform, incident, 'bookmark the console', () =>
    rooms.bookmark(room.channel, 'Timeline and post-mortem', link),
  )
  const ref = { channel: room.channel, id: 'bookmark' }
  await completePost(bot.db, platform.name, key, { ref, content: link, at: bot.clock.now() })
}

/** A missing scope costs a note on the timeline, not the incident. What may work later is tried again with its job. */
async function bestEffort(
  bot: Bot,
  platform: ChatPlatform,
  incident: number,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    bot.log.warn({ incident, platform: platform.name, reason: error.message }, `could not ${what}; going on without`)
    await noteDegraded(bot, platform, incident, what, error.message)
  }
}

/** Told once: a topic that cannot be set cannot be set at every change. */
async function noteDegraded(
  bot: Bot,
  platform: ChatPlatform,
  incident: number,
  what: string,
  reason: string,
): Promise<void> {
  const fact = { kind: 'room_degraded', platform: platform.name, what, reason } as const
  const view = await incidentView(bot.db, incident)
  const told = view?.timeline.some(
    ({ fact: old }) => old.kind === fact.kind && old.platform === fact.platform && old.what === what,
  )
  if (!told) await bot.db.tx((q) => record(bot, q, incident, [fact]))
}

function waitOf(edit: Edit): number {
  return typeof edit === 'object' ? edit.tooSoon : 0
}
