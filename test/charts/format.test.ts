import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTick, formatTime, formatValue, shortened, shortenedMiddle } from '../../src/charts/format.ts'

describe('a value is said as people say it', () => {
  test.each([
    [0.812, 'seconds', '812 ms'],
    [1.25, 'seconds', '1.25 s'],
    [0.9999, 'seconds', '1 s'],
    [0.000012, 'seconds', '12 µs'],
    [119, 'seconds', '119 s'],
    [5400, 'seconds', '90 min'],
    [90_000, 'seconds', '25 h'],
    [432_000, 'seconds', '5 d'],
    [812, 'milliseconds', '812 ms'],
    [1500, 'milliseconds', '1.5 s'],
    [3.2 * 2 ** 30, 'bytes', '3.2 GiB'],
    [512, 'bytes', '512 B'],
    [2 ** 20, 'bytes per second', '1 MiB/s'],
    [45, 'percent', '45 %'],
    [99.953, 'percent', '99.953 %'],
    [0.9995, 'ratio', '99.95 %'],
    [0.05, 'ratio', '5 %'],
    [1400, 'per second', '1.4 k/s'],
    [0.25, 'per second', '0.25/s'],
    [3_500_000, null, '3.5 M'],
    [42, 'requests', '42 requests'],
    [0, 'seconds', '0 s'],
    [0, 'bytes', '0 B'],
    [-7.5, '°C', '−7.5 °C'],
    [12, null, '12'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text)
  })

  test('whatever the number and the unit, something short is said', () => {
    const units = fc.constantFrom('seconds', 'milliseconds', 'bytes', 'percent', 'ratio', 'per second', 'bits', null)
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), units, (value, unit) => {
        const text = formatValue(value, unit)
        expect(text).not.toMatch(/NaN|undefined|Infinity/)
        expect(text.length).toBeLessThan(20)
      }),
    )
  })
})

test('ticks of very small values are told apart', () => {
  expect([0, 2e-9, 4e-9].map((value) => formatTick(value, 2e-9, 8e-9, null))).toEqual(['0', '2.0e−9', '4.0e−9'])
  expect([1, 1.00000002].map((value) => formatTick(value, 2e-8, 1.0000001, null))).toEqual(['1.00000000', '1.00000002'])
})

test('the ticks of one axis differ from each other and share one scale', () => {
  const ticks = [99.8, 99.85, 99.9, 99.95, 100].map((value) => formatTick(value, 0.05, 100, 'percent'))
  expect(ticks).toEqual(['99.80 %', '99.85 %', '99.90 %', '99.95 %', '100.00 %'])
  expect([0, 0.2, 0.4].map((value) => formatTick(value, 0.2, 0.84, 'seconds'))).toEqual(['0 ms', '200 ms', '400 ms'])
})

test('a time is told in its zone, with the day where the window is longer than one', () => {
  const at = Date.UTC(2026, 10, 12, 23, 5)
  expect(formatTime(at, 'Europe/Berlin')).toBe('00:05')
  expect(formatTime(at, 'Europe/Berlin', true)).toBe('13 Nov 00:05')
})

test('what is cut says so, and characters are never cut in half', () => {
  expect(shortened('payments', 5)).toBe('paym…')
  expect(shortened('🔥🔥🔥', 2)).toBe('🔥…')
  expect(shortenedMiddle('payments-7d9f8-x2x4q', 9)).toBe('paym…2x4q')
  expect(shortenedMiddle('short', 9)).toBe('short')
})
