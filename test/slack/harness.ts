// What the Slack tests share: a stand-in, a platform against it, and a record of what it logs.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { Dispatch, Post, Utterance } from '../../src/chat/platform.ts'
import { type SlackDeps, type SlackPlatform, slackPlatform } from '../../src/chat/slack/platform.ts'
import { systemClock } from '../../src/clock.ts'
import type { SlackConfig } from '../../src/config/config.ts'
import type { Message } from '../../src/core/message.ts'
import type { Log } from '../../src/log.ts'
import { SlackStandIn, type StandInOptions } from './stand-in.ts'

type LogLine = { level: number; msg: string; [key: string]: unknown }

export type Harness = {
  slack: SlackStandIn
  platform: SlackPlatform
  said: Utterance[]
  log: LogLine[]
  /** What the platform said about itself, oldest first. */
  standings: (string | null)[]
  /** Starts the platform; what people say is recorded and answered by `reply`. */
  start(reply?: Dispatch): Promise<void>
}

/** Everything is taken down when the test ends. */
export async function harness(
  mode: 'socket' | 'http' = 'socket',
  options: StandInOptions = {},
  { config, ...once }: { config?: Partial<SlackConfig> } & Partial<Omit<SlackDeps, 'log' | 'clock'>> = {},
): Promise<Harness> {
  const slack = await SlackStandIn.start(options)
  const log: LogLine[] = []
  const write = (line: string) => {
    log.push(JSON.parse(line))
    slack.workspace.change()
  }
  const recorder = pino({ level: 'debug' }, { write }) as Log
  const platform = slackPlatform(
    { ...slack.config(mode), ...config },
    {
      ...{ log: recorder, clock: systemClock, hearOnce: async () => true },
      ...once,
    },
  )
  if (platform.httpHandler !== null) {
    const server = createServer(platform.httpHandler)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    slack.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
    onTestFinished(() => void server.close())
  }
  onTestFinished(async () => {
    await platform.stop()
    await slack.stop()
  })
  const said: Utterance[] = []
  const standings: (string | null)[] = []
  const start = (reply: Dispatch = async () => null) =>
    platform.start({
      dispatch: async (utterance) => {
        said.push(utterance)
        slack.workspace.change()
        return await reply(utterance)
      },
      standing: (problem) => {
        standings.push(problem)
        slack.workspace.change()
      },
    })
  return { slack, platform, said, log, standings, start }
}

export function post(message: Partial<Message>, more: Partial<Post> = {}): Post {
  return {
    to: { channel: '#incidents' },
    message: { title: 'P1 on payments', tone: 'critical', ...message },
    key: 'inc-1/r0s0/ada/slack',
    resumed: false,
    accounts: {},
    ...more,
  }
}
