// Reading what people wrote and pinned in Discord, and hearing of it. Two intents tell of reactions, edits and deletions, and
// neither is privileged; the words of others need the Message Content intent, which only the portal can switch on, so a
// server that has it off loses the words and nothing else.
// https://docs.discord.com/developers/events/gateway#message-content-intent
import {
  type APIMessage,
  type Client,
  ComponentType,
  GatewayDispatchEvents,
  GatewayIntentBits,
  MessageType,
  Routes,
} from 'discord.js'
import { PermanentError, reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { outbound } from '../../outbound.ts'
import type { MessageOperations, ReadFile, ReadMessage, Touch } from '../platform.ts'
import type { DiscordApi } from './api.ts'
import { isUnknownMessage } from './errors.ts'
import type { Server } from './server.ts'

const pin = '📌'

/** Milliseconds for a whole file. */
const downloadPatience = 30_000

export const intents = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
]

const noWords =
  'Discord keeps it from the bot: switch on the Message Content intent (discord.com/developers → the application → Bot)'

/** `self`: the bot's own account. */
export function discordMessages(
  api: DiscordApi,
  apiUrl: string | null,
  self: () => Promise<string>,
): MessageOperations {
  return {
    async read(channel, id): Promise<ReadMessage | null> {
      const message = await messageOf(api, channel, id)
      if (message === null) return null
      const { author, timestamp } = message
      const isOwn = author.id === (await self())
      const { text, attachments, isEmpty } = contentOf(message)
      // Nobody can send a message that has nothing in it; stickers are shown to every bot.
      const isHidden = isEmpty && isSomebodys(message) && (message.sticker_items?.length ?? 0) === 0
      const isMarked = (message.reactions ?? []).some(({ emoji }) => emoji.name === pin)
      return {
        account: author.id,
        accountName: author.global_name ?? author.username,
        at: new Date(timestamp),
        text: text.replace(/<@!?(\d{17,20})>/g, '<@$1>'),
        ...(isHidden && !isOwn && { unread: noWords }),
        // The bot pins messages of its own, such as the one that leads to the console.
        isMarked: isMarked || (message.pinned && !isOwn),
        isOwn,
        files: attachments.map(({ id, filename, size, url }) => ({ id, name: filename, size, address: url })),
      }
    },
    download: (file, atMost) => download(file, atMost, apiUrl),
  }
}

/** What a message says and carries; one that was forwarded is empty itself, and so is one that is laid out in components. */
function contentOf({ content, attachments, embeds, poll, components = [], message_snapshots = [] }: APIMessage) {
  const forwarded = message_snapshots.map(({ message }) => message)
  const quoted = forwarded.map((one) => one.content && `(forwarded) ${one.content}`)
  const said = [content, ...textsOf(components), ...quoted, poll?.question.text]
  const shown = [...embeds, ...forwarded.flatMap((one) => one.embeds)]
  const words = said.filter(Boolean).join('\n')
  const files = [...attachments, ...forwarded.flatMap((one) => one.attachments)]
  const text = words || shown.map(({ title, description = '' }) => title ?? description).join('\n')
  return { text, attachments: files, isEmpty: words === '' && files.length + shown.length + components.length === 0 }
}

type Part = { type: number; content?: string; components?: Part[] }

/** https://docs.discord.com/developers/components/reference#text-display */
function textsOf(parts: readonly object[]): string[] {
  return (parts as readonly Part[]).flatMap(({ type, content, components = [] }) =>
    type === ComponentType.TextDisplay && content !== undefined ? [content] : textsOf(components),
  )
}

/** Discord's own, such as that somebody pinned or joined, are empty: https://docs.discord.com/developers/resources/message#message-object-message-types */
function isSomebodys({ type }: APIMessage): boolean {
  return [
    MessageType.Default,
    MessageType.Reply,
    MessageType.ChatInputCommand,
    MessageType.ContextMenuCommand,
  ].includes(type)
}

