// Weeks of thousands of incidents, read a few at a time: they are told as if they were read in one go, and no statement reads them all.
import { expect, onTestFinished, test } from 'vitest'
import type { Db } from '../../src/store/db.ts'
import { noisiestAlerts, responses } from '../../src/store/digest.ts'
import { deploymentsIn, flappingAlerts, incidentsLookedAt, pagesSent } from '../../src/store/look-back.ts'
import { runbookFigures } from '../../src/store/runbook-figures.ts'
import { freshDatabase } from '../database.ts'

const minute = 60_000
const from = new Date('2026-03-02T00:00:00Z')
const at = (minutes: number) => new Date(from.getTime() + minutes * minute)
const span = { from, until: at(7 * 24 * 60), services: null }
const count = 1_203

async function week(): Promise<Db> {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  const run = (text: string) => db.query(text.replaceAll('$all', `generate_series(1, ${count}) as n`))
  const opened = `'${from.toISOString()}'::timestamptz + n * interval '1 minute'`
  await run(`insert into incidents (number, status, severity, service, title, opened_at, resolved_at, resolved_by, trace, terms)
    select n, 'resolved', 'P2', 'pay', 'Slow', ${opened}, ${opened} + interval '9 minutes', 'ada', 't',
           jsonb_build_object('runbook', case when n % 3 = 0 then null else jsonb_build_object('path', 'a.md', 'section', 's' || n % 3) end) from $all`)
  await run(`insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at, ends_at)
    select n, 'generic', n || '-' || m, 'resolved', case when n % 10 = 0 and m = 2 then '{}' else jsonb_build_object('alertname', 'Rule' || m) end,
           '{}', ${opened}, ${opened} + m * interval '1 minute' from $all, generate_series(1, 2) as m where m = 1 or n % 5 = 0`)
  await run(`insert into timeline (incident, at, kind, text, fact)
    select n, ${opened} + k * interval '1 second', 'alert_fired', '', jsonb_build_object('alert', 'Title', 'fingerprint', n || '-' || m)
      from $all, generate_series(1, 2) as m, generate_series(1, case when n in (7, 700) and m = 1 then n / 7 + 3 else 1 end) as k where m = 1 or n % 5 = 0`)
  await run(`insert into timeline (incident, at, kind, by, text, fact)
    select n, ${opened} + interval '2 minutes', 'incident_acknowledged', 'ada', '', '{}' from $all where n % 4 = 0`)
  await run(`insert into runbook_steps (incident, step, title, body, status)
    select n, case when n > 1000 then 5 else 1 end, 'Look', '', case when n % 2 = 0 then 'done' else 'open' end from $all where n % 3 > 0`)
  return db
}

test('figures of many slices are the figures of all', async () => {
  const db = await week()
  const all = await incidentsLookedAt(db, span)
  expect(all.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, i) => count - i))
  expect(all.filter(({ touched, acknowledgedAt }) => touched && acknowledgedAt !== null)).toHaveLength(300)
  expect(all.find(({ number }) => number === 5)).toMatchObject({ alert: 'Rule1', fired: 2 * minute })
  expect(await responses(db, span, at(0))).toHaveLength(count)
  // Of every fifth incident two alerts fired, of every tenth one without a name.
  expect(await noisiestAlerts(db, span, 5)).toEqual([
    { alert: 'Rule1', fired: count + 3 + 102, incidents: count, unanswered: 903 },
    { alert: 'Rule2', fired: 120, incidents: 120, unanswered: 120 },
    { alert: 'Title', fired: 120, incidents: 120, unanswered: 60 },
  ])
  expect(await flappingAlerts(db, span, { times: 3, limit: 1 })).toEqual([
    { alert: 'Rule1', incident: 700, times: 103 },
  ])
})

test('runbooks are counted over all slices, each from the instant it counts from, and a step stands where it stood last', async () => {
  const db = await week()
  const figures = await runbookFigures(db, span)
  expect(figures.map(({ section, incidents, worked }) => [section, incidents, worked])).toEqual([
    ['s2', 401, 201],
    ['s1', 401, 200],
  ])
  expect(figures[1]).toMatchObject({
    lastAt: at(1201 + 9),
    steps: [{ step: 5, title: 'Look', done: 200, skipped: 0, untouched: 201, helped: 0 }],
  })
  const since = await runbookFigures(db, span, [{ path: 'a.md', section: 's2', since: at(1_109) }])
  expect(since.map(({ section, incidents }) => [section, incidents])).toEqual([['s2', 35]])
})

test('a call that went over two ways, on either side of midnight, is one call of the day it began', async () => {
  const db = await week()
  await db.query(
    `insert into pages (key, incident, person, channel, step, round, status, due_at, sent_at)
     values ('a', 1, 'ada', 'slack', 0, 1, 'sent', $1, $1), ('b', 1, 'ada', 'email', 0, 1, 'sent', $2, $2)`,
    [at(-1), at(1)],
  )
  const before = { ...span, from: at(-7 * 24 * 60), until: from }
  expect(await pagesSent(db, span)).toEqual([])
  await db.query('update incidents set opened_at = $1 where number = 1', [at(-2)])
  expect(await pagesSent(db, before)).toEqual([{ person: 'ada', at: at(-1) }])
  expect(await pagesSent(db, span)).toEqual([])
})

test('a deployment failed when the next incident of its service came in time, from its very beginning on', async () => {
  const db = await week()
  await db.query('delete from incidents where number > 2')
  const deployed = async (key: string, service: string | null, minutes: number, status = 'succeeded') =>
    db.query(
      `insert into service_changes (source, key, kind, title, service, status, started_at, finished_at, told_at)
       values ('ci', $1, 'deployment', 'x', $2, $3, $4, null, $4)`,
      [key, service, status, at(minutes)],
    )
  await deployed('begins with it', 'pay', 2)
  await deployed('after both', 'pay', 2.5)
  await deployed('in time', 'pay', 0)
  await deployed('too early', 'pay', -9)
  await deployed('elsewhere', 'web', 0)
  await deployed('of nothing', null, 0)
  await deployed('failed by itself', 'web', 1, 'failed')
  const wide = { ...span, from: at(-60) }
  expect(await deploymentsIn(db, wide, 10 * minute)).toEqual({ deployments: 7, failed: 3 })
  expect(await deploymentsIn(db, wide, 10 * minute + 1)).toEqual({ deployments: 7, failed: 4 })
})

test('no statement answers more than a part of the week', async () => {
  const db = await week()
  const read: number[] = []
  const q: Pick<Db, 'query'> = {
    query: async (text, values) => {
      const answer = await db.query(text, values)
      if (!String(text).startsWith('select number')) read.push(answer.rows.length)
      // biome-ignore lint/suspicious/noExplicitAny: whatever was asked for.
      return answer as any
    },
  }
  await incidentsLookedAt(q, span)
  expect(read.length).toBeGreaterThan(10)
  expect(Math.max(...read)).toBeLessThan(200)
})
