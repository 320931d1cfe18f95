// PostgreSQL itself is killed while alerts come in, and is started again: what was answered is there, and goes out once.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { makeLog } from '../../src/log.ts'
import { connect } from '../../src/store/db.ts'
import { startEmbedded } from '../../src/store/embedded.ts'
import { SlackStandIn } from '../slack/stand-in.ts'
import { fire, quiet, settingOf } from './setting.ts'
import { startTocsin } from './tocsin.ts'
import { lies } from './truth.ts'

it('keeps what it answered, and says it once, when PostgreSQL is killed and started again under load', async () => {
  const { url, kill } = await postgres()
  const slack = await SlackStandIn.start()
  onTestFinished(() => slack.stop())
  const db = connect(url, { max: 2 })
  onTestFinished(() => db.end())
  const env = settingOf(slack, url)
  const replicas = await Promise.all([startTocsin(env), startTocsin(env)])
  const accepted: string[] = []
  let over = false
  const alerts = (async () => {
    for (let i = 0; !over; i++) {
      const service = `service-${i}`
      if (await fire(replicas[i % 2]?.url ?? '', service)) accepted.push(service)
      await pause(50)
    }
  })()
  for (const seen of [4, 9]) {
    while (accepted.length < seen) await pause(20)
    kill()
    await pause(500)
  }
  const before = accepted.length
  while (accepted.length < before + 4) await pause(20)
  over = true
  await alerts
  const database = { url, db, drop: async () => {} }
  await quiet(database)
  expect(await lies(slack, database, accepted)).toEqual([])
  for (const replica of replicas) expect(await replica.stop()).toBe(0)
}, 600_000)

/** A PostgreSQL of its own, which comes back whenever it is killed, as under a supervisor. */
async function postgres(): Promise<{ url: string; kill: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-killed-'))
  chmodSync(folder, 0o711)
  const server = await startEmbedded(folder, makeLog({ level: 'silent', file: null }))
  onTestFinished(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const postmaster = () => Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
  return { url: server.url, kill: () => process.kill(postmaster(), 'SIGKILL') }
}
