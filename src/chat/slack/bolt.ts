// The parts of Bolt that the bot uses, each by its own file: Bolt's entrance also loads Express and every other way to receive,
// a hundred files that a start would wait for.
import { createRequire } from 'node:module'
import type * as bolt from '@slack/bolt'

export * as webApi from '@slack/web-api'

const require = createRequire(import.meta.url)

export const { default: App, LogLevel }: { default: typeof bolt.App; LogLevel: typeof bolt.LogLevel } =
  require('@slack/bolt/dist/App.js')
export const { default: SocketModeReceiver }: { default: typeof bolt.SocketModeReceiver } =
  require('@slack/bolt/dist/receivers/SocketModeReceiver.js')
export const { verifySlackRequest }: { verifySlackRequest: typeof bolt.verifySlackRequest } =
  require('@slack/bolt/dist/receivers/verify-request.js')
