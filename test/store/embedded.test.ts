// The embedded PostgreSQL through everything that happens to programs on people's machines. Nothing here is simulated.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeLog } from '../../src/log.ts'
import { connect } from '../../src/store/db.ts'
import { claim } from '../../src/store/embedded/claim.ts'
import { type Embedded, startEmbedded } from '../../src/store/embedded.ts'
import { atBest } from '../busy.ts'

const log = makeLog({ level: 'silent', file: null })
let folder: string
let closing: (() => Promise<unknown>)[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-embedded-'))
  await chmod(folder, 0o711)
  closing = []
})

afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await postmaster()
    .then((pid) => process.kill(pid, 'SIGQUIT'))
    .catch(() => {})
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

async function start(): Promise<Embedded> {
  const server = await startEmbedded(folder, log, { fsync: 'off' })
  closing.push(() => server.stop())
  return server
}

/** One statement on a connection of its own. */
async function ask(url: string, statement: string): Promise<unknown[]> {
  const db = connect(url, { max: 1 })
  try {
    return (await db.query(statement)).rows
  } finally {
    await db.end()
  }
}

async function holder(): Promise<{ process: ChildProcess; said: Record<string, string> }> {
  const path = fileURLToPath(new URL('./embedded-holder.ts', import.meta.url))
  const child = fork(path, [folder], { execArgv: ['--import', 'tsx'], detached: true })
  closing.push(async () => child.kill('SIGKILL'))
  const [said] = (await once(child, 'message')) as [Record<string, string>]
  return { process: child, said }
}

