// Lengths of time as people write them: one that is read wrongly is a clock that runs out at the wrong time.
import { expect, test } from 'vitest'
import { durationText, spansIn } from '../../src/runbooks/amounts.ts'

test.each([
  ['within 15 minutes', '15m'],
  ['30-45 min', '45m'],
  ['half an hour', '30m'],
  ['within a quarter of an hour', '15m'],
  ['three quarters of an hour', '45m'],
  ['an hour and a half', '1h30m'],
  ['one and a half hours', '1h30m'],
  ['2½ hours', '2h30m'],
  ['1h30m', '1h30m'],
  ['1h 30m', '1h30m'],
  ['1 hour 30 minutes', '1h30m'],
  ['1 hour and 30 minutes', '1h30m'],
  ['2 days and 4 hours', '2d4h'],
  ['1.5 h', '1h30m'],
])('%s is %s', (text, length) => {
  expect(spansIn(text).map((span) => durationText(span.length))).toEqual([length])
})

test('two times are two', () => {
  expect(spansIn('15 minutes and 1 hour').map(({ text }) => text)).toEqual(['15 minutes', '1 hour'])
  expect(spansIn('respond in 1 hour, 30 minutes for updates')).toHaveLength(2)
  expect(spansIn('1 hour and 90 minutes')).toHaveLength(2)
})

test('what only looks like a time is none', () => {
  for (const text of ['a message', '99.9 % over v1h2', '5m/s', '10.0.0.7:80', 'sha 1d4e', 'i am as tall']) {
    expect(spansIn(text), text).toEqual([])
  }
})

test('a time stands where it was found', () => {
  const text = 'If it lasts longer than 1 hour and 30 minutes, call'
  const [span] = spansIn(text)
  expect(text.slice(span?.index, (span?.index ?? 0) + (span?.text.length ?? 0))).toBe('1 hour and 30 minutes')
})
