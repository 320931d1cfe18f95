// What people type and press, answered inside Discord's three seconds: first the claim, then the command, then its reply.
import { setTimeout as pause } from 'node:timers/promises'
import {
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageComponentInteraction,
  ApplicationCommandType,
  ComponentType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  Routes,
} from 'discord.js'
import { within } from '../../clock.ts'
import { asTyped } from '../../core/button-mark.ts'
import { reasonOf, type TransientError } from '../../errors.ts'
import { isFirst, type OnceDeps } from '../once.ts'
import type { Dispatch, Reply } from '../platform.ts'
import type { DiscordApi } from './api.ts'
import { isClaimed, isLostInteraction } from './errors.ts'
import type { Messages } from './messages.ts'
import { patiently } from './patience.ts'
import type { Registration } from './registration.ts'
import { type Rendered, render } from './render.ts'
import type { Server } from './server.ts'

export type InteractionDeps = OnceDeps & {
  api: DiscordApi
  /** For answers that their own address does not take. */
  direct: Messages
  server: Server
  registration: Registration
  dispatch: Dispatch
  /** The bot is stopping. */
  ending: AbortSignal
}

/** Milliseconds that Discord takes answers for. https://discord.com/developers/docs/interactions/receiving-and-responding */
const answerable = 15 * 60_000

/** Milliseconds after which a claim that Discord wants later is no longer waited for: it counts for three seconds. */
const claimWithin = 1_500

/** Milliseconds for which a claim waits until it is known who speaks: it is to be there within three seconds. */
const lookWithin = 750

/** Milliseconds after which a press that another replica has claimed is looked after: by then it runs, or its replica does not. */
const handOver = 3_000

type Said = APIChatInputApplicationCommandInteraction | APIMessageComponentInteraction

/** Runs what a person said and answers them. Never rejects. */
export async function handleInteraction(deps: InteractionDeps, interaction: APIInteraction): Promise<void> {
  const said = asSaid(interaction)
  if (said === null) return
  try {
    const line = lineOf(deps.registration, said)
    const refusal = await refuse(deps, said, line)
    if (refusal !== null) return await answerAtOnce(deps, said, refusal)
    await run(deps, said, line ?? '')
  } catch (error) {
    const reason = reasonOf(error)
    if (isLostInteraction(error)) deps.log.info({ reason }, 'another replica has answered a person, or it was too late')
    else deps.log.error({ reason }, 'could not answer a person')
  }
}

function asSaid(interaction: APIInteraction): Said | null {
  if (interaction.type === InteractionType.ApplicationCommand) {
    return interaction.data.type === ApplicationCommandType.ChatInput
      ? (interaction as APIChatInputApplicationCommandInteraction)
      : null
  }
  if (interaction.type !== InteractionType.MessageComponent) return null
  return interaction.data.component_type === ComponentType.Button ? interaction : null
}

/** A button is a command someone typed for you: its id is the line. */
function lineOf(registration: Registration, said: Said): string | null {
  return said.type === InteractionType.MessageComponent
    ? said.data.custom_id
    : registration.typed(said.data.name, said.data.options ?? [])
}

/** Why this is not for us to run, decided without asking Discord unless it must; null when it is. */
async function refuse(deps: InteractionDeps, said: Said, line: string | null): Promise<string | null> {
  const user = userOf(said)
  if (user === undefined || user.bot === true) return 'Bots cannot give commands.'
  if (line === null) return 'This command is not known (any more). Try again in a minute.'
  // Only the platform's own server decides who may command it; in direct messages that is asked after the claim.
  if (said.guild_id === undefined) return null
  try {
    const guild = await deps.server.id()
    if (said.guild_id === guild) return null
    deps.log.warn({ guild: said.guild_id }, 'refused a command from another server')
    return 'This bot works for another server and takes no commands here.'
  } catch (error) {
    deps.log.error({ reason: reasonOf(error) }, 'refused a command: it is not clear which server is ours')
    return 'This bot does not know yet which server it works for; its operators find the reason in its log.'
  }
}

