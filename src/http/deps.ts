// What the HTTP server is handed by the wiring: the rest of the bot, as functions.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bot } from '../bot.ts'
import type { Command } from '../chat/command.ts'
import type { Dispatch } from '../chat/platform.ts'
import type { Source } from '../config/config.ts'
import type { Delivery } from '../core/alert.ts'
import type { Refusal, Step } from '../core/incident.ts'
import type { Refused } from '../flow/refusals.ts'

/** One thing that must work. `detail` says why it does not, or a figure worth seeing. */
export type Check = { ok: boolean; detail?: string }
export type Checks = Record<string, () => Check | Promise<Check>>

/** What the API lets other programs do to an incident, in somebody's name. */
export type Act = { kind: 'acknowledge'; by: string } | { kind: 'resolve'; by: string }

export type ServerDeps = {
  bot: Bot
  version: string
  /** Every command, for the completion in the console. */
  commands: readonly Command[]
  /** Reads a body as alerts of a configured source; throws RejectedInput naming the field. */
  parse(source: Source, body: unknown, received: Date): Delivery
  /** Resolves after the commit. */
  accept(delivery: Delivery, trace: string): Promise<void>
  /** Hears of alerts that cannot be used; nothing waits for it. */
  refused(refused: Refused): void
  /** Throws UserError when there is no such incident. */
  respond(incident: number, act: Act): Promise<Step | Refusal>
  dispatch: Dispatch
  /** Tells of every incident that changed, 0 for something said outside a room; returns how to stop. */
  subscribe(listener: (incident: number) => void): () => void
  /** Without these the bot cannot do its work: /ready answers 503 while one of them fails. */
  readiness: Checks
  /** Besides the database: queue, platforms. One that fails makes /health `degraded`. */
  health: Checks
  /** Takes /slack/events as it comes, body unread; null when Slack does not speak HTTP to us. */
  slackHandler: ((request: IncomingMessage, response: ServerResponse) => void) | null
  /** Connections that may be open at once; as many as the system allows when it is left out. */
  mostConnections?: number
}
