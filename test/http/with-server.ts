// The server and the database that each test of a file has for itself.
import { afterEach, beforeEach } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { type Overrides, startServer, type TestServer } from './bot.ts'

export type OwnServer = TestServer & {
  database: FreshDatabase
  /** Another server in place of this one, with the same database or with this one. */
  restart(overrides: Overrides, db?: Db): Promise<void>
}

/** Call it once, at the top of the file: what it answers is, in each test, that test's own. */
export function withServer(overrides: Overrides = {}): OwnServer {
  let database: FreshDatabase
  let server: TestServer
  const restart = async (changed: Overrides, db = database.db) => {
    await server.close()
    server = await startServer(db, changed)
  }
  beforeEach(async () => {
    database = await freshDatabase()
    server = await startServer(database.db, overrides)
  })
  afterEach(async () => {
    await server.close()
    await database.drop()
  })
  return new Proxy({} as OwnServer, {
    get: (_, name) => ({ ...server, database, restart })[name as keyof OwnServer],
  })
}
