// Whatever somebody posts: a source answers with alerts or a refusal, never with anything else, and never repeats it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/core/alert.ts'
import { grouping } from '../../src/core/classify.ts'
import { RejectedInput } from '../../src/errors.ts'
import { sources } from '../../src/sources/index.ts'
import { deliver, received } from './deliver.ts'

/** Found in no word of ours, so that it gives away any echo. */
const marker = 'zq7xkv'

const anything = fc.jsonValue({ maxDepth: 4 }).map((value) => value as unknown)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).map((few) => few.repeat(2000)),
  fc.constantFrom('', '\0', '\ud800', `${marker}!`),
)
/** Mostly what belongs there, sometimes anything at all. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: fc.oneof(text, anything, fc.double()) })
const labels = mostly(fc.dictionary(fc.oneof(text, fc.constant('alertname')), mostly(fc.oneof(text, fc.integer()))))
const time = mostly(
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((at) => at.toISOString()),
)
const fields = {
  status: mostly(fc.constantFrom('firing', 'resolved')),
  labels,
  annotations: labels,
  startsAt: time,
  endsAt: time,
  fingerprint: mostly(text),
  generatorURL: mostly(fc.webUrl()),
  title: mostly(text),
  key: mostly(text),
  url: mostly(fc.webUrl()),
  service: mostly(text),
  severity: mostly(text),
  description: mostly(text),
}
const alert = mostly(fc.record(fields, { requiredKeys: [] }))
const body = fc.oneof(
  anything,
  alert,
  fc.record({
    version: mostly(fc.constant('4')),
    alerts: mostly(fc.array(alert, { maxLength: 5 })),
    truncatedAlerts: mostly(fc.nat()),
  }),
)

function orRefusal(kind: string, value: unknown): Delivery | string {
  try {
    return deliver(kind, value)
  } catch (error) {
    if (error instanceof RejectedInput) return error.message
    throw error
  }
}

describe.each(Object.keys(sources))('%s', (kind) => {
  test('answers anything with alerts that can be stored, or with a refusal', () => {
    let accepted = 0
    fc.assert(
      fc.property(body, (value) => {
        const answer = orRefusal(kind, value)
        if (typeof answer === 'string') return
        accepted += answer.alerts.length
        for (const found of answer.alerts) {
          const stored = JSON.stringify([found.labels, found.annotations, found.fingerprint, found.generatorUrl])
          expect(stored).not.toContain('\\u0000')
          expect(
            JSON.parse(stored)
              .flat()
              .every((part: unknown) => typeof part !== 'string' || !/\p{Surrogate}/u.test(part)),
          ).toBe(true)
          expect(found.fingerprint.length).toBeGreaterThan(0)
          expect(found.fingerprint.length).toBeLessThanOrEqual(128)
          expect(Number.isFinite(found.startsAt.getTime())).toBe(true)
          expect(found.endsAt === null).toBe(found.status === 'firing')
          expect(Object.values(found.labels).every((label) => label.length <= 4096)).toBe(true)
          expect(Buffer.byteLength(grouping(['service', 'alertname', 'a'])(found))).toBeLessThan(2600)
        }
      }),
      { numRuns: 600 },
    )
    // Else the property would hold for a source that refuses everything.
    expect(accepted).toBeGreaterThan(100)
  })

  test('never repeats what it was sent', () => {
    fc.assert(
      fc.property(body, (value) => {
        const answer = orRefusal(kind, value)
        const said =
          typeof answer === 'string'
            ? answer
            : [...answer.rejected, ...(answer.warnings ?? [])].map((one) => one.reason).join()
        expect(said).not.toContain(marker)
      }),
      { numRuns: 400 },
    )
  })

  test('reads the same body twice the same way', () => {
    fc.assert(
      fc.property(body, (value) => {
        expect(orRefusal(kind, value)).toEqual(orRefusal(kind, value))
      }),
      { numRuns: 100 },
    )
  })
})

test('the registry knows each source by its own kind, and nothing by the names of Object', () => {
  for (const [kind, source] of Object.entries(sources)) {
    expect(source.kind).toBe(kind)
    expect(source.help).not.toBe('')
  }
  expect(sources.constructor).toBeUndefined()
  expect(Object.keys(sources)).toEqual(['alertmanager', 'grafana', 'generic'])
})

test('nothing that reorders or hides other text gets in', () => {
  const text = 'a\u202eb\u2066c\u0007d\u0085e'
  const { alerts } = deliver('generic', { title: text, labels: { [text]: text }, annotations: { x: text } })
  expect(alerts[0]).toMatchObject({
    labels: { alertname: 'abcde', abcde: 'abcde' },
    annotations: { summary: 'abcde', x: 'abcde' },
  })
})

test('what has a `toString` that is none costs no alert, where a number or a word belongs', () => {
  const odd = { toString: '' }
  const alerts = [{ status: 'firing', labels: { alertname: 'x' } }]
  for (const [kind, body] of [
    ['alertmanager', { version: '4', alerts, truncatedAlerts: odd }],
    ['grafana', { version: '1', alerts, truncatedAlerts: odd }],
    ['grafana', { ruleName: 'x', state: 'alerting', orgId: odd, evalMatches: [{ metric: odd, value: odd }] }],
  ] as const)
    expect(deliver(kind, body).alerts.map(({ labels }) => labels.alertname)).toEqual(['x'])
})

test('a time that only a far zone pushes beyond the year 9999 cannot be kept, and costs no alert', () => {
  const body = { alerts: [{ title: 'x', startsAt: '9999-12-31T23:59:59-23:59' }, { title: 'y' }] }
  const { alerts, warnings } = deliver('generic', body)
  expect(alerts.map(({ startsAt }) => startsAt)).toEqual([received, received])
  expect(warnings).toEqual([{ index: 0, reason: expect.stringContaining('alerts[0].startsAt must be a time') }])
})

test('the password in a link of a Prometheus behind basic auth is told to nobody', () => {
  const labels = { alertname: 'x' }
  const generatorURL = 'https://prometheus:hunter2@prometheus.example/graph?g0.expr=up%20%3D%3D%200&g0.tab=1'
  const { alerts } = deliver('alertmanager', { version: '4', alerts: [{ status: 'firing', labels, generatorURL }] })
  expect(alerts[0]?.generatorUrl).toBe('https://prometheus.example/graph?g0.expr=up%20%3D%3D%200&g0.tab=1')
})
