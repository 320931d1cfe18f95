import { expect, test } from 'vitest'
import { PictureCache } from '../../src/charts/cache.ts'
import { merged } from '../../src/charts/periods.ts'

const at = (minute: number) => new Date(minute * 60_000)

test('stretches that touch or overlap are one, and none leaves the window', () => {
  const stretches = [
    { from: at(50), until: null },
    { from: at(-10), until: at(5) },
    { from: at(5), until: at(8) },
    { from: at(20), until: at(30) },
    { from: at(22), until: at(25) },
    { from: at(70), until: at(80) },
  ]
  expect(merged(stretches, at(0), at(60)).map((one) => one.map((edge) => edge / 60_000))).toEqual([
    [0, 8],
    [20, 30],
    [50, 60],
  ])
})

test('the cache holds so many bytes, and forgets what was asked for longest ago', () => {
  const cache = new PictureCache(100)
  cache.put('a', new Uint8Array(40))
  cache.put('b', new Uint8Array(40))
  expect(cache.get('a')).toHaveLength(40)
  cache.put('c', new Uint8Array(40))
  expect(cache.get('b')).toBeNull()
  expect(cache.get('a')).toHaveLength(40)
  cache.put('too large', new Uint8Array(101))
  expect(cache.get('too large')).toBeNull()
  expect(cache.bytes).toBe(80)
})
