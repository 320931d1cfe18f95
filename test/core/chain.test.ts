// The form of what is hashed: the same for the same content, however it is written down, and another for any other.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, linkHash, nothingBefore } from '../../src/core/chain.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, shuffled(one)]),
  )
}

test('the order of keys makes no difference, everything else does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const [a, b] = [JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other))]
      expect(canonical(shuffled(a))).toBe(canonical(a))
      expect(JSON.parse(canonical(a))).toEqual(a)
      if (canonical(a) === canonical(b)) expect(a).toEqual(b)
    }),
  )
})

test('what is sealed today has this hash for ever', () => {
  const entry = {
    ...{
      id: 7,
      incident: 12,
      at: '2026-03-02T09:00:00.000001Z',
      kind: 'note_added',
      by: 'ada',
      text: 'Ada: “rolled” back\n',
    },
    fact: { note: '“rolled” back\n', kind: 'note_added', deep: [1.5, null, { b: true, a: 'é' }] },
  }
  expect(linkHash(sha256, nothingBefore, entry)).toBe(
    '2ad620f870cec4b9058d442c0da3346042781a612e6916be8c759bae2dd9832a',
  )
})
