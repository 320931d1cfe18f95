// Which account of the system runs PostgreSQL: it refuses to run as root, and we change nobody's system to please it.
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type Account = { uid: number; gid: number; name: string }

/**
 * Null: run it as ourselves. As root: the account that owns the first of `places` (the database, else the data folder)
 * that is not root's own, else `postgres`, else `nobody`. Throws when the system has none of these.
 */
export async function accountFor(places: string[]): Promise<Account | null> {
  if (!isRoot()) return null
  for (const place of places) {
    const owner = await ownerOf(place)
    if (owner !== null) return owner
  }
  for (const name of ['postgres', 'nobody']) {
    const account = await lookUp(name)
    if (account !== null && account.uid > 0) return account
  }
  throw new Error(
    'PostgreSQL does not run as root, and this system has neither an account "postgres" nor "nobody" to lend it. ' +
      'Run Tocsin as a normal user, or set DATABASE_URL.',
  )
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Null when it is root's, does not exist, or belongs to a number without a name: PostgreSQL asks for the name. */
export async function ownerOf(place: string): Promise<Account | null> {
  const owner = await stat(place).catch(() => null)
  if (owner === null || owner.uid === 0) return null
  const name = await run('id', ['-nu', String(owner.uid)]).catch(() => null)
  return name === null ? null : { uid: owner.uid, gid: owner.gid, name: name.stdout.trim() }
}

/** `id` asks every directory the system uses, /etc/passwd is only one of them. */
async function lookUp(name: string): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout), name }
  } catch {
    return null
  }
}

/** What child_process needs to become the account. The folder is one that every account may stand in. */
export function as(account: Account | null): { uid?: number; gid?: number; cwd: string } {
  return account === null ? { cwd: '/' } : { uid: account.uid, gid: account.gid, cwd: '/' }
}

/** Tries it instead of adding up mode bits: ACLs, mounts and containers have their say too. */
export async function canEnter(account: Account | null, folder: string): Promise<boolean> {
  if (account === null) return true
  try {
    await run('/bin/sh', ['-c', 'cd -- "$0" && test -x .', folder], as(account))
    return true
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code === 'number') return false
    throw new Error(
      `Root here may not become the account "${account.name}" (${String(code)}), and PostgreSQL does not run as root. ` +
        'Run Tocsin as a normal user, or set DATABASE_URL.',
      { cause: error },
    )
  }
}
