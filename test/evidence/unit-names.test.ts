import { expect, test } from 'vitest'
import { unitNamed } from '../../src/evidence/unit-names.ts'

test.each([
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['µs', 'microseconds'],
  ['%', 'percent'],
  ['percentunit', 'ratio'],
  ['B', 'bytes'],
  ['bytes', 'bytes'],
  ['Bps', 'bytes per second'],
  ['bps', 'bits per second'],
  ['reqps', 'per second'],
  ['req/s', 'per second'],
  ['celsius', '°C'],
  ['short', null],
  [' ', null],
  ['messages', 'messages'],
  ['constructor', 'constructor'],
])('%j is %j', (written, unit) => {
  expect(unitNamed(written)).toBe(unit)
})
