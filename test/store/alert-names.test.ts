// When an alert of each name last began: told as if all alerts were read each time, and read only once.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastAlerts } from '../../src/store/alert-names.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

const hour = 3_600_000
const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * hour)

async function incident(number: number, resolvedAt: Date | null): Promise<void> {
  await database.db.query(
    `insert into incidents (number, status, severity, service, title, opened_at, resolved_at, trace, terms)
     values ($1, case when $2::timestamptz is null then 'open' else 'resolved' end, 'P2', 's', 't', $3, $2, 't', '{}')
     on conflict (number) do update set status = excluded.status, resolved_at = excluded.resolved_at`,
    [number, resolvedAt, at(0)],
  )
}

async function alert(incident: number, labels: Record<string, string>, startsAt: Date): Promise<void> {
  await database.db.query(
    `insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at)
     values ($1, 'generic', $2, 'firing', $3, '{}', $4)
     on conflict (source, fingerprint, incident) do update set starts_at = excluded.starts_at`,
    [incident, JSON.stringify(labels), labels, startsAt],
  )
}

const asked = ['Old', 'New', 'ByTitle', 'Never']
const last = async (now: Date) => Object.fromEntries(await lastAlerts(database.db, asked, now))

test('the latest of each name counts, whatever its source calls it', async () => {
  await incident(1, at(2))
  await alert(1, { alertname: 'Old' }, at(1))
  await alert(1, { alertname: '', alert_name: 'New' }, at(2))
  await alert(1, { name: 'ByTitle' }, at(1))
  await alert(1, { name: 'ByTitle', instance: 'b' }, at(0))
  await alert(1, { instance: 'nameless' }, at(1))
  expect(await last(at(3))).toEqual({ Old: at(1), New: at(2), ByTitle: at(1) })
})

test('what came since somebody asked last is found: in new incidents, in old ones still open, in those that came back', async () => {
  await incident(1, at(2))
  await incident(2, null)
  await alert(1, { alertname: 'Old' }, at(1))
  await alert(2, { alertname: 'Old' }, at(2))
  expect(await last(at(1_000))).toEqual({ Old: at(2) })

  await alert(2, { alertname: 'New' }, at(1_001))
  expect(await last(at(1_002))).toEqual({ Old: at(2), New: at(1_001) })

  // Came back and was over again in between; and one that nobody saw open.
  await incident(1, at(1_500))
  await alert(1, { alertname: 'Old' }, at(1_400))
  await incident(3, at(1_500))
  await alert(3, { name: 'ByTitle' }, at(1_450))
  expect(await last(at(2_000))).toEqual({ Old: at(1_400), New: at(1_001), ByTitle: at(1_450) })
})

test('what is gone from the database is still known', async () => {
  await incident(1, at(2))
  await alert(1, { alertname: 'Old' }, at(1))
  await last(at(3))
  await database.db.query('delete from incidents')
  expect(await last(at(1_000))).toEqual({ Old: at(1) })
})

test('several that ask at once read once, and all know', async () => {
  await incident(1, at(2))
  await alert(1, { alertname: 'Old' }, at(1))
  const answers = await Promise.all(Array.from({ length: 6 }, () => last(at(3))))
  expect(answers).toEqual(Array(6).fill({ Old: at(1) }))
})
