// tocsin timeline verify as its users see it: whole, damaged, and against a head that was kept.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Settlement, sealTimeline } from '../../src/flow/seal.ts'
import { type World, world } from '../scenarios/world.ts'
import { cli } from './cli.ts'

let w: World
beforeEach(async () => {
  w = await world()
  await w.fire()
  await w.settle()
  await sealTimeline(w.bot, new Settlement())
})
afterEach(() => w.stop())

const verify = (...words: string[]) => {
  const { connectionString = '' } = w.bot.db.pool.options
  return cli(['timeline', 'verify', ...words], { DATABASE_URL: connectionString })
}

test('a timeline that is whole says so, with its head; the head is still there later', async () => {
  const whole = await verify()
  expect(whole).toMatchObject({ code: 0, err: '' })
  expect(whole.out).toMatch(
    /^\d+ entries sealed of 1 incident, in 1 seal; 0 not sealed yet\.\nNothing was changed, removed or inserted since\.\nHead: [0-9a-f]{64}\n$/,
  )
  const head = (await verify('--head')).out.trim()
  expect(head).toMatch(/^[0-9a-f]{64}$/)
  await w.fire({ title: 'Cart is slow', key: 'cart' })
  await w.settle()
  await sealTimeline(w.bot, new Settlement())
  expect((await verify('--head')).out.trim()).not.toBe(head)
  expect(await verify('--against', head)).toMatchObject({
    code: 0,
    out: expect.stringContaining('is in the chain: seal 1'),
  })
  const own = (await verify('1', '--head')).out.trim()
  expect((await verify('--against', own)).out).toMatch(/is in the chain: entry \d+ of incident 1/)
  const other = await verify('--against', 'f'.repeat(64))
  expect(other).toMatchObject({ code: 1, out: expect.stringContaining('NOT in the chain') })
})

test('a timeline that was changed names the incident and the entry, and exits with 1', async () => {
  await w.bot.db.query(`update timeline set text = 'All was well' where id = 1`)
  const said = await verify()
  expect(said.code).toBe(1)
  expect(said.out).toContain('changed   incident 1, entry 1: it is not what it was when it was sealed')
  const { out, code } = await verify('inc-1', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ ok: false, damages: [{ what: 'changed', incident: 1, entry: 1 }] })
  expect((await verify('--head')).out).toContain('Damaged in 1 place')
})

test('what cannot be meant is refused with what to write instead', async () => {
  expect((await verify('yesterday')).err).toContain('Write its number')
  expect((await verify('99')).err).toContain('There is no incident 99')
  expect((await verify('--against', 'abc')).err).toContain('64')
  await w.bot.db.query('drop table timeline_links')
  expect((await verify()).err).toContain('tocsin migrate')
})
