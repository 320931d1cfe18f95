// The overrides that people made, for the commands that look ahead.
import type { Config } from '../config/config.ts'
import type { Override } from '../core/schedule.ts'
import { reasonOf, UserError } from '../errors.ts'
import { connect } from '../store/db.ts'
import { overridesAt } from '../store/overrides.ts'
import type { Surroundings } from './outcome.ts'
import { ask, runningBot } from './running.ts'

/**
 * From the database that is named, else from the bot that runs here. Null: there is neither. One that is named and does
 * not answer is an error, not a wrong answer. `otherwise`: what else can be done then, besides setting it right.
 */
export async function storedOverrides(
  config: Config,
  at: Date,
  around: Surroundings,
  { url, otherwise = '' }: { url?: string | undefined; otherwise?: string } = {},
): Promise<Override[] | null> {
  if (url !== undefined) return askBot(around, url, at)
  if (config.database.url !== null) return readDatabase(config.database.url, at, otherwise)
  return askBot(around, undefined, at).catch(() => null)
}

async function askBot(around: Surroundings, url: string | undefined, at: Date): Promise<Override[]> {
  const { http } = runningBot(around, url)
  const params = { from: at.toISOString() }
  const { overrides } = await ask(http.get<{ overrides: Override[] }>('/api/v1/overrides', { params }))
  return overrides.map((one) => {
    const span = { from: new Date(one.from), until: new Date(one.until) }
    return one.kind === 'override' ? { ...one, ...span, madeAt: new Date(one.madeAt) } : { ...one, ...span }
  })
}

async function readDatabase(url: string, at: Date, otherwise: string): Promise<Override[]> {
  const db = connect(url, { max: 1, patience: 5_000, onError: () => {} })
  try {
    return await overridesAt(db, at)
  } catch (error) {
    throw new UserError(
      `The overrides could not be read from the database: ${reasonOf(error)}. Check DATABASE_URL${otherwise}.`,
    )
  } finally {
    await db.end()
  }
}
