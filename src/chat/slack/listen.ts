// What people say to the bot on Slack: slash commands, and our buttons, which are commands typed for them. Slack is told that it is taken
// when it is answered, so that whoever pressed what a dying process did not do, or did without a word, hears of it; or after a moment,
// which is all the time that Slack gives: its person is told then that it is not done yet. The reply goes out over the address that Slack
// gave for it.
import { randomUUID } from 'node:crypto'
import type { App, RespondFn, SlackActionMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt'
import { within } from '../../clock.ts'
import type { Picture } from '../../core/message.ts'
import { reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { ChatListener, Dispatch, Reply, Utterance } from '../platform.ts'
import type { Channels } from './channels.ts'
import type { SlackClient } from './client.ts'
import type { Poster } from './post.ts'
import { buttonPrefix, type Rendered, render } from './render.ts'
import { type Hearing, hearingOf } from './replay.ts'
import { listenForTouches } from './touches.ts'
import { typedText } from './typed.ts'
import type { Workspace } from './workspace.ts'

/** Milliseconds until Slack is told that something is taken, at most; it takes it for failed after three seconds. https://docs.slack.dev/interactivity/handling-user-interaction/#acknowledgment_response */
export const takenWithin = 1_500

/** Milliseconds that an answer waits for the word that it comes, which would belie it behind it. */
const announcedWithin = 1_000

/** What is taken and never answered, as by a process that dies then, must not pass for done. */
const notYet =
  'Tocsin is at it, and its answer comes here. If none comes within a minute, look whether it was done before you say it again.'

type Deps = {
  client: SlackClient
  workspace: Workspace
  channels: Channels
  poster: Poster
  dispatch: Dispatch
  touched: ChatListener['touched']
  log: Log
}
type Spoken = {
  utterance: Utterance
  /** The workspaces that Slack names for the request and for the person; all must be ours. */
  teams: (string | undefined)[]
  isBot: boolean
  respond: RespondFn
  /** Tells Slack that it is taken, and with `words` the person, who alone sees them. */
  ack(words?: string): Promise<void>
}

/** Answers commands and buttons. Returns a function that resolves when nothing that was said is left to be done. */
export function listen(app: App, deps: Deps): () => Promise<void> {
  const running = new Set<Promise<void>>()
  const run = (spoken: Spoken, hearing: Hearing) => {
    const done = obey(spoken, hearing, deps).finally(() => running.delete(done))
    running.add(done)
    return done
  }
  app.command(/^\//, async ({ ack, command, respond, context }) => {
    const tell = (words?: string) => (words === undefined ? ack() : ack({ response_type: 'ephemeral', text: words }))
    await run({ ...fromCommand(command), respond, ack: tell }, hearingOf(context))
  })
  app.action(
    { type: 'block_actions', action_id: new RegExp(`^${buttonPrefix}`) },
    async ({ ack, body, action, respond, context }) => {
      const spoken = fromButton(body as ButtonBody, action)
      if (spoken === null) return await ack()
      const tell = async (words?: string) => {
        await ack()
        if (words !== undefined) await respond({ response_type: 'ephemeral', replace_original: false, text: words })
      }
      await run({ ...spoken, respond, ack: tell }, hearingOf(context))
    },
  )
  const { workspace, log, touched } = deps
  if (touched !== undefined) listenForTouches(app, { workspace, log, touched }, running)
  app.error(async (error) => deps.log.error({ reason: reasonOf(error) }, 'a request from Slack failed'))
  return async () => {
    while (running.size > 0) await Promise.allSettled(running)
  }
}

type CommandBody = SlackCommandMiddlewareArgs['command']
type ButtonBody = Extract<SlackActionMiddlewareArgs['body'], { type: 'block_actions' }>

type Said = Omit<Spoken, 'respond' | 'ack'>

function fromCommand(command: CommandBody): Said {
  return {
    utterance: {
      platform: 'slack',
      account: command.user_id,
      accountName: command.user_name,
      channel: command.channel_id,
      text: typedText(`${command.command.replace(/^\//, '')} ${command.text}`).trim(),
    },
    teams: [command.team_id],
    isBot: command.user_id === 'USLACKBOT' || typeof command.bot_id === 'string',
  }
}

function fromButton(body: ButtonBody, action: SlackActionMiddlewareArgs['action']): Said | null {
  if (action.type !== 'button' || !('value' in action) || typeof action.value !== 'string') return null
  const user: ButtonBody['user'] & { is_bot?: boolean } = body.user
  return {
    utterance: {
      platform: 'slack',
      account: user.id,
      accountName: user.name ?? user.username ?? user.id,
      channel: body.channel?.id ?? '',
      // Ours, not typed: as it was written into the button.
      text: action.value,
    },
    teams: [body.team?.id, user.team_id],
    isBot: user.id === 'USLACKBOT' || user.is_bot === true,
  }
}

async function obey(spoken: Spoken, hearing: Hearing, deps: Deps): Promise<void> {
  let isDone = false
  let announced = Promise.resolve()
  const isFirst = hearing.isFirst()
  const doing = isFirst
    .then((first) => (first ? run(spoken, deps) : lookAfter(hearing)))
    .finally(() => {
      isDone = true
    })
  const answering = doing.then(async (reply) => {
    await within(announcedWithin, announced).catch(() => {})
    if (reply !== null) await answer(reply, spoken, deps)
    if (await isFirst) await hearing.answered()
  })
  await within(takenWithin, answering).catch(() => {})
  const mayRun = await isFirst
  const words = mayRun && !isDone ? notYet : undefined
  announced = spoken
    .ack(words)
    .catch((error: unknown) => deps.log.warn({ reason: reasonOf(error) }, 'Slack could not be told that it is taken'))
  await announced
  const [reply] = await Promise.all([doing, answering])
  if (reply === null && words !== undefined) await answer(done, spoken, deps)
}

async function run(spoken: Spoken, deps: Deps): Promise<Reply | null> {
  return (await refusalFor(spoken, deps)) ?? (await deps.dispatch(spoken.utterance))
}

/** What Slack says again was heard by a process that may have died in the middle: its person must not take it for done. */
async function lookAfter(hearing: Hearing): Promise<Reply | null> {
  if (!(await hearing.isUnanswered())) return null
  return refused(
    'Tocsin heard this and did not come to answer it: it may be done, or not. Look before you say it again',
  )
}

/** Null: a person of our own workspace. Slack Connect lets people of other companies see our buttons. */
async function refusalFor({ utterance, teams, isBot }: Spoken, { workspace, log }: Deps): Promise<Reply | null> {
  const { account, channel } = utterance
  try {
    const { teamId, botUserId } = await workspace.learn()
    const named = teams.filter((team) => team !== undefined)
    if (!isBot && account !== botUserId && named.length > 0 && named.every((team) => team === teamId)) return null
    log.warn({ account, channel, teams: named, isBot }, 'a stranger spoke to the bot on Slack')
    return refused('Tocsin obeys only the people of its own workspace')
  } catch (error) {
    log.warn({ account, channel, reason: reasonOf(error) }, 'cannot tell which workspace somebody belongs to')
    return refused('Tocsin cannot reach Slack to check who you are. Try again in a minute, or use the console')
  }
}

/** What the room shows needs no other answer, unless one was announced. */
const done: Reply = { visibility: 'private', message: { title: 'Done: see this room', tone: 'good' } }

function refused(title: string): Reply {
  return { visibility: 'private', message: { title, tone: 'warning' } }
}

/** Over Slack's own address first: it works in every channel and does not touch the message of the button. */
async function answer(reply: Reply, { utterance, respond }: Spoken, deps: Deps): Promise<void> {
  const { account, channel } = utterance
  const { picture, ...message } = reply.message
  const isPrivate = reply.visibility === 'private'
  // What only one person sees can hold no file.
  const hint = picture !== undefined && isPrivate ? '\n\n_The picture is in your direct messages with me._' : ''
  const content = render({ ...message, text: `${message.text ?? ''}${hint}` }, {})
  const { text, blocks } = content
  try {
    await respond({ response_type: isPrivate ? 'ephemeral' : 'in_channel', replace_original: false, text, blocks })
  } catch (error) {
    deps.log.warn({ channel, reason: reasonOf(error) }, 'Slack did not take a reply, sending it another way')
    await answerOtherwise(content, utterance, deps)
  }
  if (picture !== undefined) await showPicture(picture, isPrivate ? null : channel, account, deps)
}

/** Where the bot is not in the channel, a direct message: whoever asked must not be left without an answer. */
async function answerOtherwise({ text, blocks }: Rendered, { account, channel }: Utterance, deps: Deps): Promise<void> {
  const { client, channels } = deps
  try {
    await client.chat.postEphemeral({ channel, user: account, text, blocks }).catch(async () => {
      await client.chat.postMessage({ channel: await channels.directMessage(account), text, blocks })
    })
  } catch (error) {
    deps.log.error({ channel, account, reason: reasonOf(error) }, 'a reply could not be delivered')
  }
}

async function showPicture(picture: Picture, channel: string | null, account: string, deps: Deps): Promise<void> {
  try {
    const where = channel ?? (await deps.channels.directMessage(account))
    await deps.poster.share(where, picture, {
      mark: { key: randomUUID() },
      resumed: false,
      caption: picture.caption ?? picture.alt,
    })
  } catch (error) {
    deps.log.warn({ channel, account, reason: reasonOf(error) }, 'the picture of a reply could not be shown')
  }
}
