// What a command answers when it is done: nothing in the incident's own room, which shows the effect; a card elsewhere.
import { type CommandContext, privately } from '../src/chat/command.ts'
import type { Reply } from '../src/chat/platform.ts'
import type { Refusal, Step } from '../src/core/incident.ts'
import type { FactKind } from '../src/core/timeline.ts'
import { noSuchIncident } from '../src/flow/named.ts'
import type { Act } from '../src/flow/respond.ts'
import { respond } from '../src/flow/respond.ts'
import { refusalMessage, statusMessage } from '../src/messages/replies.ts'
import { entryMessage } from '../src/messages/said.ts'
import { type IncidentView, incidentView, tellingView } from '../src/store/views.ts'

/** As its card tells it: of a storm's thousands of alerts the first. */
export async function viewOf(context: CommandContext, number: number): Promise<IncidentView> {
  const view = await tellingView(context.bot.db, number)
  if (view === null) throw noSuchIncident(number)
  return view
}

/** With every alert, and every entry about one. */
export async function wholeViewOf(context: CommandContext, number: number): Promise<IncidentView> {
  const view = await incidentView(context.bot.db, number)
  if (view === null) throw noSuchIncident(number)
  return view
}

/** Does `act` to the incident that is meant and answers for it. */
export async function doAndAnswer(context: CommandContext, act: Act): Promise<Reply | null> {
  const number = context.incident()
  const outcome: Step | Refusal = await respond(context.bot, number, act)
  if ('refused' in outcome)
    return privately(refusalMessage(context.bot, outcome, await viewOf(context, number), context.actor.id))
  return done(context, number)
}

export async function done(context: CommandContext, number: number): Promise<Reply | null> {
  if (context.room === number) return null
  return privately(statusMessage(context.bot, await viewOf(context, number), context.now, context.actor.platform))
}

/** In the room, which hears it anyway, nothing; elsewhere what the room hears. */
export async function latestEntry(context: CommandContext, number: number, kind: FactKind): Promise<Reply | null> {
  if (context.room === number) return null
  const view = await viewOf(context, number)
  const entry = view.timeline.findLast(({ fact }) => fact.kind === kind)
  if (entry === undefined) return null
  return privately(entryMessage(context.bot, view, entry, context.now, context.actor.platform))
}

/** Every command about an incident takes its number; in its room it can be left out. */
export const incidentArg = {
  name: 'incident',
  kind: 'incident',
  required: false,
  help: 'its number; in its room it can be left out',
} as const
