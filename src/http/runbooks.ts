// How runbooks fare, over the API: for the command line, and for whoever looks after them.
import { staleText } from '../core/runbook-habits.ts'
import { RejectedInput } from '../errors.ts'
import { runbookStandings, usualDays } from '../flow/runbook-figures.ts'
import type { ServerDeps } from './deps.ts'
import { onlyKnown, type Query, text } from './query.ts'

/** `days`: how far figures go back. */
export async function runbooksJson({ bot }: Pick<ServerDeps, 'bot'>, query: Query) {
  onlyKnown(query, ['days'])
  const days = Number(text(query, 'days') ?? usualDays)
  if (!Number.isInteger(days) || days < 1 || days > 3_650) throw new RejectedInput('days: must be 1 to 3650')
  const all = await runbookStandings(bot, days)
  return {
    days,
    runbooks: all.map(({ figures, stale, ...runbook }) => ({
      ...runbook,
      incidents: figures?.incidents ?? 0,
      worked: figures?.worked ?? 0,
      lastAt: figures?.lastAt ?? null,
      steps: figures?.steps ?? [],
      stale: stale.map(staleText),
    })),
  }
}
