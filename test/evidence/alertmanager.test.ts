import { afterEach, beforeEach, expect, test } from 'vitest'
import { matcherText } from '../../src/core/silence.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { activeSilences, expireSilence, matchingAlerts, putSilence } from '../../src/evidence/alertmanager.ts'
import { type AlertmanagerStandIn, alertmanagerStandIn } from './alertmanager-stand-in.ts'

const now = new Date('2026-03-02T09:00:00Z')
const later = new Date('2026-03-02T11:00:00Z')
const matchers = [{ name: 'alertname', value: 'Slow "p99"', isRegex: false, isEqual: true }]
const wanted = { matchers, startsAt: now, endsAt: later, createdBy: 'Ada', comment: 'rolling back' }

let server: AlertmanagerStandIn
beforeEach(async () => {
  server = await alertmanagerStandIn(() => now)
})
afterEach(() => server.close())

const at = (timeout = 30_000) => ({ url: server.url, timeout })
const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('expected a failure'),
    (e) => e,
  )

test('a silence is made, listed as it was made, and ended', async () => {
  server.keep({ endsAt: later.toISOString(), status: { state: 'expired' } })
  server.keep({ endsAt: later.toISOString(), status: { state: 'pending' } })
  const id = await putSilence(at(), wanted)
  expect(await activeSilences(at())).toEqual([{ id, ...wanted }])
  await expireSilence(at(), id)
  expect(await activeSilences(at())).toEqual([])
})

test('with another end it stays the same, with other matchers it is another', async () => {
  const id = await putSilence(at(), wanted)
  expect(await putSilence(at(), { ...wanted, endsAt: new Date('2026-03-02T12:00:00Z') }, id)).toBe(id)
  const wider = [{ name: 'alertname', value: 'Slow|Errors', isRegex: true, isEqual: true }]
  expect(await putSilence(at(), { ...wanted, matchers: wider }, id)).not.toBe(id)
  expect(await activeSilences(at())).toMatchObject([{ matchers: wider }])
})

test('alerts are asked for by the matchers as Alertmanager reads them', async () => {
  const found = await matchingAlerts(at(), [...matchers.map(matcherText), 'a=~"b"'])
  expect(found).toEqual([{ fingerprint: 'f1', silencedBy: [] }])
  expect(server.asked).toEqual(['GET /api/v2/alerts alertname="Slow \\"p99\\"" a=~"b"'])
})

test('a refusal is for good and says why; user and password stay unsaid', async () => {
  const url = server.url.replace('//', '//ada:hunter2@')
  const past = { ...wanted, endsAt: new Date('2026-03-01T00:00:00Z') }
  const error = await failure(putSilence({ url: `${url}/`, timeout: 30_000 }, past))
  expect(error).toBeInstanceOf(PermanentError)
  expect(error.message).toContain("answered 400: Failed to create silence: end time can't be in the past")
  expect(error.message).not.toMatch(/hunter2|ada/)
  expect(server.authorization).toBe(`Basic ${Buffer.from('ada:hunter2').toString('base64')}`)
  expect(await failure(expireSilence(at(), 'no such'))).toBeInstanceOf(PermanentError)
})

test('what is slow, away or broken may work later', async () => {
  server.fault = { hang: true }
  const slow = await failure(activeSilences(at(50)))
  expect(slow).toBeInstanceOf(TransientError)
  expect(slow.message).toContain('did not answer within 0.05 s')
  server.fault = { status: 503, body: '"not ready"' }
  expect(await failure(activeSilences(at()))).toBeInstanceOf(TransientError)
  const away = { url: 'http://127.0.0.1:1', timeout: 30_000 }
  expect((await failure(activeSilences(away))).message).toContain('connection refused')
})

test.each(['{"status":"success"}', '<html>', '["a"]', '[{"status":{"state":"active"}}]'])(
  'what answers %s is not Alertmanager, and said to be not',
  async (body) => {
    server.fault = { status: 200, body }
    const error = await failure(activeSilences(at()))
    expect(error).toBeInstanceOf(PermanentError)
    expect(error.message).toContain('is not Alertmanager')
  },
)

test('without an address nobody is asked', async () => {
  expect((await failure(activeSilences({ url: null, timeout: 1 }))).message).toContain('ALERTMANAGER_URL')
})