async function run(deps: InteractionDeps, said: Said, line: string): Promise<void> {
  const until = new Date(deps.clock.now().getTime() + answerable)
  const isHeard = (inDoubt: boolean) => isFirst(`discord:${said.id}`, until, deps, inDoubt)
  // A process that ends while it looks has claimed nothing yet: Discord tells the person that it failed.
  const looking = refuseStranger(deps, said)
  const isKnown = await within(lookWithin, settled(looking)).catch(() => false)
  // A press that has to wait for longer says so, as what was typed does: claimed without a word, it would seem to be done.
  const isPromised = said.type === InteractionType.ApplicationCommand || !isKnown
  const claimed = await claim(deps, said, isPromised)
  if (claimed === 'too late') return
  if (claimed === 'by another' && !(await isLeft(deps, said, () => isHeard(false)))) return
  let answer: Reply | null
  try {
    const refusal = await looking
    // Of several replicas whose claims Discord did not answer, each would run it.
    if (claimed === 'ours' && !(await isHeard(true))) return
    answer = refusal ?? (await dispatch(deps, said, line))
  } catch (error) {
    deps.log.error({ reason: reasonOf(error), text: line }, 'could not run what a person said')
    answer = inPrivate('That did not work. Try again, or use the console; the bot’s log says what was wrong.')
  }
  // Of what another replica claimed nobody here knows what was promised.
  await reply(deps, said, line, answer, isPromised || claimed === 'by another')
}

function settled(work: Promise<unknown>): Promise<true> {
  return work.then(
    () => true,
    () => true,
  )
}

/**
 * A press that another replica has claimed, and that nobody runs: it died, or stands still. Whoever pressed has seen that it was taken, and
 * would wait for nothing. What was typed says that itself, and may not bear to be run twice.
 */
async function isLeft(deps: InteractionDeps, said: Said, isHeard: () => Promise<boolean>): Promise<boolean> {
  if (said.type !== InteractionType.MessageComponent) return false
  await pause(handOver, undefined, { signal: deps.ending, ref: false }).catch(() => undefined)
  if (deps.ending.aborted || !(await isHeard())) return false
  deps.log.warn('another replica has claimed a press and did not run it: it is run here')
  return true
}

/** Null: this person may command the bot. */
async function refuseStranger(deps: InteractionDeps, said: Said): Promise<Reply | null> {
  const user = userOf(said)
  if (user === undefined || said.guild_id !== undefined) return null
  // An acknowledgement pressed in the middle of a storm must not be lost to a look-up that has to wait.
  if (await patiently(deps.ending, () => deps.server.hasMember(user.id))) return null
  deps.log.warn({ account: user.id }, 'refused a command from somebody outside the server')
  return inPrivate('Only members of the server can command this bot.')
}

async function dispatch(deps: InteractionDeps, said: Said, line: string): Promise<Reply | null> {
  const user = userOf(said)
  if (user === undefined) return null
  return await deps.dispatch({
    platform: 'discord',
    account: user.id,
    accountName: said.member?.nick ?? user.global_name ?? user.username,
    channel: said.channel?.id ?? said.channel_id ?? '',
    text: line,
  })
}

/** Whose it is to run. */
type Claimed = 'ours' | 'by another' | 'too late'

/**
 * Tells Discord that the answer is coming; `isPromised`: and Discord tells the person so. When nothing is known about the claim the command runs: a press that may have got lost is
 * worse than one without a tick.
 */
async function claim(deps: InteractionDeps, said: Said, isPromised: boolean): Promise<Claimed> {
  const body = isPromised
    ? { type: InteractionResponseType.DeferredChannelMessageWithSource, data: { flags: MessageFlags.Ephemeral } }
    : { type: InteractionResponseType.DeferredMessageUpdate }
  const since = performance.now()
  let tries = 0
  try {
    const tooLate = ({ retryAfter }: TransientError) =>
      retryAfter === null || performance.now() - since + retryAfter > claimWithin
    const ask = () => {
      tries++
      return callback(deps, said, body)
    }
    await patiently(deps.ending, ask, tooLate)
    return 'ours'
  } catch (error) {
    // What was asked to wait came in time, and whoever is first runs it.
    const lost = tries === 1 && isLostInteraction(error)
    deps.log.warn({ reason: reasonOf(error), lost }, 'could not claim what a person said in time')
    if (!lost) return 'ours'
    return isClaimed(error) ? 'by another' : 'too late'
  }
}

