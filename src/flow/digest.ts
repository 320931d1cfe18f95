// The weekly look back: composed for a week, posted in chats once each, and sent by mail.
import { createHash } from 'node:crypto'
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import type { DigestConfig, EmailConfig } from '../config/config.ts'
import type { Message } from '../core/message.ts'
import type { Slo, SloStanding } from '../core/slo.ts'
import { weekNamed } from '../core/week.ts'
import { PermanentError } from '../errors.ts'
import type { Gauge } from '../evidence/objectives.ts'
import { digestMessage } from '../messages/digest.ts'
import { footerOf } from '../messages/mail-footer.ts'
import { mailOf } from '../pagers/mail.ts'
import { domainOf, sendLetter } from '../pagers/smtp.ts'
import { addJobs } from '../store/changes.ts'
import { claimMailing, releaseMailing } from '../store/mailings.ts'
import { beginPost, completePost, postedMessage } from '../store/messages.ts'
import { digestFacts } from './digest-facts.ts'
import { postOnce } from './ledger.ts'
import { channelsOf } from './rooms.ts'
import { budgetPicture, gaugeOf, sloStanding } from './slo.ts'

export { weekOf } from '../core/week.ts'

/** Milliseconds. */
const aWeek = 7 * 86_400_000

/** The digest of that name; the first is the one that always was. Null when it is no longer configured. */
export function digestNamed({ config }: Pick<Bot, 'config'>, name: string): DigestConfig | null {
  return config.digests.find((one) => one.name === name) ?? (name === '' ? config.digest : null)
}

/** The digest of the week called `key` (see `weekOf`), ready to be posted. */
export async function composeDigest(
  bot: Bot,
  key: string,
  gauge: Gauge | null = gaugeOf(bot),
  digest: DigestConfig = bot.config.digest,
): Promise<Message> {
  const week = weekNamed(key, digest.zone)
  if (week === null) throw new PermanentError(`“${key}” names no week; a week is called like 2026-W47`)
  const now = bot.clock.now()
  const end = new Date(Math.min(now.getTime(), week.until.getTime() - 1))
  const { services } = digest
  const held = bot.config.slos.filter(({ service }) => services.length === 0 || services.includes(service))
  const [facts, then] = await Promise.all([digestFacts(bot, week, digest), standingsAt(bot, gauge, { end, now }, held)])
  const slos = then.map((standing) => unlessPast(standing, now))
  return digestMessage(bot, { ...facts, slos }, await budgetPicture(bot, slos, end))
}

/**
 * What is told of a week is how it ended: this morning's outage is not in it, and a calendar window not a new one. What nobody
 * could know then, because it was first measured after it, is told as it stands now, with how little that is; not weeks later.
 */
async function standingsAt(
  bot: Bot,
  gauge: Gauge | null,
  { end, now }: { end: Date; now: Date },
  slos: Slo[],
): Promise<SloStanding[]> {
  const then = await sloStanding(bot, gauge, end, slos)
  const unknown = then.filter(({ status }) => status === 'unknown').map(({ slo }) => slo)
  if (end >= now || now.getTime() - end.getTime() > aWeek) return then
  const today = await sloStanding(bot, gauge, now, unknown)
  const known = new Map(today.filter(({ status }) => status !== 'unknown').map((one) => [one.slo, one]))
  return then.map((one) => known.get(one.slo) ?? one)
}

/** A forecast whose instant is over says nothing to whoever reads it now. */
function unlessPast(standing: SloStanding, now: Date): SloStanding {
  if (standing.status === 'unknown' || standing.forecast?.kind !== 'runs out') return standing
  return standing.forecast.at > now ? standing : { ...standing, forecast: null }
}

/** Posts a week's digest on one platform, once. */
export async function postDigest(bot: Bot, platform: ChatPlatform, key: string, name = ''): Promise<void> {
  const digest = digestNamed(bot, name)
  if (digest === null) return
  const channel = digest.channel ?? channelsOf(bot, platform).incidents
  const message = await composeDigest(bot, key, gaugeOf(bot), digest)
  await postOnce(bot, platform, { key: keyOf(name, key) }, { channel }, message)
}

/** Milliseconds that a claim outlives the longest that a mail can take. */
const margin = 60_000

/**
 * Mails a week's digest to one address, once, however many do it at the same time: whoever has claimed it sends it, the others
 * look again later. A process that dies in between, or an answer that is lost, has it sent once more, under the same Message-ID:
 * better two copies than none.
 */
export async function mailDigest(bot: Bot, key: string, name: string, to: string): Promise<void> {
  const digest = digestNamed(bot, name)
  const config = bot.config.email
  if (digest === null) return
  if (config === null) throw new PermanentError('no mail server is configured (email: in tocsin.yaml)')
  const ledgered = `${keyOf(name, key)}/${to}`
  if ((await postedMessage(bot.db, 'email', ledgered)) !== null) return
  // Before the claim: it may take a while, and does no harm done twice.
  const message = await composeDigest(bot, key, gaugeOf(bot), digest)
  const now = bot.clock.now()
  const patience = config.timeout + margin
  const until = new Date(now.getTime() + patience)
  if (!(await claimMailing(bot.db, ledgered, until, now))) {
    const again = { task: 'mail_digest', platform: null, week: key, digest: name, to, delay: patience } as const
    return addJobs(bot.db, [again], now)
  }
  try {
    await mailOnce(bot, config, { ledgered, to }, message)
  } finally {
    await releaseMailing(bot.db, ledgered, until)
  }
}

/** The claim is ours: whoever had it before us may have sent it. */
async function mailOnce(
  bot: Bot,
  config: EmailConfig,
  { ledgered, to }: { ledgered: string; to: string },
  message: Message,
): Promise<void> {
  const { posted } = await beginPost(bot.db, 'email', ledgered)
  if (posted) return
  const id = createHash('sha256').update(`${bot.config.server.publicUrl} ${ledgered}`).digest('hex').slice(0, 32)
  await sendLetter(config, {
    ...{ from: config.from, to: { name: '', address: to }, ...mailOf(message, footerOf(bot, null)) },
    messageId: `<digest-${id}@${domainOf(config)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    // What comes out of alerts must not make this process read files or fetch addresses.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  await completePost(bot.db, 'email', ledgered, {
    ref: { channel: to, id },
    content: message.title,
    at: bot.clock.now(),
  })
}

function keyOf(name: string, week: string): string {
  return name === '' ? `digest/${week}` : `digest/${name}/${week}`
}
