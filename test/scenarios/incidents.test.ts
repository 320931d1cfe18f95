// An incident from its first alert to its end: opened, joined, raised, resolved, reopened.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { minute, type World, world } from './world.ts'

describe('an incident', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
  })
  afterEach(() => w.stop())

  const numbers = async () =>
    (await w.bot.db.query<{ number: number }>('select number from incidents order by 1')).rows.map((r) => r.number)

  it('opens a room with one card, an announcement and the page in the room', async () => {
    await w.fire()
    await w.pass(0)
    const room = (await w.view()).rooms[0]
    expect(room).toMatchObject({ platform: 'slack', channel: 'inc-1-checkout' })
    expect(w.chat.in('#incidents')).toHaveLength(1)
    expect(w.chat.in('inc-1-checkout')[0]?.message.buttons).toHaveLength(3)
    expect(w.chat.sent.find((one) => Array.isArray(one.message.mentions))?.message.mentions).toEqual(['ada'])
    expect(w.chat.invited).toEqual(['U-ADA → inc-1-checkout'])
  })

  it('is not changed by a repeated delivery', async () => {
    await w.fire()
    await w.pass(0)
    const before = await w.view()
    const sent = w.chat.sent.length
    await w.fire()
    await w.fire()
    await w.pass(0)
    expect(await w.view()).toEqual(before)
    expect(w.chat.sent).toHaveLength(sent)
  })

  it('takes in further alerts of its key without another page', async () => {
    await w.fire({ labels: { alertname: 'Down', instance: 'a' } })
    await w.fire({ labels: { alertname: 'Down', instance: 'b' } })
    await w.fire({ labels: { alertname: 'Slow', instance: 'a' } })
    await w.pass(0)
    expect(await numbers()).toEqual([1, 2])
    expect((await w.view(1)).alerts).toHaveLength(2)
    expect((await w.view(1)).pages).toHaveLength(1)
  })

  it('becomes a P1 when a critical alert joins, and needs a new answer', async () => {
    await w.fire({ severity: 'warning', labels: { alertname: 'Down', instance: 'a' } })
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident ack 1')
    await w.fire({ severity: 'critical', labels: { alertname: 'Down', instance: 'b' } })
    await w.pass(0)
    expect((await w.view()).incident).toMatchObject({ severity: 'P1', status: 'open' })
    expect(w.chat.in('@U-ADA')).toHaveLength(2)
  })

  it('keeps the severity that a person gave it when an alert that was there before comes back', async () => {
    const down = (instance: string) => ({ labels: { alertname: 'Down', instance } })
    await w.fire(down('a'))
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident sev 1 P3 nobody is affected')
    await w.clear(down('a'))
    await w.pass(minute)
    await w.fire(down('a'))
    await w.pass(0)
    expect((await w.view()).incident).toMatchObject({ status: 'open', severity: 'P3' })
    await w.fire(down('b'))
    expect((await w.view()).incident.severity).toBe('P1')
  })

  it('resolves itself when all alerts stayed clear for the quiet period', async () => {
    await w.fire({ labels: { alertname: 'Down', instance: 'a' } })
    await w.fire({ labels: { alertname: 'Down', instance: 'b' } })
    await w.pass(minute)
    await w.clear({ labels: { alertname: 'Down', instance: 'a' } })
    await w.pass(10 * minute)
    expect((await w.view()).incident.status).toBe('open')
    await w.clear({ labels: { alertname: 'Down', instance: 'b' } })
    await w.pass(5 * minute - 1)
    expect((await w.view()).incident.status).toBe('open')
    await w.pass(1)
    expect((await w.view()).incident).toMatchObject({ status: 'resolved', resolvedBy: null })
    expect((await w.view()).postmortem).not.toBeNull()
  })

  it('does not end while an alert fires, whatever was counted', async () => {
    await w.fire()
    await w.pass(0)
    const soon = new Date(w.clock.now().getTime() + minute)
    await w.bot.db.query('update incidents set quiet_until = $1, due_at = $1', [soon])
    await w.pass(2 * minute)
    expect((await w.view()).incident).toMatchObject({ status: 'open', quietUntil: null })
    await w.pass(4 * minute)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
  })

  it('stays open when an alert comes back in the quiet period', async () => {
    await w.fire()
    await w.clear()
    await w.pass(3 * minute)
    await w.fire()
    await w.pass(30 * minute)
    expect((await w.view()).incident.status).toBe('open')
    expect(await numbers()).toEqual([1])
  })

  it('is reopened within 15 minutes and pages anew; after that another one opens', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.pass(14 * minute)
    await w.fire()
    await w.pass(0)
    expect((await w.view()).incident.status).toBe('open')
    expect(w.chat.in('@U-ADA')).toHaveLength(2)
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.pass(16 * minute)
    await w.fire()
    await w.pass(0)
    expect(await numbers()).toEqual([1, 2])
  })

  it('is taken back after a wrong press by whoever had it, who is not called for it, and asked again when their time ends', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident ack 1')
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.pass(0)
    const told = w.chat.in('inc-1-checkout').find(({ message }) => message.title.startsWith('Resolved after'))
    expect(told?.message.text).toContain('`/incident reopen 1` does so at once')
    await w.pass(minute)
    expect(await w.chat.press('U-ADA', 'inc-1-checkout', 'Reopen')).toBeNull()
    await w.pass(0)
    expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' })
    expect(w.chat.titles('inc-1-checkout')).toContain('Ada Lovelace reopened this')
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    await w.pass(31 * minute)
    expect((await w.view()).incident.status).toBe('open')
    expect(w.chat.in('@U-ADA').length).toBeGreaterThan(1)
  })

  it('is taken back by somebody else, and its policy starts over', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident ack 1')
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.pass(24 * 60 * minute)
    await w.chat.say('U-GRACE', 'incident reopen 1')
    await w.pass(0)
    expect((await w.view()).incident.status).toBe('open')
    expect(w.chat.in('@U-ADA')).toHaveLength(2)
    const reply = await w.chat.say('U-GRACE', 'incident reopen 1')
    expect(reply?.message.title).toBe('#1 is not resolved')
    expect(w.chat.in('@U-ADA')).toHaveLength(2)
  })

  it('stays over when its alerts belong to another that is not, and says which', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.pass(16 * minute)
    await w.fire()
    await w.pass(0)
    const reply = await w.chat.say('U-ADA', 'incident reopen 1')
    expect(JSON.stringify(reply)).toContain('its alerts belong to incident 2 now')
    expect((await w.view(1)).incident.status).toBe('resolved')
  })

  it('stays over when an alert opens another in the very moment in which it is reopened', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident resolve 1')
    const { db } = w.bot
    const waits = `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`
    const reply = await db.tx(async (q) => {
      await q.query(`insert into incidents select (jsonb_populate_record(i, '{"number": 2, "status": "open", "resolved_at": null}')).*
                       from incidents i where number = 1`)
      const said = w.chat.say('U-ADA', 'incident reopen 1')
      await vi.waitUntil(async () => (await db.query<{ waits: boolean }>(waits)).rows[0]?.waits, { timeout: 60_000 })
      return { said }
    })
    expect(JSON.stringify(await reply.said)).toContain('its alerts belong to incident 2 now')
  })

  it('is opened by hand, told, led, noted and resolved from its room without its number', async () => {
    await w.chat.say('U-GRACE', 'incident new P1 cannot log in --service login')
    await w.pass(0)
    const room = 'inc-1-login'
    for (const text of [
      'incident ack',
      'incident lead @linus',
      'incident note rolled back',
      'incident sev P2 smaller than thought',
      'incident resolve',
    ]) {
      const reply = await w.chat.say('U-GRACE', text, room)
      expect(reply, text).toBeNull()
    }
    await w.pass(0)
    const { incident, timeline } = await w.view()
    expect(incident).toMatchObject({
      status: 'resolved',
      resolvedBy: 'grace',
      lead: 'linus',
      severity: 'P2',
      service: 'login',
    })
    expect(timeline.map((e) => e.text)).toContain('Grace Hopper: rolled back')
  })

  it('tells its room when it becomes a severity that has none', async () => {
    await w.fire()
    await w.pass(minute)
    await w.chat.say('U-ADA', 'incident sev 1 P4 only a test')
    await w.pass(minute)
    const [card] = w.chat.in('inc-1-checkout')
    expect(card?.message.title).toContain('P4')
  })

  it('has the incidents channel stand in when no room may be opened', async () => {
    w.chat.refuseRooms = new PermanentError('missing_scope: channels:manage')
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('#incidents').length).toBeGreaterThan(1)
    // It has the card: an announcement besides would say the same twice.
    expect(w.chat.in('#incidents').filter(({ key }) => /\/(card|announcement)$/.test(key))).toHaveLength(1)
    expect((await w.view()).timeline.some((e) => e.text.includes('missing_scope'))).toBe(true)
    expect(w.chat.topics.size).toBe(0)
    // It is nobody's room: what is said there without a number must not hit whichever incident it stood in for last.
    const reply = await w.chat.say('U-ADA', 'incident resolve', '#incidents')
    expect(reply?.message.title).toContain('Which incident?')
    expect((await w.view()).incident.status).toBe('open')
  })

  it('answers a command it does not understand in private, with what to say instead', async () => {
    const reply = await w.chat.say('U-ADA', 'incident ack')
    expect(reply).toMatchObject({ visibility: 'private' })
    expect(reply?.message.title).toContain('/incident ack 12')
    expect((await w.chat.say('U-ADA', 'incident sev 1 P9'))?.message.title).toContain('P1, P2, P3, P4')
    expect((await w.chat.say('U-ADA', 'incident ack 77'))?.message.title).toContain('no incident 77')
  })
})
