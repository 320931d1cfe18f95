// Which account of the system runs PostgreSQL: it refuses to run as root, and we change nobody's system to please it.
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type Account = { uid: number; gid: number; name: string }

/**
 * Null: run it as ourselves. As root: the account that owns `data` when it exists, else `postgres`, else `nobody`.
 * Throws when the system has neither.
 */
export async function accountFor(data: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const owner = await stat(data).catch(() => null)
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `uid ${owner.uid}` }
  for (const name of ['postgres', 'nobody']) {
    const account = await lookUp(name)
    if (account !== null && account.uid > 0) return account
  }
  throw new Error(
    'PostgreSQL does not run as root, and this system has neither an account "postgres" nor "nobody" to lend it. ' +
      'Run Tocsin as a normal user, or set DATABASE_URL.',
  )
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
