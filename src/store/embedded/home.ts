// Where the embedded database lives, and what is remembered about it from one start to the next.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, link, lstat, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Account, accountFor, canEnter, isRoot, ownerOf } from './account.ts'

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

/** Finds or chooses the place. Throws, with what to do, when the data folder cannot be used. */
export async function settle(dataFolder: string): Promise<Home> {
  await openFolder(dataFolder)
  const folder = await realpath(dataFolder)
  const { memory, lost } = await recall(folder)
  const inside = join(folder, 'postgres')
  const account = await accountFor([memory?.data ?? inside, folder])
  const reachable = await canEnter(account, folder)
  if (!reachable && (memory === null || memory.data === inside) && (await exists(inside))) {
    throw new Error(
      `The database is in ${inside}, but the account that runs PostgreSQL (${account?.name}) can no longer enter it. ` +
        'Open the folders above it with chmod o+x, or move it to a folder that every user may enter.',
    )
  }
  const data = memory?.data ?? (reachable ? inside : join(await elsewhere(folder), 'postgres'))
  const kept: Memory = { password: randomBytes(24).toString('base64url'), port: null, ...memory, data, folder }
  const first = memory === null && lost === null
  // Two bots that start at once on an empty folder must agree on the password.
  if (!(await remember(kept, first))) return settle(dataFolder)
  return {
    data,
    account,
    password: kept.password,
    port: kept.port,
    rememberPort: async (port) => {
      await remember({ ...kept, port }, false)
    },
    spare: async () => (data !== inside ? dirname(data) : reachable ? folder : elsewhere(folder)),
    logFile: join(folder, 'postgres.log'),
    note: [lost, data === inside ? null : await pointTo(data, folder, account)].filter(Boolean).join(' ') || null,
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

async function openFolder(dataFolder: string): Promise<void> {
  try {
    const made = await mkdir(dataFolder, { recursive: true })
    if (made === undefined) return
    // Passable for the account that runs PostgreSQL, listable by nobody else.
    await chmod(dataFolder, 0o711)
    // Made with sudo in somebody's checkout: it is theirs, and will be without sudo.
    await giveTo(await ownerOf(dirname(resolve(made))), made, dataFolder)
  } catch (cause) {
    throw new Error(
      `Cannot make the data folder ${dataFolder} (${(cause as NodeJS.ErrnoException).code}). ` +
        'Set TOCSIN_DATA to a folder that Tocsin may write to, or set DATABASE_URL.',
      { cause },
    )
  }
}

/** `lost`: why what was remembered no longer counts. */
async function recall(folder: string): Promise<{ memory: Memory | null; lost: string | null }> {
  const file = join(folder, 'postgres.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new Error(
      `Cannot read ${file} (${error.code}): the database in ${folder} belongs to another user. ` +
        'Start Tocsin as that user (or as root), or set TOCSIN_DATA to a folder of your own.',
    )
  })
  if (text === null) return { memory: null, lost: null }
  const memory = JSON.parse(text) as Memory
  // Inside the data folder it moves and is copied along with it.
  if (memory.data === join(memory.folder, 'postgres')) {
    return { memory: { ...memory, data: join(folder, 'postgres') }, lost: null }
  }
  // Elsewhere: a moved data folder takes it along, a copied one must not run the original's.
  if (memory.folder !== folder && (await exists(join(memory.folder, 'postgres.json')))) {
    const lost = `${folder} is a copy of ${memory.folder}, whose database stays with it: this one starts empty.`
    return { memory: null, lost }
  }
  if (await exists(memory.data)) return { memory, lost: null }
  return { memory: null, lost: `The database in ${memory.data} is gone: a new one starts empty.` }
}

/** Written aside and put in place whole. False: `first` was asked for, and somebody else was. */
async function remember(memory: Memory, first: boolean): Promise<boolean> {
  const file = join(memory.folder, 'postgres.json')
  const aside = `${file}.${process.pid}`
  try {
    await writeFile(aside, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 })
    await giveTo(await ownerOf(memory.folder), aside)
    await (first ? link : rename)(aside, file)
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (first && code === 'EEXIST') return false
    // A volume that belongs to root, a file system that is read-only or full.
    throw new Error(
      `Cannot write to the data folder ${memory.folder} (${code}). Give it to the user who runs Tocsin and make room in it, ` +
        'set TOCSIN_DATA to another, or set DATABASE_URL.',
      { cause },
    )
  } finally {
    await rm(aside, { force: true }).catch(() => {})
  }
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

/** Hands files over to the account; only root can, and only root has to. */
export async function giveTo(account: Account | null, ...paths: string[]): Promise<void> {
  if (account === null || !isRoot()) return
  for (const path of paths) await chown(path, account.uid, account.gid)
}
