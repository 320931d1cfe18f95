// JSON that PostgreSQL takes, whatever the texts in it were cut from.
import { expect, onTestFinished, test } from 'vitest'
import { readJson, writeJson } from '../src/json.ts'
import { freshDatabase } from './database.ts'

test('leaves out NUL and halves of characters, in names too, and nothing else', () => {
  const value = { 'a\0': ['\u{1F525}'.slice(0, 1), 'x\udc00y', { '\ud83d': '\0' }], ok: '\u{1F525}', n: 1, none: null }
  expect(readJson(writeJson(value))).toEqual({ a: ['', 'xy', { '': '' }], ok: '\u{1F525}', n: 1, none: null })
  const plain = { path: 'C:\\udo\\u0000', list: ['\n', true], ['__proto__']: { x: '\ud800' } }
  expect(writeJson(plain)).toBe(JSON.stringify({ ...plain, ['__proto__']: { x: '' } }))
})

test('is taken by PostgreSQL', async () => {
  const { db, drop } = await freshDatabase()
  onTestFinished(drop)
  const text = writeJson({ a: 'cut \ud83d', b: '\0' })
  const { rows } = await db.query<{ a: string; b: string }>("select $1::jsonb->>'a' as a, $1::jsonb->>'b' as b", [text])
  expect(rows).toEqual([{ a: 'cut ', b: '' }])
})
