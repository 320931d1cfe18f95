// An incident's room on one platform: opened once, its card, topic and announcement kept true. Every function may be
// interrupted anywhere and run again.
import { type Bot, nameOf } from '../bot.ts'
import type { ChatPlatform, Room } from '../chat/platform.ts'
import type { Message } from '../core/message.ts'
import type { Fact } from '../core/timeline.ts'
import { PermanentError, TransientError } from '../errors.ts'
import { announcementMessage } from '../messages/announcement.ts'
import { cardMessage } from '../messages/card.ts'
import { evidenceMessage } from '../messages/evidence.ts'
import { pageMessage, pageSays } from '../messages/page.ts'
import { roomKey, roomName, topicText } from '../messages/room.ts'
import { runbookMessage } from '../messages/runbook.ts'
import { type KnownRoom, replaceRoom } from '../store/rooms.ts'
import type { Edit, Errand } from './errand.ts'

/** Opens the room, unless it is open, and puts the card into it. `next`: keys of what is posted right after. */
export async function openRoom(errand: Errand, next: string[]): Promise<KnownRoom> {
  if (errand.room === null) {
    // Whoever finds the room half opened finds it by its name: nothing has to be written down before.
    const keys = [errand.key('card'), errand.key('announcement'), ...next]
    const [opened] = await Promise.all([openOrStandIn(errand), errand.begin(keys)])
    const remembered = remember(errand, opened)
    remembered.catch(() => {})
    const posted = await postCard(errand, opened.room.channel).catch((error: unknown) => ({ error }))
    errand.room = await remembered
    if (posted) throw posted.error
  } else await postCard(errand, errand.room.channel)
  return errand.room
}

/** A card that is refused costs the card, not what is told below it. */
async function postCard(errand: Errand, channel: string): Promise<void> {
  const { bot, view, platform } = errand
  if (errand.isDone(errand.key('card'))) return
  const card = cardMessage(bot, view, bot.clock.now(), platform.name)
  try {
    await errand.post(errand.key('card'), { channel }, card)
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    if (error.gone && errand.room?.own) await leaveRoom(errand, error.message)
    else await errand.noteDegraded('post the card', error.message)
  }
}

/** Posts into the room. When people archived or deleted it, the incidents channel stands in from then on. */
export async function postInRoom(errand: Errand, key: string, message: Message): Promise<void> {
  if (errand.room === null || errand.isDone(key)) return
  try {
    await errand.post(key, { channel: errand.room.channel }, named(errand, message))
  } catch (error) {
    if (!(error instanceof PermanentError) || !error.gone || !errand.room.own) throw error
    await leaveRoom(errand, error.message)
    await errand.post(key, { channel: errand.room.channel }, named(errand, message))
  }
}

/** In a channel that stands in for several rooms each message says of which incident it is: it may have a button. */
function named({ room, number }: Errand, message: Message): Message {
  return room?.own === false ? { ...message, title: `#${number} · ${message.title}` } : message
}

async function leaveRoom(errand: Errand, reason: string): Promise<void> {
  const { bot, platform, number, room } = errand
  const { incidents } = channelsOf(bot, platform)
  const what = `post in ${room?.name ?? 'the room'}, so ${incidents} stands in for it`
  const told = errand.entry({ kind: 'room_degraded', platform: platform.name, what, reason })
  bot.log.warn({ incident: number, platform: platform.name, reason }, `could not ${what}`)
  const cardKey = errand.key('card')
  errand.room = await replaceRoom(bot.db, number, platform.name, { channel: incidents, cardKey, told })
  errand.forget(cardKey)
  await postCard(errand, incidents)
}

/** A channel that cannot be written to costs the announcement, not the room. */
export async function announce(errand: Errand): Promise<void> {
  const { bot, platform, view } = errand
  const key = errand.key('announcement')
  // A channel that stands in for the room has the card already.
  if (!errand.room?.own || errand.isDone(key)) return
  const channel = channelsOf(bot, platform).incidents
  const message = announcementMessage(bot, view, bot.clock.now(), platform.name)
  await orRefused(errand, key, `announce it in ${channel}`, () => errand.post(key, { channel }, message))
}

export function callKey(errand: Errand, entry: number): string {
  return errand.key(`e${entry}/everybody`)
}