async function answerAtOnce(deps: InteractionDeps, said: Said, text: string): Promise<void> {
  const data = { content: text, flags: MessageFlags.Ephemeral, allowed_mentions: { parse: [] } }
  await callback(deps, said, { type: InteractionResponseType.ChannelMessageWithSource, data })
}

async function callback(deps: InteractionDeps, said: Said, body: object): Promise<void> {
  const route = Routes.interactionCallback(said.id, said.token)
  await deps.api.call({ what: 'take what a person said' }, 'post', route, { body, auth: false })
}

async function reply(
  deps: InteractionDeps,
  said: Said,
  line: string,
  answer: Reply | null,
  isPromised: boolean,
): Promise<void> {
  const rendered = answer === null ? null : render(answer.message, { key: null, accounts: {}, notify: false })
  if (rendered !== null && rendered.cuts.length > 0) deps.log.warn({ cuts: rendered.cuts }, 'shortened an answer')
  try {
    await replyInPlace(deps, said, isPromised ? line : null, rendered, answer?.visibility === 'private')
  } catch (error) {
    const user = userOf(said)
    if (rendered === null || user === undefined || !(await replyOtherwise(deps, said.id, user.id, rendered)))
      throw error
    deps.log.warn(
      { reason: reasonOf(error) },
      'Discord did not take an answer where it was asked for; sent it directly',
    )
  }
}

/** As a direct message: whoever asked must not be left without an answer. False: that could not be sent, either. */
async function replyOtherwise(
  deps: InteractionDeps,
  id: string,
  account: string,
  rendered: Rendered,
): Promise<boolean> {
  try {
    await deps.direct.create(await deps.direct.direct(account), rendered, { key: `interaction/${id}` })
    return true
  } catch (error) {
    deps.log.warn({ reason: reasonOf(error) }, 'an answer could not be sent directly')
    return false
  }
}

/** `promised`: the line whose answer Discord shows, or may show, to be coming; null: the person waits for nothing. */
async function replyInPlace(
  deps: InteractionDeps,
  said: Said,
  promised: string | null,
  rendered: Rendered | null,
  isPrivate: boolean,
): Promise<void> {
  // Only the person sees it.
  if (promised !== null && rendered !== null && isPrivate) return await keepPromise(deps, said, rendered)
  if (promised !== null) await keepPromise(deps, said, done(promised))
  if (rendered !== null) await followUp(deps, said, rendered, isPrivate)
}

type Content = Pick<Rendered, 'body' | 'files'>

/**
 * Where another replica claimed a press without a promise, its first answer is the message that was pressed: a page would be written over.
 * What follows takes the place of a promise, if there is one.
 * https://discord.com/developers/docs/interactions/receiving-and-responding#create-followup-message
 */
async function keepPromise(deps: InteractionDeps, said: Said, content: Content): Promise<void> {
  if (said.type === InteractionType.MessageComponent) await followUp(deps, said, content, true)
  else await editFirst(deps, said, content)
}

async function editFirst(deps: InteractionDeps, said: Said, { body, files }: Content): Promise<void> {
  const route = Routes.webhookMessage(said.application_id, said.token, '@original')
  const edit = () => deps.api.call({ what: 'answer a person' }, 'patch', route, { body, files, auth: false })
  await patiently(deps.ending, edit)
}

async function followUp(deps: InteractionDeps, said: Said, content: Content, ephemeral: boolean): Promise<void> {
  const body = ephemeral ? { ...content.body, flags: MessageFlags.Ephemeral } : content.body
  const route = Routes.webhook(said.application_id, said.token)
  const { files } = content
  const post = () => deps.api.call({ what: 'answer a person' }, 'post', route, { body, files, auth: false })
  // What everybody reads is said again only when it surely was not taken.
  await patiently(deps.ending, post, (error) => !ephemeral && error.retryAfter === null)
}

function done(line: string): Content {
  const content = `✓ \`/${asTyped(line).replaceAll('`', "'").slice(0, 200)}\``
  return { body: { content, embeds: [], components: [], allowed_mentions: { parse: [] } }, files: [] }
}

function inPrivate(title: string): Reply {
  return { visibility: 'private', message: { title, tone: 'warning' } }
}

function userOf(said: Said) {
  return said.member?.user ?? said.user
}
