import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { LogLine } from '../../src/evidence/logs/line.ts'
import { hole, patternOf } from '../../src/evidence/logs/patterns.ts'
import { type Lines, tellingGroups } from '../../src/evidence/logs/telling.ts'
import { workOf } from '../work.ts'

const pieces = fc.oneof(
  fc.constantFrom('order', 'failed', 'connect', 'to', 'in', "can't", "'a b'", '"x"', '(', ')', ':', '=', '/', '-', '_'),
  fc.nat().map(String),
  fc.uuid(),
  fc.ipV4(),
  fc.ipV6(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '0xdeadbeef',
    'deadbeef12',
    '12.5ms',
    '1,234',
    '-5',
    '3e9',
    'x7f',
    '5%',
    'a1b2c3d4e5f6',
    'ada@example.org',
  ),
  fc.string({ maxLength: 8 }),
)
const line = fc.array(pieces, { maxLength: 12 }).map((all) => all.join(' '))

test('the pattern of a pattern is itself', () => {
  fc.assert(
    fc.property(fc.oneof(line, fc.string({ maxLength: 200 })), (text) => {
      const pattern = patternOf(text)
      expect(patternOf(pattern)).toBe(pattern)
    }),
    { numRuns: 3_000 },
  )
})

test('lines that differ in their ids, numbers, addresses, instants and quotations only have one pattern', () => {
  const differing: fc.Arbitrary<string>[] = [
    fc.nat().map(String),
    fc.uuid(),
    fc.ipV4(),
    fc.tuple(fc.ipV4(), fc.nat(65535)).map(([ip, port]) => `${ip}:${port}`),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
    fc.nat().map((n) => `0x${n.toString(16)}`),
    fc
      .string({ maxLength: 20 })
      .filter((s) => !/["\n]/.test(s))
      .map((s) => `"${s}"`),
    fc.tuple(fc.nat(), fc.constantFrom('ms', 's', 'm', 'MiB', '%')).map(([n, unit]) => `${n}${unit}`),
  ]
  const one = fc.constantFrom(...differing.keys()).chain((kind) => fc.tuple(differing[kind]!, differing[kind]!))
  fc.assert(
    fc.property(one, one, ([a, b], [c, d]) => {
      const text = (x: string, y: string) => `order ${x} could not be sent to ${y} in time`
      expect(patternOf(text(a, c))).toBe(patternOf(text(b, d)))
    }),
    { numRuns: 1_000 },
  )
})

it.each([
  ['GET /api/orders/4711/items 503 in 12.5ms', `GET /api/orders/${hole}/items ${hole} in ${hole}`],
  ['pod payments-7d9f8b6c5d-x2x9z OOMKilled', `pod payments${hole} OOMKilled`],
  ['dial tcp [fe80::1]:443: i/o timeout', `dial tcp [${hole}]:${hole}: i/o timeout`],
  ["relation 'orders' does not exist, can't go on", `relation ${hole} does not exist, can't go on`],
  ['2026-03-02 09:00:01,123 - worker-12 - ERROR - task 9 lost', `${hole} - worker${hole} - ERROR - task ${hole} lost`],
  ['java.net.SocketTimeoutException: Read timed out', 'java.net.SocketTimeoutException: Read timed out'],
])('%s', (text, pattern) => {
  expect(patternOf(text)).toBe(pattern)
})

test('takes no time over what was made to take it', () => {
  for (const text of [
    '1-'.repeat(9_000),
    'a1'.repeat(9_000),
    ':'.repeat(9_000),
    '"'.repeat(9_999),
    "'a".repeat(9_000),
    '1.'.repeat(9_000),
  ]) {
    expect(
      workOf(() => patternOf(text)),
      text.slice(0, 20),
    ).toBeLessThan(200)
  }
})

describe('what tells most', () => {
  const from = new Date('2026-03-02T08:55:00Z')
  const of = (all: [text: string, times: number, level?: LogLine['level']][], minutes: number): Lines => ({
    lines: all.flatMap(([text, times, level = 'error']) =>
      Array.from({ length: times }, (_, i) => ({ at: new Date(from.getTime() + i * 1000), level, text, context: [] })),
    ),
    from,
    until: new Date(from.getTime() + minutes * 60_000),
    capped: false,
  })
  const order = (now: Lines, before: Lines) => tellingGroups(now, before).map(({ pattern }) => pattern)

  it('is new, then what became frequent, then what is frequent', () => {
    const now = of(
      [
        ['always wrong', 100],
        ['new', 2],
        ['more than usual', 30],
      ],
      10,
    )
    const before = of(
      [
        ['always wrong', 600],
        ['more than usual', 6],
      ],
      60,
    )
    expect(order(now, before)).toEqual(['new', 'more than usual', 'always wrong'])
    expect(tellingGroups(now, before).map(({ growth }) => growth)).toEqual([null, 30, 1])
  })

  it('is an error rather than a warning, and never what is well', () => {
    const now = of(
      [
        ['all is well', 500, 'info'],
        ['getting slow', 50, 'warn'],
        ['broken', 3],
      ],
      10,
    )
    expect(order(now, of([], 60))).toEqual(['broken', 'getting slow', 'all is well'])
  })

  it('is what sounds like trouble where lines do not say their level', () => {
    const now = of(
      [
        ['listening on port 80', 9, null],
        ['upstream timed out', 1, null],
      ],
      10,
    )
    expect(order(now, of([], 60))[0]).toBe('upstream timed out')
  })

  it('has the first and the last time, the count and the latest line of each', () => {
    const now = of([['order 1 failed', 3]], 10)
    now.lines.push({ at: new Date(from.getTime() + 60_000), level: 'error', text: 'order 77 failed', context: [] })
    expect(tellingGroups(now, of([], 60))).toMatchObject([
      { count: 4, first: from, last: new Date(from.getTime() + 60_000), example: { text: 'order 77 failed' } },
    ])
  })

  it('of a traceback is its last line, whatever the code above it', () => {
    const traceback = (file: string, what: string) =>
      `Traceback (most recent call last):\n  File "${file}", line 3\n${what}`
    const now = of(
      [
        [traceback('a.py', 'ValueError: 1'), 2],
        [traceback('b.py', 'ValueError: 2'), 2],
        [traceback('a.py', 'KeyError: 3'), 1],
      ],
      10,
    )
    expect(tellingGroups(now, of([], 60)).map(({ count }) => count)).toEqual([4, 1])
  })

  it('puts every line into one group', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (texts) => {
        const groups = tellingGroups(
          of(
            texts.map((text) => [text, 1]),
            10,
          ),
          of([], 60),
        )
        expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(texts.length)
        expect(new Set(groups.map(({ pattern }) => pattern)).size).toBe(groups.length)
      }),
    )
  })
})
