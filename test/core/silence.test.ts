import { expect, test } from 'vitest'
import { matcherText, sharedMatchers } from '../../src/core/silence.ts'

const texts = (...all: Record<string, string>[]) => sharedMatchers(all)?.map(matcherText) ?? null

test('one alert is silenced by all of its labels, its name first', () => {
  expect(texts({ service: 'payments', alertname: 'Slow', instance: 'a' })).toEqual([
    'alertname="Slow"',
    'instance="a"',
    'service="payments"',
  ])
})

test('several are silenced by what they share', () => {
  expect(
    texts(
      { alertname: 'Slow', service: 'payments', instance: 'a' },
      { alertname: 'Slow', service: 'payments', instance: 'b' },
    ),
  ).toEqual(['alertname="Slow"', 'service="payments"'])
})

test('of several rules each is named, to the letter', () => {
  expect(texts({ alertname: 'Slow (p99)', service: 'a.b' }, { alertname: 'Errors', service: 'a.b' })).toEqual([
    'alertname=~"Errors|Slow \\\\(p99\\\\)"',
    'service="a.b"',
  ])
})

test('without the name of a rule, or without an alert, there is no silence', () => {
  expect(texts({ alertname: 'Slow' }, { service: 'payments' })).toBeNull()
  expect(texts({ alertname: '' })).toBeNull()
  expect(texts()).toBeNull()
})

test('labels that may not be as Alertmanager has them are no matchers', () => {
  const long = 'x'.repeat(4095)
  expect(texts({ alertname: 'Slow', left_out: '3 of 103 were too many to keep', empty: '', long: `${long}…` })).toEqual(
    ['alertname="Slow"'],
  )
})

test('a matcher reads as Alertmanager reads it', () => {
  const matcher = { name: 'path', value: 'a\\b "c"\nd', isRegex: false, isEqual: false }
  expect(matcherText(matcher)).toBe('path!="a\\\\b \\"c\\"\\nd"')
  expect(matcherText({ ...matcher, value: '.*', isRegex: true })).toBe('path!~".*"')
  expect(matcherText({ ...matcher, value: '.*', isRegex: true, isEqual: true })).toBe('path=~".*"')
  // Since 0.27 a name may be any text; what would end it is quoted, as Alertmanager itself does.
  const named = (name: string) => matcherText({ name, value: 'x', isRegex: false, isEqual: true })
  expect([named('größe.b'), named('team name'), named('a"b'), named('a=b')]).toEqual([
    'größe.b="x"',
    '"team name"="x"',
    '"a\\"b"="x"',
    '"a=b"="x"',
  ])
})
