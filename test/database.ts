// A database of one's own for a test: a copy of the migrated one, made in a few dozen milliseconds.
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect, type Db } from '../src/store/db.ts'

export type FreshDatabase = {
  url: string
  db: Db
  /** Ends `db` and removes the database, whoever else is still connected. */
  drop(): Promise<void>
}

/** Call it in `beforeEach` or in the test itself, and `drop` in `afterEach`. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { url, prefix } = inject('postgres')
  const name = `${prefix}_${randomBytes(6).toString('hex')}`
  await asAdmin(url, `create database ${name} template ${prefix}_template`)
  const own = new URL(url)
  own.pathname = `/${name}`
  const db = connect(own.href)
  return {
    url: own.href,
    db,
    drop: async () => {
      await db.end()
      await asAdmin(url, `drop database if exists ${name} with (force)`)
    },
  }
}

/** Kept for as long as this process: each test makes a database and removes it. */
let admin: Db | null = null
let before: Promise<unknown> = Promise.resolve()

/**
 * One after the other, here and not in the pool, whose patience is ten seconds: removing a database waits for every session of the server,
 * also for one that another test has frozen while it signs in.
 */
async function asAdmin(url: string, statement: string): Promise<void> {
  admin ??= connect(url, { max: 1 })
  const db = admin
  const asked = before.then(() => db.query(statement))
  before = asked.catch(() => {})
  await asked
}
