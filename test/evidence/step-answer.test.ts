// What a query of a runbook's step is answered with: LogQL that gives numbers is drawn like any other.
import { afterEach, expect, test } from 'vitest'
import type { EvidenceRequest } from '../../src/evidence/evidence.ts'
import { answerStep } from '../../src/evidence/step-answer.ts'
import { json, matrix, type StandIn, standIn } from './stand-in.ts'

let loki: StandIn
afterEach(() => loki.close())

const until = new Date('2026-03-02T09:00:00Z')
const request: EvidenceRequest = {
  ...{ title: 'Errors', service: 'checkout', zone: 'Europe/Berlin', alerts: [], charts: [], marks: [] },
  ...{ from: new Date(until.getTime() - 3_600_000), until, startedAt: until, incident: null, baseline: 'week' },
}
const config = () => ({
  prometheus: { url: null, timeout: 30_000 },
  evidence: { timeout: 30_000, loki: { url: loki.url, headers: { 'x-scope-orgid': 'shop' } } },
})
const ask = (query: string) =>
  answerStep(config() as unknown as Parameters<typeof answerStep>[0], { language: 'logql', query }, request)

test('LogQL that gives numbers is asked of Loki below its own path, and drawn', async () => {
  loki = await standIn((asked, response) => {
    if (asked.path !== '/loki/api/v1/query_range') return json(response, {}, 404)
    matrix(asked, response, [{ metric: { app: 'checkout' }, value: (step) => String(step % 7) }])
  })
  const query = 'sum by (app) (rate({app="$service"} |= "error" [5m]))'
  const answer = await ask(query)
  expect(answer).toMatchObject({ query: query.replace('$service', 'checkout'), chart: { title: 'Errors' }, lines: '' })
  expect('chart' in answer && answer.chart?.series[0]?.points.length).toBeGreaterThan(100)
  // The hours of last week are nobody's question here.
  expect(new Set(loki.asked.map(({ params }) => params.get('query')))).toEqual(new Set([answer.query]))
})

test('a Loki that refuses says so in its own name', async () => {
  loki = await standIn((_asked, response) => json(response, { message: 'parse error at line 1' }, 400))
  expect(await ask('rate({app="x"')).toMatchObject({ reason: expect.stringMatching(/^Loki .*parse error at line 1/) })
})

test('what answers at Loki’s address with a page to sign in on is told by Loki’s settings', async () => {
  loki = await standIn((_asked, response) => response.end('<html>Sign in</html>'))
  const { reason } = (await ask('sum(rate({app="x"}[5m]))')) as { reason: string }
  expect(reason).toMatch(/^what answers at loki\.url is not Loki: .*sign in on: look at loki\.token, loki\.user/)
})
