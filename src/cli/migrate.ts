// tocsin migrate: brings the database up to date by itself, for those who do that before they let new code run.
import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { reasonOf, UserError } from '../errors.ts'
import { makeLog } from '../log.ts'
import { startEmbedded } from '../store/embedded.ts'
import { migrate } from '../store/migrate.ts'
import { isReadOnly } from '../store/problems.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'

export function addMigrate(program: Command, add: Add): void {
  add(program, 'migrate', 'bring the database up to date (start does it too)', [], (_, around) => run(around))
}

async function run(around: Surroundings): Promise<Outcome> {
  const { database, log: to } = loadConfig(around.env, { cwd: around.cwd })
  // What happened is this command's answer; a log on the same output would spoil it.
  const log = makeLog(to.file === null ? { level: 'silent', file: null } : to)
  const embedded = database.url === null ? await startEmbedded(database.dataFolder, log) : null
  try {
    const applied = await migrate(database.url ?? embedded?.url ?? '', log)
    const lines = applied.length === 0 ? ['The database is up to date.'] : applied.map((name) => `Applied ${name}.`)
    return { lines, data: { applied } }
  } catch (error) {
    throw explained(error)
  } finally {
    await embedded?.stop()
  }
}

/** What PostgreSQL or the network says comes with a code; what the store says is for people already. */
function explained(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error
  if (isReadOnly(error)) return new UserError(reasonOf(error))
  return new UserError(
    `PostgreSQL could not be brought up to date: ${reasonOf(error)}. Check DATABASE_URL, or leave it out to use the embedded one.`,
  )
}
