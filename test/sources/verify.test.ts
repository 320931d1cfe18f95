// Who may send alerts.
import { expect, test } from 'vitest'
import { hasToken } from '../../src/sources/verify.ts'

test.each([
  ['Bearer secret', true],
  ['bearer  secret ', true],
  ['Bearer Secret', false],
  ['Bearer secret2', false],
  ['Bearer s', false],
  ['Bearer ', false],
  ['Bearer', false],
  ['Basic secret', false],
  ['secret', false],
  ['Bearer secret other', false],
  ['', false],
  [undefined, false],
])('%j for the token “secret”: %s', (header, may) => {
  expect(hasToken(header, 'secret')).toBe(may)
})

test('an empty token lets nobody in', () => {
  expect(hasToken('Bearer ', '')).toBe(false)
  expect(hasToken(undefined, '')).toBe(false)
})
