// Whether a page may have gone out unknown to the database: after a failover, a crash or from a backup it may; after a restart not.
import { chmod, chown, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualClock, within } from '../../src/clock.ts'
import { makeLog } from '../../src/log.ts'
import { connect, type Db } from '../../src/store/db.ts'
import { type Embedded, startEmbedded } from '../../src/store/embedded.ts'
import { Doubts } from '../../src/worker/doubts.ts'

const log = makeLog({ level: 'silent', file: null })
const clock = new ManualClock('2026-03-02T09:00:00Z')
const minute = 60_000

let folder: string
let server: Embedded
let db: Db
let doubts: Doubts
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-doubts-'))
  await chmod(folder, 0o711)
  server = await startEmbedded(folder, log)
  db = connect(server.url)
  doubts = new Doubts(db.line)
})
afterEach(async () => {
  await db.end()
  await server.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

/** As at each look for pages: something was asked before. */
async function isDoubted(of = doubts): Promise<boolean> {
  await expect
    .poll(() =>
      db.line.query('select').then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  return (await of.look(clock.now()))('inc-1/r1s0/ada/slack')
}

/** `between`: what is done to its files while it is down. */
async function restart(between: () => Promise<unknown> = async () => {}, settings?: Record<string, string>) {
  await server.stop()
  await between()
  server = await startEmbedded(folder, log, settings)
}

const files = () => join(folder, 'postgres')

async function put(name: string, text: string): Promise<void> {
  const { uid, gid } = await stat(files())
  await writeFile(join(files(), name), text)
  await chown(join(files(), name), uid, gid)
}

const write = (what: string) => db.query(`create table ${what} (words text)`)

it('a server that was shut down and started again has all that was committed', async () => {
  expect(await isDoubted()).toBe(false)
  await write('a')
  await restart()
  expect(await isDoubted()).toBe(false)
  expect(await isDoubted(new Doubts(db.line))).toBe(false)
})

it('one that crashed may not, and is doubted for a minute', async () => {
  expect(await isDoubted()).toBe(false)
  const postmaster = Number((await readFile(join(files(), 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(postmaster, 'SIGQUIT')
  await expect.poll(() => isDoubted()).toBe(true)
  expect(await isDoubted(new Doubts(db.line))).toBe(true)
  clock.advance(minute)
  expect(await isDoubted()).toBe(false)
})

it('one that did not wait for its disk may not, although it ended in order', async () => {
  await restart(undefined, { fsync: 'off' })
  await isDoubted()
  clock.advance(minute)
  await restart(undefined, { fsync: 'off' })
  expect(await isDoubted()).toBe(true)
})

it('one that took over for another is doubted, also when it was restarted since', async () => {
  expect(await isDoubted()).toBe(false)
  // Recovered without its predecessor's last words, it goes on by itself, on a timeline of its own.
  const settings = { restore_command: 'false' }
  await restart(() => put('recovery.signal', ''), settings)
  const name = 'select left(pg_walfile_name(pg_current_wal_lsn()), 8) as name, pg_is_in_recovery() as follows'
  await expect
    .poll(() =>
      db.query(name).then(
        ({ rows }) => rows[0],
        () => null,
      ),
    )
    .toEqual({ name: '00000002', follows: false })
  await restart()
  expect(await isDoubted()).toBe(true)
})

it('the files of an older backup are doubted', async () => {
  await server.stop()
  await cp(files(), join(folder, 'backup'), { recursive: true, preserveTimestamps: true })
  server = await startEmbedded(folder, log)
  expect(await isDoubted()).toBe(false)
  await write('a')
  clock.advance(minute)
  expect(await isDoubted()).toBe(false)
  await restart(async () => {
    await rm(files(), { recursive: true })
    await cp(join(folder, 'backup'), files(), { recursive: true, preserveTimestamps: true })
  })
  expect(await isDoubted()).toBe(true)
})

it('one that does not tell is doubted for a minute after each restart, and after the start of the bot', async () => {
  await db.query(
    'create role guest login password $$guest$$; revoke execute on function pg_control_system() from public',
  )
  await db.query('revoke execute on function pg_last_wal_replay_lsn() from public')
  const url = new URL(server.url)
  url.username = url.password = 'guest'
  await db.end()
  db = connect(url.href)
  doubts = new Doubts(db.line)
  expect(await isDoubted()).toBe(true)
  clock.advance(minute)
  expect(await isDoubted()).toBe(false)
  await restart()
  expect(await isDoubted()).toBe(true)
  clock.advance(minute)
  expect(await isDoubted()).toBe(false)
})

it('is asked over the connections that pages are claimed over, and waits for none that rooms hold', async () => {
  await db.end()
  db = connect(server.url, { max: 1 })
  doubts = new Doubts(db.line)
  const held = await db.pool.connect()
  const isDoubtful = await within(60_000, doubts.look(clock.now()), 'the page waited for it').finally(() =>
    held.release(),
  )
  expect(isDoubtful('inc-1/r1s0/ada/slack')).toBe(false)
})

it('as long as the question has no answer, each page is doubted, and it is asked again', async () => {
  await db.query(`create sequence asked;
    create function public.pg_last_wal_replay_lsn() returns pg_lsn language plpgsql as $$ begin
      if nextval('asked') < 3 then raise exception 'the connection broke'; end if;
      return null;
    end $$;
    alter database tocsin set search_path = public, pg_catalog`)
  await db.end()
  db = connect(server.url)
  doubts = new Doubts(db.line)
  expect([await isDoubted(), await isDoubted(), await isDoubted()]).toEqual([true, true, false])
})
