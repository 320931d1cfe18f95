// Where the embedded database lives, and what is remembered about it from one start to the next.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Account, accountFor, canEnter } from './account.ts'

/** Kept in <data folder>/postgres.json, readable by us only. */
type Memory = {
  password: string
  /** The folder with PostgreSQL's files; not below the data folder when the account could not reach it there. */
  data: string
  /** The data folder this was written for: a copy of it elsewhere must not run the original's database. */
  folder: string
  port: number | null
}

export type Home = {
  /** PostgreSQL's own files. */
  data: string
  account: Account | null
  password: string
  /** The port of the last start, kept while it is free, so that a psql session's address stays true. */
  port: number | null
  rememberPort(port: number): Promise<void>
  /** A folder within the account's reach for a copy of the programs. */
  spare(): Promise<string>
  /** PostgreSQL's own log. */
  logFile: string
  /** What a person should know about the place. */
  note: string | null
}

export async function settle(dataFolder: string): Promise<Home> {
  await openFolder(dataFolder)
  const folder = await realpath(dataFolder)
  const { memory, copyOf } = await recall(folder)
  const account = await accountFor(memory?.data ?? join(folder, 'postgres'))
  const inside = join(folder, 'postgres')
  let data = memory?.data ?? inside
  let note: string | null = null
  if (data === inside && !(await canEnter(account, folder))) data = join(await elsewhere(folder), 'postgres')
  if (data !== inside) note = await pointTo(data, folder, account)
  if (copyOf !== null)
    note = `${folder} is a copy of ${copyOf}, whose database stays there; this one starts empty. ${note ?? ''}`.trim()
  const kept: Memory = { password: randomBytes(24).toString('base64url'), port: null, ...memory, data, folder }
  await remember(kept)
  return {
    data,
    account,
    password: kept.password,
    port: kept.port,
    rememberPort: (port) => remember({ ...kept, port }),
    spare: async () => ((await canEnter(account, folder)) ? folder : elsewhere(folder)),
    logFile: join(folder, 'postgres.log'),
    note,
  }
}

async function openFolder(dataFolder: string): Promise<void> {
  try {
    const made = await mkdir(dataFolder, { recursive: true })
    // Passable for the account that runs PostgreSQL, listable by nobody else.
    if (made !== undefined) await chmod(dataFolder, 0o711)
  } catch (cause) {
    throw new Error(
      `Cannot make the data folder ${dataFolder} (${(cause as NodeJS.ErrnoException).code}). ` +
        'Set TOCSIN_DATA to a folder that Tocsin may write to, or set DATABASE_URL.',
      { cause },
    )
  }
}

/** `copyOf`: the folder this one was copied from without its database. */
async function recall(folder: string): Promise<{ memory: Memory | null; copyOf: string | null }> {
  const file = join(folder, 'postgres.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new Error(
      `Cannot read ${file} (${error.code}): the database in ${folder} belongs to another user. ` +
        'Start Tocsin as that user (or as root), or set TOCSIN_DATA to a folder of your own.',
    )
  })
  if (text === null) return { memory: null, copyOf: null }
  const memory = JSON.parse(text) as Memory
  if (memory.folder === folder) return { memory, copyOf: null }
  // Moved or copied with the database inside: it is this folder's own now.
  if (memory.data === join(memory.folder, 'postgres')) {
    return { memory: { ...memory, data: join(folder, 'postgres') }, copyOf: null }
  }
  // The database is elsewhere: a moved folder takes it along, a copy must not run the original's.
  const original = await readFile(join(memory.folder, 'postgres.json'), 'utf8').catch(() => null)
  return original === null ? { memory, copyOf: null } : { memory: null, copyOf: memory.folder }
}

/** Written aside and renamed, so that a crash leaves the old one or the new one. */
async function remember(memory: Memory): Promise<void> {
  const file = join(memory.folder, 'postgres.json')
  await writeFile(`${file}.new`, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

/** A root-owned folder that every account can pass: below /var/lib, failing that below the temporary folder. */
async function elsewhere(folder: string): Promise<string> {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  for (const base of ['/var/lib/tocsin', join(tmpdir(), 'tocsin')]) {
    try {
      const place = join(base, hash)
      await mkdir(place, { recursive: true, mode: 0o755 })
      for (const path of [base, place]) {
        const found = await lstat(path)
        // In a folder that anybody may write to, somebody else could have put this one there first.
        if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0)
          throw new Error(`${path} is not ours`)
        await chmod(path, 0o755)
      }
      return place
    } catch {}
  }
  throw new Error(
    `PostgreSQL does not run as root, and ${folder} can only be entered by root. Tocsin could not make ` +
      '/var/lib/tocsin either. Set TOCSIN_DATA to a folder that every user may enter, or set DATABASE_URL.',
  )
}

async function pointTo(data: string, folder: string, account: Account | null): Promise<string> {
  const text =
    `The database is kept in ${data}: PostgreSQL does not run as root, and the account that runs it ` +
    `(${account?.name ?? 'this one'}) cannot enter ${folder}.`
  await rm(join(folder, 'postgres-is-elsewhere.txt'), { force: true })
  await writeFile(join(folder, 'postgres-is-elsewhere.txt'), `${text}\n`)
  return data.startsWith(tmpdir()) ? `${text} A reboot may empty that folder: set TOCSIN_DATA to a lasting one.` : text
}

/** Gives an empty folder to the account. */
export async function giveFolder(path: string, account: Account | null): Promise<void> {
  await mkdir(path, { mode: 0o700 })
  if (account !== null) await chown(path, account.uid, account.gid)
}
