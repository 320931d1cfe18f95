// What is known about a PostgreSQL that may already run on a data folder: from its lock file, and from the system.
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** `ready`: it says so itself; not yet true while it recovers from a crash. */
export type Postmaster = { pid: number; port: number; ready: boolean }

/**
 * The PostgreSQL that runs on `data`, or null. A lock file left by a dead one is removed when PostgreSQL would take it for
 * alive: its number may have gone to another process (containers start counting anew), or to a zombie nobody reaps.
 */
export async function runningOn(data: string): Promise<Postmaster | null> {
  const file = join(data, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n')
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10))
  if (!isAlive(pid)) return null
  if (!(await standsIn(pid, data))) {
    if ((await anybodyIn(data)) === null) await rm(file, { force: true })
    return null
  }
  return { pid, port: Number(lines[3]), ready: (lines[7] ?? '').startsWith('ready') }
}

/** True once the process is gone; false when it still runs after `patience` milliseconds. */
export async function gone(pid: number, data: string, patience: number): Promise<boolean> {
  for (let waited = 0; waited < patience; waited += 50) {
    if (!isAlive(pid) || !(await standsIn(pid, data))) return true
    await wait(50)
  }
  return false
}

export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** PostgreSQL works in its data folder. Without /proc the lock file's word is taken, as PostgreSQL itself does. */
async function standsIn(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(data))
  } catch (error) {
    // EACCES: somebody else's process; a data folder we can read is never run by one.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function anybodyIn(data: string): Promise<number | null> {
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name) && (await standsIn(Number(name), data))) return Number(name)
  }
  return null
}
