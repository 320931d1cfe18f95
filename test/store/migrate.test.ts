// Migrations: many replicas at once, and databases that are not what they should be.
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { makeLog } from '../../src/log.ts'
import { connect, type Db } from '../../src/store/db.ts'
import { migrate, refusal } from '../../src/store/migrate.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'

const log = makeLog({ level: 'silent', file: null })
let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

/** Back to a database in which nothing was ever done. */
async function emptied(): Promise<Db> {
  await database.db.query('drop schema graphile_worker cascade')
  await database.db.query('drop schema public cascade')
  await database.db.query('create schema public')
  return database.db
}

test('replicas that start together migrate once and all find the tables', async () => {
  await emptied()
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, log)))
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
  expect((await database.db.query('select count(*) as n from incidents')).rows).toEqual([{ n: 0 }])
  expect((await database.db.query('select count(*) as n from graphile_worker.jobs')).rows).toEqual([{ n: 0 }])
})

test('a second start has nothing to do', async () => {
  expect(await migrate(database.url, log)).toEqual([])
  expect(await migrate(database.db, log)).toEqual([])
})

test('a database newer than the code is refused by the name of what it does not know', async () => {
  await database.db.query("insert into migrations (name, run_on) values ('9999_from_the_future', '2040-01-01')")
  await expect(migrate(database.url, log)).rejects.toThrow(/newer than this Tocsin: .*9999_from_the_future/)
})

test.each([
  ['an old server', { number: 130_014, version: '13.14' }, [], /PostgreSQL 13.14; Tocsin needs 14/],
  ['another encoding', { encoding: 'LATIN1' }, [], /LATIN1; Tocsin needs UTF8/],
  ['an unknown migration', {}, ['0001_a', '0003_c'], /newer than this Tocsin: it has the migration 0003_c/],
  ['one slipped in before an applied one', {}, ['0002_b'], /0001_a was never applied, but the later 0002_b was/],
  ['the beginning of what is known', {}, ['0001_a'], null],
  ['an empty database', {}, [], null],
])('%s is told apart', (_, server, applied, said) => {
  const problem = refusal({ version: '18.4', number: 180_004, encoding: 'UTF8', ...server }, applied, [
    '0001_a',
    '0002_b',
  ])
  if (said === null) expect(problem).toBeNull()
  else expect(problem).toMatch(said)
})

test('a migration that fails changes nothing', async () => {
  const db = await emptied()
  await db.query('create table timeline (in_the_way int)')
  await expect(migrate(database.url, log)).rejects.toThrow(/already exists/)
  expect((await db.query("select to_regclass('incidents') as made")).rows).toEqual([{ made: null }])
  await db.query('drop table timeline')
  expect(await migrate(database.url, log)).not.toEqual([])
})

test('a migration that somebody keeps from the tables for too long says who, and what to do', async () => {
  await emptied()
  const url = new URL(database.url)
  url.searchParams.set('application_name', 'pg_dump')
  const other = connect(url.href, { max: 1 })
  onTestFinished(() => other.end())
  const work = other.tx(async (q) => {
    await q.query('create table incidents (kept int)')
    await expect(migrate(database.url, log, 2)).rejects.toThrow(
      /others keep its tables in use.*that of pg_dump, since .*Z: .*pg_terminate_backend\(\d+\); then start again/,
    )
    throw new Error('it is over')
  })
  await expect(work).rejects.toThrow('it is over')
  expect(await migrate(database.url, log)).not.toEqual([])
})

test('a database that is not UTF-8 is refused', async () => {
  const { url, prefix } = inject('postgres')
  const admin = connect(url, { max: 1 })
  const name = `${prefix}_latin`
  await admin.query(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`)
  const latin = new URL(url)
  latin.pathname = `/${name}`
  await expect(migrate(latin.href, log)).rejects.toThrow(/SQL_ASCII.*UTF8/)
  await admin.query(`drop database ${name} with (force)`)
  await admin.end()
})

/** A role that is nobody, and a database that belongs to somebody else. */
async function stranger(): Promise<{ role: string; name: string; url: string; owner: Db }> {
  const { url, prefix } = inject('postgres')
  const name = `${prefix}_of_another_${Math.random().toString(36).slice(2, 8)}`
  const role = `${name}_role`
  const admin = connect(url, { max: 1 })
  await admin.query(`create database ${name} encoding 'UTF8' template template0`)
  await admin.query(`create role ${role} login password 'stranger'`)
  const own = new URL(url)
  own.pathname = `/${name}`
  const owner = connect(own.href, { max: 1 })
  onTestFinished(async () => {
    await owner.end()
    await admin.query(`drop database ${name} with (force)`)
    await admin.query(`drop role ${role}`)
    await admin.end()
  })
  Object.assign(own, { username: role, password: 'stranger' })
  return { role, name, url: own.href, owner }
}

test('a role that may not make tables is told what to grant, and nothing else is needed', async () => {
  const { role, name, url, owner } = await stranger()
  await owner.query('revoke create on schema public from public')
  const grants = [`grant create, usage on schema public to ${role}`, `grant create on database ${name} to ${role}`]
  await expect(migrate(url, log)).rejects.toThrow(
    `The role ${role} may not make Tocsin’s tables in the database ${name}. As its owner: ${grants.join('; ')}`,
  )
  for (const grant of grants) await owner.query(grant)
  expect(await migrate(url, log)).not.toEqual([])
  expect(await migrate(url, log)).toEqual([])
})

test('the tables are made where the search path leads, and a newer version is noticed there', async () => {
  const { role, name, url, owner } = await stranger()
  await owner.query('revoke all on schema public from public')
  await owner.query(`alter role ${role} in database ${name} set search_path = tocsin, pg_catalog`)
  await expect(migrate(url, log)).rejects.toThrow(
    /search path .*\(tocsin, pg_catalog\) names no schema .* create schema tocsin/,
  )
  await owner.query(`create schema tocsin authorization ${role}`)
  await owner.query(`grant create on database ${name} to ${role}`)
  expect(await migrate(url, log)).not.toEqual([])
  const { rows } = await owner.query(
    "select distinct schemaname from pg_tables where tablename in ('incidents', 'pages')",
  )
  expect(rows).toEqual([{ schemaname: 'tocsin' }])
  expect(await migrate(url, log)).toEqual([])
  await owner.query("insert into tocsin.migrations (name, run_on) values ('9999_from_the_future', '2040-01-01')")
  await expect(migrate(url, log)).rejects.toThrow(/newer than this Tocsin/)
})

test('a job queue that another role made, or another Tocsin in the same database uses, is left alone', async () => {
  const refused = /has a job queue already.*a database of its own/
  const { role, name, url, owner } = await stranger()
  await owner.query(`grant create, usage on schema public to ${role}`)
  await owner.query(`grant create on database ${name} to ${role}`)
  await owner.query('create schema graphile_worker')
  await expect(migrate(url, log)).rejects.toThrow(refused)
  expect((await owner.query("select to_regclass('incidents') as made")).rows).toEqual([{ made: null }])
  await database.db.query('create schema second')
  const second = new URL(database.url)
  second.searchParams.set('options', '-c search_path=second')
  await expect(migrate(second.href, log)).rejects.toThrow(refused)
})

test('a database whose tables were dropped is begun anew, with the job queue that was left behind', async () => {
  await database.db.query('drop schema public cascade')
  await database.db.query('create schema public')
  expect(await migrate(database.url, log)).not.toEqual([])
  expect(await migrate(database.url, log)).toEqual([])
})
