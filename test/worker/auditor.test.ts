// What the auditor finds when something was forgotten against all precautions, and when it lets the world outside know.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { audit, startAuditor } from '../../src/worker/auditor.ts'
import { minute, type World, world } from '../scenarios/world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const well = { overdue: 0, misset: 0, unsent: 0, untold: 0, exhausted: 0 }

describe('an audit', () => {
  it('finds nothing wrong with an incident that is opened, answered, over, and written up', async () => {
    await w.fire()
    await w.pass(0)
    expect(await audit(w.bot)).toEqual(well)
    await w.pass(12 * minute)
    expect(await audit(w.bot)).toEqual(well)
    await w.chat.say('U-ADA', 'incident ack 1')
    expect(await audit(w.bot)).toEqual(well)
    await w.clear()
    await w.pass(10 * minute)
    expect(await audit(w.bot)).toEqual(well)
    expect((await w.view()).incident.status).toBe('resolved')
  })

  it('takes a decision that is overdue, and finds it once', async () => {
    await w.fire()
    await w.pass(0)
    w.clock.advance(6 * minute + 1)
    expect(await audit(w.bot)).toEqual({ ...well, overdue: 1 })
    await w.settle()
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
    expect(await audit(w.bot)).toEqual(well)
  })

  it('leaves alone what has been due for less than a minute: the due loop is about to take it', async () => {
    await w.fire()
    await w.pass(0)
    w.clock.advance(5 * minute + 59_000)
    expect(await audit(w.bot)).toEqual(well)
    expect(w.chat.in('@U-LINUS')).toHaveLength(0)
  })

  it('puts an open incident right that waits for nothing, and the next person is paged', async () => {
    await w.fire()
    await w.pass(0)
    await w.bot.db.query('update incidents set due_at = null')
    await w.pass(20 * minute)
    expect(w.chat.in('@U-LINUS')).toHaveLength(0)
    expect(await audit(w.bot)).toMatchObject({ misset: 1 })
    await w.settle()
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
    expect(await audit(w.bot)).toEqual(well)
  })

  it('puts one right that somebody has, and they are asked whether that is still so', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident ack 1')
    await w.bot.db.query('update incidents set due_at = null')
    w.clock.advance(26 * minute)
    expect(await audit(w.bot)).toMatchObject({ misset: 1 })
    await w.pass(0)
    expect(w.chat.in('@U-ADA').at(-1)?.message.title).toContain('Still on it?')
  })

  it('leaves an incident to whoever holds it at the moment', async () => {
    await w.fire()
    await w.pass(0)
    await w.bot.db.query('update incidents set due_at = null')
    await w.bot.db.tx(async (q) => {
      await q.query('select from incidents for no key update')
      expect(await audit(w.bot)).toEqual(well)
    })
    expect(await audit(w.bot)).toMatchObject({ misset: 1 })
  })

  it('tells of an incident that cannot be decided each time it looks', async () => {
    await w.fire()
    await w.pass(0)
    await w.bot.db.query(
      `update incidents set terms = jsonb_set(terms, '{severities,P1,policy}', 'null'), due_at = due_at where number = 1`,
    )
    w.clock.advance(7 * minute)
    for (let i = 0; i < 3; i++) {
      const { overdue, misset } = await audit(w.bot)
      expect(overdue + misset).toBeGreaterThan(0)
      w.clock.advance(minute)
    }
  })

  it('counts a page that is not out for a minute, until it is', async () => {
    await w.fire()
    await w.decide()
    w.clock.advance(2 * minute)
    expect(await audit(w.bot)).toMatchObject({ unsent: 1 })
    await w.settle()
    expect(await audit(w.bot)).toMatchObject({ unsent: 0 })
  })

  it('gives work that was begun too often another try', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.bot.db.query(
      `update graphile_worker._private_jobs set attempts = max_attempts where key = 'tocsin:draft_postmortem:1'`,
    )
    expect(await audit(w.bot)).toMatchObject({ exhausted: 1 })
    await w.pass(minute)
    expect((await w.view()).timeline.map((e) => e.fact.kind)).toContain('postmortem_drafted')
    expect(await audit(w.bot)).toEqual(well)
  })
})

describe('the heartbeat', () => {
  /** An address outside, and how often it was asked. */
  async function outside(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.end('ok')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/a1b2?from=tocsin`, asked }
  }

  /** One turn of the auditor. */
  async function turn(others = {}): Promise<ReturnType<typeof startAuditor>> {
    const auditor = startAuditor(w.bot, others)
    await auditor.stop()
    return auditor
  }

  /** An auditor that watches as a step falls due that nobody takes. */
  async function findsOneOverdue(): Promise<ReturnType<typeof startAuditor>> {
    w.clock.advance(5 * minute)
    const auditor = startAuditor(w.bot)
    await expect.poll(() => auditor.check().detail).not.toBe('not audited yet')
    w.clock.advance(minute + 1)
    auditor.wake()
    await expect.poll(() => auditor.check().ok).toBe(false)
    await auditor.stop()
    return auditor
  }

  it('is felt outside while all is well, at the address as it is written', async () => {
    const { url, asked } = await outside()
    w.bot.config.heartbeat = { url, every: minute, proxy: null }
    expect((await turn()).check()).toEqual({ ok: true })
    expect(asked).toEqual(['GET /ping/a1b2?from=tocsin'])
  })

  it('stops while a decision is overdue or a chat platform is away, and /health says which', async () => {
    const { url, asked } = await outside()
    w.bot.config.heartbeat = { url, every: minute, proxy: null }
    await turn({ slack: () => ({ ok: false, detail: 'not connected' }) })
    expect(asked).toEqual([])
    await w.fire()
    await w.pass(0)
    const detail = '1 decision was overdue for more than a minute'
    const auditor = await findsOneOverdue()
    expect(auditor.check()).toEqual({ ok: false, detail })
    // The one of the look before.
    expect(asked).toHaveLength(1)
    await w.settle()
    await turn()
    expect(asked).toHaveLength(2)
  })

  it('goes on when the bot was down while something fell due: that is late, and nobody has forgotten it', async () => {
    const { url, asked } = await outside()
    w.bot.config.heartbeat = { url, every: minute, proxy: null }
    await w.fire()
    await w.decide()
    w.clock.advance(7 * minute)
    expect((await turn()).check()).toEqual({ ok: true })
    expect(asked).toHaveLength(1)
  })

  it('that is not heard does not keep the audit from its work', async () => {
    w.bot.config.heartbeat = { url: 'http://127.0.0.1:9/', every: minute, proxy: null }
    await w.fire()
    await w.pass(0)
    await findsOneOverdue()
    await w.settle()
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
  })

  it('is missed in /health when nothing is audited any more', async () => {
    const auditor = await turn()
    w.clock.advance(2 * minute)
    expect(auditor.check()).toEqual({ ok: false, detail: 'nothing was audited for 120 s' })
  })
})
