// Keeps what people pin for the timeline. A platform says that a message was touched; a job then looks how the message is by
// now and writes what is news. So a touch that comes twice, out of order, or to two replicas at once is told once.
import { createHash } from 'node:crypto'
import { authorOf, type Bot, nameOf } from '../bot.ts'
import type { ChatPlatform, MessageOperations, ReadFile, ReadMessage, Touch } from '../chat/platform.ts'
import { Draft } from '../core/change.ts'
import type { JobOf } from '../core/job.ts'
import { type KeptFact, knownMessage, messageName, newsOf, type SeenFile, type SeenMessage } from '../core/keeping.ts'
import { entry } from '../core/timeline.ts'
import { PermanentError } from '../errors.ts'
import { addJobs, writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { lockIncident } from '../store/incidents.ts'
import { keepFile, keptFacts, keptSize } from '../store/kept.ts'
import { incidentOfRoom } from '../store/rooms.ts'
import { withEffects } from './effects.ts'
import { fileType } from './file-type.ts'
import { writing } from './opening.ts'

const MiB = 1024 * 1024

/** Bytes of one file, and of all that are kept of one incident. */
export const largestFile = 8 * MiB
const largestIncident = 100 * MiB

/** Files of one message. */
const mostFiles = 20

/** Characters of a message. */
const longestText = 8_000

/** Milliseconds after news until a second look: whoever looked at the same time may have seen something older. */
const secondLook = 5_000

type Keeping = JobOf<'keep_message'>

/** Leaves the work, when the channel is an incident's room and the touch can matter. Throws when the database is away. */
export async function noticeTouch(bot: Bot, touch: Touch): Promise<void> {
  const { platform, channel, message, account } = touch
  const incident = await incidentOfRoom(bot.db, platform, channel)
  if (incident === null) return
  const isKnown = async () => (await keptFacts(bot.db, incident, messageName(platform, channel, message))).length > 0
  if (touch.what === 'change' && !(await isKnown())) return
  await addJobs(bot.db, [{ task: 'keep_message', platform, incident, channel, message, account }], bot.clock.now())
}

/** Looks at the message and writes what is news about it. */
export async function keepMessage(bot: Bot, platform: ChatPlatform, job: Keeping): Promise<void> {
  const { messages } = platform
  if (messages === undefined) return
  const message = messageName(platform.name, job.channel, job.message)
  const read = await messages.read(job.channel, job.message)
  const before = knownMessage(await keptFacts(bot.db, job.incident, message))
  const wanted = read === null || !read.isMarked ? [] : read.files.filter(({ id }) => !before?.files.has(id))
  const room = largestIncident - (wanted.length === 0 ? 0 : await keptSize(bot.db, job.incident))
  const files = await fetchFiles(messages, wanted, room)
  const seen = read && seenMessage(bot, platform.name, read, files)
  await bot.db.tx(async (q) => {
    const isNews = await write(bot, q, job, message, seen)
    if (isNews) await addJobs(q, [{ ...job, account: null, delay: secondLook }], bot.clock.now())
  })
}

async function write(
  bot: Bot,
  q: Queryable,
  job: Keeping,
  message: string,
  seen: SeenMessage | null,
): Promise<boolean> {
  const locked = await lockIncident(q, job.incident)
  if (locked === null) return false
  const now = bot.clock.now()
  const known = knownMessage(await keptFacts(q, job.incident, message))
  const actor = job.account === null ? null : authorOf(bot, job.platform, job.account, job.account)
  const draft = new Draft(locked)
  const news = newsOf({ message, platform: job.platform }, known, seen, { actor, now })
  const entries = news.map(({ fact, at, by }) => entry(fact, at, by))
  for (const file of seen?.isMarked ? seen.files : []) {
    const fact = await keep(q, { incident: job.incident, message, at: now }, file)
    if (fact !== null) entries.push(entry(fact, now, seen?.author ?? null))
  }
  if (entries.length === 0) return false
  const change = withEffects(bot, draft.apply({ incident: draft.incident, clocks: [], entries }))
  if (change !== null) await writeChanges(q, [change], writing(bot))
  return true
}

async function keep(
  q: Queryable,
  about: { incident: number; message: string; at: Date },
  { id, name, outcome }: SeenFile,
): Promise<KeptFact | null> {
  if (outcome === null || 'reason' in outcome) return null
  const kept = await keepFile(q, { ...about, file: id, name }, outcome)
  if (kept === null) return null
  const { type, bytes, sha256 } = outcome
  return { kind: 'file_kept', message: about.message, file: id, kept, name, type, size: bytes.length, sha256 }
}

/** One after the other; what cannot be had is a fact, what can be had later fails the whole look. */
async function fetchFiles(messages: MessageOperations, wanted: ReadFile[], room: number): Promise<SeenFile[]> {
  const fetched: SeenFile[] = []
  let left = room
  for (const [i, file] of wanted.entries()) {
    const { id, name } = file
    const refused = i >= mostFiles ? 'too many files in one message' : refusal(file, left)
    const outcome = refused === null ? await fetchFile(messages, file) : { reason: refused }
    if ('bytes' in outcome) left -= outcome.bytes.length
    fetched.push({ id, name, outcome })
  }
  return fetched
}

function refusal({ size }: ReadFile, left: number): string | null {
  if (size !== null && size > largestFile) return `larger than ${largestFile / MiB} MiB`
  return left <= (size ?? 0) ? `more than ${largestIncident / MiB} MiB are kept of this incident` : null
}

async function fetchFile(messages: MessageOperations, file: ReadFile): Promise<NonNullable<SeenFile['outcome']>> {
  try {
    const bytes = await messages.download(file, largestFile)
    const type = fileType(bytes, file.name)
    if (type === null) return { reason: 'neither a picture nor text, PDF or archive' }
    return { type, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error
    return { reason: error.message }
  }
}

function seenMessage(bot: Bot, platform: string, read: ReadMessage, fetched: SeenFile[]): SeenMessage {
  const { account, accountName, at, unread, isMarked, isOwn } = read
  const named = read.text.replace(
    /<@([\w.-]+)>/g,
    (_, id: string) => `@${nameOf(bot, authorOf(bot, platform, id, id))}`,
  )
  const text =
    named.length <= longestText ? named : `${named.slice(0, longestText - 1).replace(/\p{Surrogate}$/u, '')}…`
  const files = read.files.map(({ id, name }) => fetched.find((one) => one.id === id) ?? { id, name, outcome: null })
  const author = isOwn ? 'Tocsin' : authorOf(bot, platform, account ?? '', accountName)
  return { author, at, text, isMarked, isOwn, files, ...(unread !== undefined && { unread }) }
}
