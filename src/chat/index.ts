// The chat platforms there are: the one place that lists them. Their order is the order people are paged on.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Log } from '../log.ts'
import type { Db } from '../store/db.ts'
import { hearOnce } from '../store/heard-requests.ts'
import type { Command } from './command.ts'
import { ConsolePlatform } from './console/platform.ts'
import type { HearOnce } from './once.ts'
import type { ChatPlatform } from './platform.ts'

export type Chat = {
  platforms: ChatPlatform[]
  /** By platform: where incidents are announced, and where cards of P3 go. */
  channels: Record<string, { incidents: string; alerts: string }>
  /** Takes /slack/events when Slack speaks HTTP to us. */
  slackHandler: ((request: IncomingMessage, response: ServerResponse) => void) | null
}

/** What the platforms that are configured are called, in order, without making any of them. */
export function platformNames({ slack, discord }: Pick<Config, 'slack' | 'discord'>): string[] {
  return [slack && 'slack', discord && 'discord', 'console'].filter((name) => name !== null)
}

/**
 * The platforms that are configured; the console is always there, and last. The library of one that is not configured is
 * never loaded: it would cost the memory of a whole bot.
 */
export async function makeChat(
  config: Config,
  deps: { db: Db; clock: Clock; log: Log; commands: Command[] },
): Promise<Chat> {
  const chat: Chat = { platforms: [], channels: {}, slackHandler: null }
  const add = (platform: ChatPlatform, part: { incidentsChannel: string; alertsChannel: string }) => {
    chat.platforms.push(platform)
    chat.channels[platform.name] = { incidents: part.incidentsChannel, alerts: part.alertsChannel }
  }
  const heard = { ...deps, hearOnce: (...request: Parameters<HearOnce>) => hearOnce(deps.db, ...request) }
  if (config.slack) {
    const { slackPlatform } = await import('./slack/platform.ts')
    const slack = slackPlatform(config.slack, heard)
    add(slack, config.slack)
    chat.slackHandler = slack.httpHandler
  }
  if (config.discord) {
    const { discordPlatform } = await import('./discord/platform.ts')
    add(discordPlatform(config.discord, heard), config.discord)
  }
  add(new ConsolePlatform({ ...deps, publicUrl: config.server.publicUrl }), config.console)
  return chat
}
