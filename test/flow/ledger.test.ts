// After what failure a message certainly was not sent, so that nobody has to look for it: wrong once, and somebody is called twice.
import { expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { isUnsent } from '../../src/flow/ledger.ts'

const refused = new PermanentError('account_inactive')
const later = new TransientError('rate limited', { retryAfter: 1_000 })
const lookedFor = new TransientError('rate limited', { retryAfter: 1_000, isAbsent: true })
const broken = new TransientError('the connection broke')
const picture = { name: 'chart.png', alt: 'a chart', png: new Uint8Array() }

it.each([
  ['a refusal', refused, true],
  ['being asked to come back later', later, true],
  ['a broken connection', broken, false],
  ['a failure nobody foresaw', new Error('a bug'), false],
])('at the first attempt: %s', (_what, error, unsent) => {
  expect(isUnsent(error, {}, false)).toBe(unsent)
})

it.each([
  ['a refusal', refused, false],
  ['being asked to come back later', later, false],
  ['being asked that after it was looked for and found nowhere', lookedFor, true],
  ['a broken connection', broken, false],
])('where an earlier attempt may have gone out: %s', (_what, error, unsent) => {
  expect(isUnsent(error, {}, true)).toBe(unsent)
})

it('where it is the picture that may have been refused, the message above it may stand there', () => {
  expect([refused, later].map((error) => isUnsent(error, { picture }, false))).toEqual([false, false])
})