/** Calls everybody in the incidents channel: whoever is in the room was paged already and did not answer. */
export async function callEverybody(errand: Errand, entry: number): Promise<void> {
  const { bot, platform, view } = errand
  const key = callKey(errand, entry)
  // Where that channel stands in for a room, it hears the entry itself.
  if (errand.room?.own === false || errand.isDone(key)) return
  const channel = channelsOf(bot, platform).incidents
  const announcement = announcementMessage(bot, view, bot.clock.now(), platform.name)
  const message: Message = { ...announcement, mentions: 'channel' }
  await orRefused(errand, key, `call everybody in ${channel}`, () => errand.post(key, { channel }, message))
}

/** A card among the alerts; where that channel cannot be written to, among the incidents. */
export async function postAlertCard(errand: Errand): Promise<void> {
  const { bot, platform, view } = errand
  const key = errand.key('alert')
  if (errand.isDone(key)) return
  const { alerts, incidents } = channelsOf(bot, platform)
  const card = cardMessage(bot, view, bot.clock.now(), platform.name)
  try {
    await errand.post(key, { channel: alerts }, card)
  } catch (error) {
    if (!(error instanceof PermanentError) || alerts === incidents) throw error
    await errand.noteDegraded(`post in ${alerts}, so ${incidents} has the card`, error.message)
    await errand.post(key, { channel: incidents }, card)
  }
}

async function orRefused(errand: Errand, key: string, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    errand.refuse(key, error.message)
    await errand.noteDegraded(what, error.message)
  }
}

/** Milliseconds that a platform may want a room to be opened later: so long nobody there would hear of an incident. */
const longestClosed = 120_000

type Opened = { room: Room; problem: string | null }

async function remember(errand: Errand, { room, problem }: Opened): Promise<KnownRoom> {
  const { platform, number, view } = errand
  const opened: Fact =
    problem === null
      ? { kind: 'room_opened', platform: platform.name, room: room.name }
      : {
          kind: 'room_degraded',
          platform: platform.name,
          what: `open a room, so ${room.name} stands in for it`,
          reason: problem,
        }
  // For the links in what is posted next.
  view.rooms.unshift({ platform: platform.name, channel: room.channel, name: room.name, url: room.url })
  const told = errand.entry(opened)
  return errand.remember({ incident: number, platform: platform.name, room, own: problem === null, told })
}

/** A workspace that refuses channels still hears of the incident: in the incidents channel, from beginning to end. */
async function openOrStandIn({ bot, platform, view }: Errand): Promise<Opened> {
  const { number, service, title, openedAt } = view.incident
  try {
    if (platform.rooms === null) throw new PermanentError('it has no rooms')
    const room = await platform.rooms.open({
      name: roomName(number, service === 'unknown' ? title : service),
      // Not every platform takes one with the name.
      get topic() {
        return topicText(bot, view)
      },
      ...{ key: roomKey(number), opened: openedAt },
    })
    return { room, problem: null }
  } catch (error) {
    const isLong = error instanceof TransientError && (error.retryAfter ?? 0) > longestClosed
    if (!(error instanceof PermanentError) && !isLong) throw error
    const channel = channelsOf(bot, platform).incidents
    return { room: { channel, name: channel, url: null }, problem: error.message }
  }
}

/**
 * What a sender that stopped may have left where nothing is posted now, because the severity is another or somebody has answered, is
 * to be kept true like the rest.
 */
export async function findLeft(errand: Errand): Promise<void> {
  const { bot, platform } = errand
  const [card, announcement] = [errand.key('alert'), errand.key('announcement')]
  const left = [card, announcement, ...errand.keysLike(calls)].filter((key) => errand.mayBeThere(key))
  if (left.length === 0) return
  const { alerts, incidents } = channelsOf(bot, platform)
  for (const key of left) {
    const channels = key === card ? [...new Set([alerts, incidents])] : [incidents]
    await orRefused(errand, key, `look for a message in ${channels.join(' and ')}`, () =>
      errand.findLeft(key, channels),
    )
  }
}

/** Does a piece of work that answers milliseconds to wait; what is asked for later keeps nothing else waiting. */
export type Take = (work: () => Promise<number>) => Promise<void>

/** Brings card, announcement and pages up to date, each by itself: where many incidents are announced, few edits are taken. */
export async function updateCards(errand: Errand, take: Take): Promise<void> {
  const { bot, platform, view } = errand
  const card = (at: Date) => cardMessage(bot, view, at, platform.name)
  const edits: [string, (at: Date) => Message][] = [
    ['card', card],
    ['alert', card],
    ['announcement', (at) => announcementMessage(bot, view, at, platform.name)],
  ]
  for (const [name, write] of edits) await take(async () => waitOf(await errand.editWithTime(errand.key(name), write)))
  await updatePages(errand, take)
  await answerCalls(errand, take)
}

