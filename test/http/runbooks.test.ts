// How runbooks fare, as other programs and the command line read it.
import { beforeEach, expect, test } from 'vitest'
import { cli } from '../cli/cli.ts'
import { seedIncident } from './seed.ts'
import { withServer } from './with-server.ts'

const server = withServer()
beforeEach(async () => {
  for (const number of [1, 2, 3]) {
    const resolvedAt = new Date(server.bot.clock.now().getTime() - number * 3_600_000)
    const openedAt = new Date(resolvedAt.getTime() - 3_600_000)
    await seedIncident(server.database.db, {
      number,
      status: 'resolved',
      openedAt,
      acknowledgedAt: openedAt,
      acknowledgedBy: 'ada',
      resolvedAt,
    })
    const terms = { path: '/books/ops.md', section: 'disk-full' }
    await server.database.db.query("update incidents set terms = jsonb_set(terms, '{runbook}', $2) where number = $1", [
      number,
      terms,
    ])
    await server.database.db.query(
      `insert into runbook_steps (incident, step, title, body, status, by, at, helped_by) values
        ($1, 1, 'Look', '', 'done', 'ada', $2, 'ada'), ($1, 2, 'Call the bank', '', 'skipped', 'ada', $2, null)`,
      [number, resolvedAt],
    )
  }
})

test('the API counts what became of the steps, also of a runbook that is no longer among the files', async () => {
  const answer = await (await fetch(`${server.url}/api/v1/runbooks?days=30`)).json()
  expect(answer).toMatchObject({
    days: 30,
    runbooks: [
      {
        ...{ path: '/books/ops.md', section: 'disk-full', title: 'disk full', isThere: false },
        ...{ incidents: 3, worked: 3, skipped: ['Call the bank'], stale: [] },
        steps: [
          { step: 1, title: 'Look', done: 3, skipped: 0, untouched: 0, helped: 3 },
          { step: 2, title: 'Call the bank', done: 0, skipped: 3, untouched: 0, helped: 0 },
        ],
      },
    ],
  })
})

test('days that are no number are refused by name', async () => {
  const response = await fetch(`${server.url}/api/v1/runbooks?days=soon`)
  expect(response.status).toBe(400)
  expect(JSON.stringify(await response.json())).toContain('days: must be 1 to 3650')
})

test('the command line prints them as a table', async () => {
  const { out, code } = await cli(['runbook', 'stats', '--url', server.url])
  expect(code).toBe(0)
  expect(out).toContain('1 runbook used in the last 90 days')
  expect(out).toMatch(/disk full \(\/books\/ops\.md#disk-full\), no longer among the files/)
  expect(out).toMatch(/0 +3 +0 +0 {2}2\. Call the bank/)
})
