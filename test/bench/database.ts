// The embedded PostgreSQL as users run it (fsync on), in a folder of its own, with a database for each section.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeLog } from '../../src/log.ts'
import { connect, type Db } from '../../src/store/db.ts'
import { startEmbedded } from '../../src/store/embedded.ts'

export type Server = {
  fresh(name: string): Promise<{ url: string; db: Db }>
  stop(): Promise<void>
}

export async function startPostgres(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'))
  await chmod(folder, 0o711)
  // Commit times tell when a decision could be seen, not when it was begun.
  const server = await startEmbedded(folder, makeLog({ level: 'silent', file: null }), {
    track_commit_timestamp: 'on',
  })
  const admin = connect(server.url, { max: 1 })
  const open: Db[] = []
  return {
    async fresh(name) {
      await admin.query(`create database bench_${name}`)
      const url = new URL(server.url)
      url.pathname = `/bench_${name}`
      const db = connect(url.href, { max: 3 })
      open.push(db)
      return { url: url.href, db }
    },
    async stop() {
      await Promise.all(open.map((db) => db.end()))
      await admin.end()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves when nothing waits to be done any more. False: something still did after `milliseconds`. */
export async function settled(db: Db, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  while (performance.now() < deadline) {
    if (!(await isBusy(db))) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

async function isBusy(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ busy: boolean }>(
    `select exists (select from graphile_worker._private_jobs)
         or exists (select from pages where status in ('due', 'sending')) as busy`,
  )
  return rows[0]?.busy ?? true
}