/** Keys of calls for everybody. */
const calls = /\/e\d+\/everybody$/

/** A call for everybody that somebody has answered does not go on saying that nobody has, nor that they have it when they no longer do. */
async function answerCalls(errand: Errand, take: Take): Promise<void> {
  const { bot, platform, view } = errand
  const { incident } = view
  const isOpen = incident.status === 'open'
  const says = isOpen ? 'open' : `${incident.status} ${incident.acknowledgedBy}`
  const write = () => announcementMessage(bot, view, bot.clock.now(), platform.name)
  for (const key of errand.keysLike(calls)) {
    if (isOpen && !/^(acknowledged|resolved) /.test(errand.saidLast(key) ?? '')) continue
    await take(async () => waitOf(await errand.edit(key, write, says)))
  }
}

/** A page that was answered, by whomever, says so, and has nothing to press any more; one that waits leads to the room. */
async function updatePages(errand: Errand, take: Take): Promise<void> {
  const { bot, platform, view } = errand
  for (const page of view.pages.filter((one) => one.channel === platform.name && one.status === 'sent')) {
    const write = () => pageMessage(bot, view, page, bot.clock.now())
    await take(async () => waitOf(await errand.edit(page.key, write, pageSays(view, page))))
  }
}

/** Posts the runbook's steps into the room, or brings them up to date. Answers milliseconds to wait before it may be edited. */
export async function showRunbook(errand: Errand): Promise<number> {
  const { bot, view } = errand
  if (view.runbook.length === 0) return 0
  const key = errand.key('runbook')
  const write = () => runbookMessage(bot, view)
  if (!errand.isDone(key)) await errand.bestEffort('post the runbook', () => postInRoom(errand, key, write()))
  return waitOf(await errand.edit(key, () => named(errand, write())))
}

/** Posts what logs and traces say, or brings it up to date. Answers milliseconds to wait before it may be edited. */
export async function showEvidence(errand: Errand): Promise<number> {
  const { bot, view } = errand
  const message = evidenceMessage(bot, view)
  if (message === null) return 0
  const key = errand.key('evidence')
  if (!errand.isDone(key)) await errand.bestEffort('post the evidence', () => postInRoom(errand, key, message))
  return waitOf(await errand.edit(key, () => named(errand, message)))
}

/** Brings a person into the room, if the person has an account there. */
export async function invite(errand: Errand, person: string): Promise<void> {
  const { bot, platform, room } = errand
  const account = bot.config.people[person]?.accounts[platform.name]
  const { rooms } = platform
  if (account === undefined || rooms === null || !room?.own) return
  await errand.bestEffort(`invite ${nameOf(bot, person)}`, () => rooms.invite(room.channel, account))
}

/** Throws PermanentError where the platform has none configured. */
export function channelsOf(bot: Bot, platform: ChatPlatform): { incidents: string; alerts: string } {
  const channels = bot.channels[platform.name]
  if (channels === undefined) throw new PermanentError(`no channels are configured for ${platform.name}`)
  return channels
}

/** Only what is another topic than the last is set; where that is refused, it is told once. */
export async function keepTopic(errand: Errand): Promise<void> {
  const { bot, platform, view, room } = errand
  const topic = topicText(bot, view)
  const { rooms } = platform
  if (room === null || !room.own || room.topic === topic || rooms === null) return
  await errand.bestEffort('set the topic', () => rooms.setTopic(room.channel, topic))
  // Also when it was refused: what cannot be set is not tried again at every turn.
  errand.topic = topic
}

/** Leaves the way to the console in the room, once. */
export async function bookmarkConsole(errand: Errand): Promise<void> {
  const { bot, platform, number, room } = errand
  const { rooms } = platform
  if (rooms === null || !room?.own) return
  const link = `${bot.config.server.publicUrl}/incidents/${number}`
  await errand.once(errand.key('bookmark'), room.channel, (resumed) =>
    errand.bestEffort('bookmark the console', () =>
      rooms.bookmark(room.channel, 'Timeline and post-mortem', link, resumed),
    ),
  )
}

function waitOf(edit: Edit): number {
  return typeof edit === 'object' ? edit.tooSoon : 0
}