async function postmaster(): Promise<number> {
  return Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('data survives a stop and a start, at the same address', async () => {
  const first = await start()
  await ask(first.url, 'create table kept as select 42 as answer')
  await first.stop()
  const second = await start()
  expect(second.url).toBe(first.url)
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a bot whose PostgreSQL cannot be seen, as in another container on the same volume, keeps its folder', async () => {
  const { url } = await start()
  const lock = join(folder, 'postgres', 'postmaster.pid')
  const seen = await readFile(lock, 'utf8')
  // A number that no process here has.
  await writeFile(lock, seen.replace(/^\d+/, '999999999'))
  const refused = () => startEmbedded(folder, log).then(() => 'nothing', String)
  // One that is slow to say its name is refused as well.
  const refusal = await atBest(refused, (said) => said.includes('(process '))
  expect(refusal).toContain(`Another Tocsin (process ${process.pid}) already uses`)
  await writeFile(lock, seen)
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('what the environment says about another PostgreSQL is not meant for this one', async () => {
  vi.stubEnv('PGSSLMODE', 'require')
  onTestFinished(() => void vi.unstubAllEnvs())
  const { url } = await start()
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a folder that cannot be written to is named, with what to do', async () => {
  // Root may write everywhere else.
  const closed = process.getuid?.() === 0 ? '/proc' : folder
  await chmod(folder, 0o500)
  await expect(startEmbedded(closed, log)).rejects.toThrow(
    /^Cannot write to the data folder .* \(E[A-Z]+\)\. .*TOCSIN_DATA.*DATABASE_URL\.$/,
  )
})

test('it speaks UTF-8, asks for the password and listens on loopback only', async () => {
  const { url } = await start()
  expect(await ask(url, "select upper('žluťoučký') as text, current_setting('listen_addresses') as at")).toEqual([
    { text: 'ŽLUŤOUČKÝ', at: '127.0.0.1' },
  ])
  await expect(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/)
})

test('stopping leaves no process behind', async () => {
  const server = await start()
  const pid = await postmaster()
  await server.stop()
  expect(isAlive(pid)).toBe(false)
})

test('PostgreSQL killed while the bot runs is back at the same address, with what was committed', async () => {
  const { url } = await start()
  await ask(url, 'create table kept as select 1 as n')
  process.kill(await postmaster(), 'SIGKILL')
  await vi.waitFor(async () => expect(await ask(url, 'select n from kept')).toEqual([{ n: 1 }]), {
    timeout: 60_000,
    interval: 100,
  })
})

test('after a crash the files are brought to the disk together, and not one after the other: slow disks took minutes', async () => {
  const { url } = await start()
  expect(await ask(url, "select current_setting('recovery_init_sync_method') as how")).toEqual([
    { how: process.platform === 'linux' ? 'syncfs' : 'fsync' },
  ])
})

test('a bot that was killed leaves PostgreSQL running; the next one takes it over', async () => {
  const { process: killed, said } = await holder()
  await ask(String(said.url), 'create table kept as select 1 as n')
  const orphan = await postmaster()
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  expect(isAlive(orphan)).toBe(true)
  const { url } = await start()
  expect(await ask(url, 'select n from kept')).toEqual([{ n: 1 }])
  expect(await postmaster()).not.toBe(orphan)
})

test('a start right after the bot before was killed waits until PostgreSQL has noticed that', async () => {
  const { process: killed, said } = await holder()
  const [lock] = await ask(String(said.url), "select pid from pg_locks where locktype = 'advisory' and objid = 8420")
  const { pid } = lock as { pid: number }
  process.kill(pid, 'SIGSTOP')
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  const starting = start()
  starting.catch(() => {})
  await wait(300)
  process.kill(pid, 'SIGCONT')
  expect(await ask((await starting).url, 'select 1 as n')).toEqual([{ n: 1 }])
})

test.each([5, 200, 400, 700])(
  'a first start killed after %i ms leaves nothing the next one trips over',
  async (after) => {
    const path = fileURLToPath(new URL('./embedded-holder.ts', import.meta.url))
    const killed = fork(path, [folder], { execArgv: ['--import', 'tsx'], detached: true })
    await vi.waitFor(() => readFile(join(folder, 'postgres.json')), { timeout: 60_000, interval: 5 })
    // The moment is the point of this test; what is asserted holds at every one of them.
    await wait(after)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const { url } = await start()
    expect(await ask(url, 'select 1 as n')).toEqual([{ n: 1 }])
  },
)

test('a second bot on the same folder is refused, and told which process has it', async () => {
  const { process: first } = await holder()
  const before = await postmaster()
  const refused = () => startEmbedded(folder, log).then(() => 'nothing', String)
  const refusal = await atBest(refused, (said) => said.includes('(process '))
  expect(refusal).toMatch(new RegExp(`process ${first.pid}\\).*TOCSIN_DATA`))
  expect(await postmaster()).toBe(before)
  first.kill('SIGTERM')
  await once(first, 'exit')
  await start()
})

test('of two bots that start at once on an empty folder one gets it', async () => {
  const both = await Promise.all([holder(), holder()])
  const refused = both.filter(({ said }) => said.refused)
  expect(refused.map(({ said }) => said.refused)).toEqual([expect.stringMatching(/already uses/)])
  const won = both.find(({ said }) => said.url)
  expect(await ask(String(won?.said.url), 'select 1 as n')).toEqual([{ n: 1 }])
  won?.process.kill('SIGTERM')
  await once(won?.process as ChildProcess, 'exit')
})

test('of two processes of one number, as those in containers are, that claim a folder at once one has it', async () => {
  for (let i = 0; i < 20; i++) {
    const claims = await Promise.all([claim(join(folder, `data-${i}`)), claim(join(folder, `data-${i}`))])
    const ours = await Promise.all(claims.map((one) => ('taken' in one ? false : one.isOurs())))
    expect(ours.filter(Boolean)).toHaveLength(1)
    for (const one of claims) if (!('taken' in one)) await one.end()
  }
  expect(await readdir(folder)).toEqual([])
})

test('Ctrl-C reaches the bot, not PostgreSQL', async () => {
  const { process: bot, said } = await holder()
  const interrupted = once(bot, 'message')
  process.kill(-Number(bot.pid), 'SIGINT')
  expect((await interrupted)[0]).toEqual({ interrupted: true })
  expect(await ask(String(said.url), 'select 1 as n')).toEqual([{ n: 1 }])
  bot.kill('SIGTERM')
  await once(bot, 'exit')
})

test('a lock file whose process number now belongs to something else is no obstacle', async () => {
  const server = await start()
  await server.stop()
  const lock = join(folder, 'postgres', 'postmaster.pid')
  await writeFile(lock, `${process.pid}\n${join(folder, 'postgres')}\n0\n1\n\n127.0.0.1\n0 0\nready   \n`)
  expect(await ask((await start()).url, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('a data folder that was moved is found where it is now', async () => {
  const first = await start()
  await ask(first.url, 'create table kept as select 1 as n')
  await first.stop()
  await rename(folder, `${folder}-moved`)
  folder = `${folder}-moved`
  expect(await ask((await start()).url, 'select n from kept')).toEqual([{ n: 1 }])
})

const asRoot = test.runIf(process.getuid?.() === 0)

asRoot(
  'as root in a folder only root may enter, the database is kept elsewhere, and the folder says where',
  async () => {
    await chmod(folder, 0o700)
    const first = await start()
    const memory = async () => JSON.parse(await readFile(join(folder, 'postgres.json'), 'utf8')) as { data: string }
    const { data } = await memory()
    closing.unshift(() => rm(dirname(data), { recursive: true, force: true }))
    expect(data).not.toContain(folder)
    expect(first.note).toContain(data)
    expect(await readFile(join(folder, 'postgres-is-elsewhere.txt'), 'utf8')).toContain(data)
    expect((await stat(data)).uid).not.toBe(0)
    await ask(first.url, 'create table kept as select 1 as n')
    await first.stop()

    // A copy of the folder must not run the original's database.
    const copy = `${folder}-copy`
    await cp(folder, copy, { recursive: true })
    const second = await startEmbedded(copy, log, { fsync: 'off' })
    await expect(ask(second.url, 'select n from kept')).rejects.toThrow(/does not exist/)
    expect(second.note).toMatch(/is a copy of .* starts empty/)
    await second.stop()
    const { data: copied } = JSON.parse(await readFile(join(copy, 'postgres.json'), 'utf8')) as { data: string }
    await rm(dirname(copied), { recursive: true, force: true })
    await rm(copy, { recursive: true, force: true })

    expect(await ask((await start()).url, 'select n from kept')).toEqual([{ n: 1 }])
  },
)

test('files of another major version are refused with both versions and a way out', async () => {
  await (await start()).stop()
  await writeFile(join(folder, 'postgres', 'PG_VERSION'), '17\n')
  await expect(start()).rejects.toThrow(/made by PostgreSQL 17; .* brings PostgreSQL 18.*pg_dump.*TOCSIN_DATA/s)
})
