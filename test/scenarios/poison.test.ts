// One incident, page or schedule that cannot be decided or written: it keeps none of the others waiting.
import { describe, expect, it, onTestFinished } from 'vitest'
import { decideHandovers } from '../../src/flow/handover.ts'
import { seenPagers } from '../../src/store/handovers.ts'
import { RecordingChat } from './recording-chat.ts'
import { minute, team, type World, world } from './world.ts'

const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

it('decides the other incidents when one of them cannot be decided', async () => {
  const w = await world()
  await w.fire({ service: 'broken' })
  await w.fire({ service: 'checkout' })
  // A zone that the next version of the time zone database no longer knows.
  await w.bot.db.query(`update incidents set terms = jsonb_set(jsonb_set(terms, '{hours,zone}', '"Mars/Olympus"'),
    '{severities,P1,paging}', '"business hours"') where service = 'broken'`)
  await w.pass(0)
  expect((await w.view(2)).pages).toMatchObject([{ person: 'ada', status: 'sent' }])
  await w.stop()
})

it('decides at once what fell due while the disk of the database was full', async () => {
  const w = await world()
  onTestFinished(() => w.stop())
  await w.fire()
  await w.pass(0)
  await w.bot.db.query(`create function full_disk() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`)
  await w.bot.db.query('create trigger full_disk before insert on pages execute function full_disk()')
  w.clock.advance(5 * minute)
  await expect(w.decide()).rejects.toThrow('No space left')
  await w.bot.db.query('drop trigger full_disk on pages')
  await w.decide()
  expect((await w.view()).pages.map(({ person }) => person)).toEqual(['ada', 'linus'])
})

it('decides at once what fell due while connections to the database broke', async () => {
  const w = await world()
  onTestFinished(() => w.stop())
  await w.fire()
  await w.pass(0)
  const { db } = w.bot
  const { tx, line } = db
  Object.assign(db, { line: { ...line, tx: () => Promise.reject(reset) }, tx: () => Promise.reject(reset) })
  w.clock.advance(5 * minute)
  await expect(w.decide()).rejects.toThrow('ECONNRESET')
  Object.assign(db, { tx: () => Promise.reject(new Error('Connection terminated unexpectedly')) })
  await expect(w.decide()).rejects.toThrow('terminated')
  Object.assign(db, { tx, line })
  await w.decide()
  expect((await w.view()).pages.map(({ person }) => person)).toEqual(['ada', 'linus'])
})

it('decides the other incidents when somebody is in the way of one of them', async () => {
  const w = await world()
  onTestFinished(() => w.stop())
  await w.fire({ service: 'payments' })
  await w.fire({ service: 'checkout' })
  await w.pass(0)
  await w.bot.db.query(`create function in_the_way() returns trigger language plpgsql as
    $$ begin if new.incident = 1 then raise exception 'deadlock detected' using errcode = 'deadlock_detected'; end if; return new; end $$`)
  await w.bot.db.query('create trigger in_the_way before insert on pages for each row execute function in_the_way()')
  w.clock.advance(5 * minute)
  await expect(w.decide()).rejects.toThrow('deadlock detected')
  expect((await w.view(2)).pages.map(({ person }) => person)).toContain('linus')
  await w.bot.db.query('drop trigger in_the_way on pages')
  await w.decide()
  expect((await w.view(1)).pages.map(({ person }) => person)).toContain('linus')
})

describe('a page that hangs or is stranded, of an incident that cannot be written,', () => {
  async function hanging(): Promise<World> {
    const w = await world({ start: '2036-03-03T09:00:00Z' })
    onTestFinished(() => w.stop())
    w.bot.platforms.push(Object.assign(new RecordingChat(), { name: 'discord' }))
    Object.assign(w.bot.config.people.ada?.accounts ?? {}, { discord: '1' })
    await w.fire({ service: 'broken' })
    w.clock.advance(1_000)
    await w.fire({ service: 'checkout' })
    await w.decide()
    await w.bot.db.query(`update incidents set terms = terms #- '{severities,P1}' where service = 'broken'`)
    w.clock.advance(2 * minute)
    return w
  }

  it('does not keep the next one from its next way', async () => {
    const w = await hanging()
    await w.decide()
    const ways = (await w.view(2)).pages.map(({ channel }) => channel).sort()
    expect(ways).toEqual(['discord', 'slack'])
  })

  it('takes its next way at once after a connection that broke just then', async () => {
    const w = await hanging()
    const { tx } = w.bot.db
    Object.assign(w.bot.db, { tx: () => Promise.reject(reset) })
    await expect(w.decide()).rejects.toThrow('ECONNRESET')
    Object.assign(w.bot.db, { tx })
    await w.decide()
    expect((await w.view(2)).pages.map(({ channel }) => channel).sort()).toEqual(['discord', 'slack'])
  })

  it('does not keep the next one from being taken up', async () => {
    const w = await hanging()
    await w.bot.db.query("update pages set channel = 'gone', key = replace(key, '/slack', '/gone')")
    expect(await w.audit()).toBe(2)
    expect((await w.view(2)).pages.map(({ channel, status }) => `${channel} ${status}`).sort()).toEqual([
      'gone failed',
      'slack due',
    ])
  })
})

it('a schedule whose change of hands cannot be written keeps no other waiting', async () => {
  const w = await world({ yaml: team.replace('people: [linus], every', 'people: [linus, ada], every') })
  onTestFinished(() => w.stop())
  await decideHandovers(w.bot)
  await w.bot.db.query(`alter table handovers add constraint broken check (schedule <> 'primary')`)
  w.clock.advance(7 * 24 * 60 * minute)
  await decideHandovers(w.bot)
  expect((await seenPagers(w.bot.db)).map(({ schedule, people }) => [schedule, people])).toEqual(
    expect.arrayContaining([
      ['primary', ['ada']],
      ['secondary', ['ada']],
    ]),
  )
})