async function messageOf(api: DiscordApi, channel: string, id: string): Promise<APIMessage | null> {
  const doing = { what: 'read a message that was pinned', needs: 'View Channel and Read Message History' }
  try {
    return await api.call<APIMessage>(doing, 'get', Routes.channelMessage(channel, id))
  } catch (error) {
    if (isUnknownMessage(error)) return null
    throw error
  }
}

/** Its address is signed: nothing of ours goes along. */
async function download({ address, name }: ReadFile, atMost: number, apiUrl: string | null): Promise<Uint8Array> {
  if (!isDiscords(address, apiUrl)) throw new PermanentError('it is not stored in Discord')
  const { origin } = new URL(address)
  const http = outbound({ name: 'Discord', baseUrl: origin, timeout: downloadPatience, maxResponse: atMost })
  const { data } = await http.get<ArrayBuffer>(address, { responseType: 'arraybuffer' }).catch((error: unknown) => {
    throw error instanceof PermanentError ? new PermanentError(`${name}: ${reasonOf(error)}`) : error
  })
  return new Uint8Array(data)
}

function isDiscords(address: string, apiUrl: string | null): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, origin } = new URL(address)
  if (apiUrl !== null && new URL(apiUrl).origin === origin) return true
  return protocol === 'https:' && /(^|\.)discord(app)?\.(com|net)$/.test(hostname)
}

/** The parts of the events that we read. */
type Told = {
  id?: string
  ids?: string[]
  channel_id: string
  message_id?: string
  guild_id?: string
  user_id?: string
  author?: { id: string }
  pinned?: boolean
  emoji?: { name: string | null }
}

type Hearing = { server: Server; log: Log; touched: (touch: Touch) => Promise<void>; running: Set<Promise<void>> }

/** Tells of reactions with 📌, pins, edits and deletions in our server. */
export function hearTouches(client: Client, { server, log, touched, running }: Hearing): void {
  const tell = async (told: Told, message: string | undefined, what: Touch['what']) => {
    if (message === undefined || told.guild_id === undefined) return
    try {
      if (told.guild_id !== (await server.id())) return
      await touched({ platform: 'discord', channel: told.channel_id, message, account: told.user_id ?? null, what })
    } catch (error) {
      log.error({ channel: told.channel_id, message, reason: reasonOf(error) }, 'a pin was not heard: pin again')
    }
  }
  const hear = (event: GatewayDispatchEvents, touch: (told: Told) => Promise<unknown>) => {
    client.ws.on(event, (told: Told) => {
      const done = touch(told).then(() => {
        running.delete(done)
      })
      running.add(done)
    })
  }
  const isPin = ({ emoji }: Told) => emoji === undefined || emoji.name === pin
  for (const event of [
    GatewayDispatchEvents.MessageReactionAdd,
    GatewayDispatchEvents.MessageReactionRemove,
    GatewayDispatchEvents.MessageReactionRemoveAll,
    GatewayDispatchEvents.MessageReactionRemoveEmoji,
  ]) {
    hear(event, async (told) => isPin(told) && (await tell(told, told.message_id, 'mark')))
  }
  // A pin is told as an edit of the message; who pinned it is not.
  hear(GatewayDispatchEvents.MessageUpdate, async (told) => {
    // The bot edits its cards all the time, and pins its own link in every room: neither is news, and each would be asked for
    // with a request that a page may have to wait behind.
    if (told.author !== undefined && told.author.id === client.user?.id) return
    await tell(told, told.id, told.pinned ? 'mark' : 'change')
  })
  hear(GatewayDispatchEvents.MessageDelete, (told) => tell(told, told.id, 'change'))
  hear(GatewayDispatchEvents.MessageDeleteBulk, (told) =>
    Promise.all((told.ids ?? []).map((id) => tell(told, id, 'change'))),
  )
}
