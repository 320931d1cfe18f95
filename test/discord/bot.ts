// The platform against the stand-in, with what it logs and what it hands on kept for the test to look at.
import { pino } from 'pino'
import { discordPlatform } from '../../src/chat/discord/platform.ts'
import type { CommandSpec } from '../../src/chat/discord/registration.ts'
import type { HearOnce } from '../../src/chat/once.ts'
import type { ChatPlatform, Reply, Utterance } from '../../src/chat/platform.ts'
import { ManualClock } from '../../src/clock.ts'
import type { DiscordConfig } from '../../src/config/config.ts'
import { DiscordStandIn } from './stand-in.ts'

const incident = { name: 'incident', kind: 'incident', required: false, help: 'its number' } as const

export const specs: CommandSpec[] = [
  { name: 'incident ack', summary: 'Say that you have it', args: [incident] },
  {
    name: 'incident note',
    summary: 'Put something on record',
    args: [incident, { name: 'note', kind: 'text', required: true, help: 'what you found' }],
  },
  {
    name: 'incident page',
    summary: 'Call somebody',
    args: [incident, { name: 'person', kind: 'person', required: true, help: 'whom' }],
  },
  {
    name: 'incident sev',
    summary: 'Change how bad it is',
    args: [incident, { name: 'severity', kind: 'severity', required: true, help: 'P1 to P4' }],
  },
  {
    name: 'oncall',
    summary: 'Who is on call',
    args: [{ name: 'schedule', kind: 'schedule', required: false, help: 'which' }],
  },
  {
    name: 'oncall override',
    summary: 'Take the pager',
    args: [{ name: 'for', kind: 'duration', required: true, help: 'how long' }],
  },
  { name: 'slo', summary: 'Objectives and budgets', args: [] },
]

export type Setup = {
  discord: DiscordStandIn
  platform: ChatPlatform
  said: Utterance[]
  log: Record<string, unknown>[]
  /** What the platform said about itself, oldest first. */
  standings: (string | null)[]
  /** What the next command answers. */
  answer: (reply: Reply | null | (() => Promise<Reply | null>)) => void
  stop(): Promise<void>
}

export async function connected(
  change: Partial<DiscordConfig> = {},
  before?: (discord: DiscordStandIn) => void,
): Promise<Setup> {
  const setup = await unconnected(change, before)
  await setup.start()
  await setup.discord.gateway.untilConnected()
  return setup
}

/** Everything but the start. */
export async function unconnected(
  change: Partial<DiscordConfig> = {},
  before?: (discord: DiscordStandIn) => void,
): Promise<Setup & { start(): Promise<void> }> {
  const discord = await new DiscordStandIn().listen()
  before?.(discord)
  const { platform, said, log, standings, answer, start } = platformAt(discord.apiUrl, discord.token, change)
  const stop = async () => {
    await platform.stop()
    await discord.stop()
  }
  return { discord, platform, said, log, standings, answer, start, stop }
}

export function platformAt(
  apiUrl: string,
  botToken: string,
  change: Partial<DiscordConfig> = {},
  hearOnce: HearOnce = async () => true,
) {
  const log: Record<string, unknown>[] = []
  const said: Utterance[] = []
  const standings: (string | null)[] = []
  let reply: () => Promise<Reply | null> = async () => null
  const config = { botToken, apiUrl, guild: null, incidentsChannel: 'incidents', alertsChannel: 'alerts', ...change }
  const platform = discordPlatform(config, {
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    clock: new ManualClock('2026-03-02T03:00:00Z'),
    commands: specs,
    hearOnce,
  })
  return {
    platform,
    said,
    log,
    standings,
    answer: (next: Reply | null | (() => Promise<Reply | null>)) => {
      reply = typeof next === 'function' ? next : async () => next
    },
    start: () =>
      platform.start({
        dispatch: async (utterance) => {
          said.push(utterance)
          return await reply()
        },
        standing: (problem) => void standings.push(problem),
      }),
  }
}

/** Waits until `check` no longer throws: for what the bot does by itself in the background. */
export async function soon(check: () => void, within = 60_000): Promise<void> {
  const until = performance.now() + within
  for (;;) {
    try {
      return check()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
