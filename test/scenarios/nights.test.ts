// Random nights: alerts, people, time and crashes in any order, on the real database, beside a small model of what an
// incident is. Whatever happens, the model and the bot agree, and what must never happen does not. TOCSIN_NIGHTS says how many.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TransientError } from '../../src/errors.ts'
import { decideDue } from '../../src/flow/escalate.ts'
import { Intake } from '../../src/flow/intake.ts'
import { pagersOf } from '../../src/pagers/index.ts'
import { sources } from '../../src/sources/index.ts'
import { giveBackDeliveries } from '../../src/store/deliveries.ts'
import { giveBackPages } from '../../src/store/pages.ts'
import { audit } from '../../src/worker/auditor.ts'
import { pageQueue } from '../../src/worker/pages.ts'
import { Holder } from '../../src/worker/presence.ts'
import { roomQueue } from '../../src/worker/rooms.ts'
import { Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { minute, type World, world } from './world.ts'

const nights = Number(process.env.TOCSIN_NIGHTS ?? 5)

type Status = 'open' | 'acknowledged' | 'resolved'
/** One alert a service, so that the incident is its alert's. */
type Modelled = {
  number: number
  status: Status
  firing: boolean
  quietAt: number | null
  resolvedAt: number
  severity: string
  lead: string | null
  holder: string | null
  /** Who had it at its end. */
  had: string | null
  /** When its holder last did something, and until when the acknowledgement may hold at the most. */
  heldFrom: number
  holdsUntil: number
}

/** Milliseconds an acknowledgement holds, and those before its end in which its holder is asked. */
const lease: Record<string, number> = { P1: 30 * minute, P2: 120 * minute }
const asking: Record<string, number> = { P1: 5 * minute, P2: 20 * minute }

const services = ['checkout', 'search'] as const
/** Nobody has it. */
const free = { holder: null, heldFrom: 0, holdsUntil: Number.POSITIVE_INFINITY }

type Service = (typeof services)[number]
type Deed =
  | { kind: 'fire' | 'clear' | 'both replicas fire'; service: Service }
  | { kind: 'ack' | 'escalate' | 'resolve' | 'reopen' | 'note' | 'lead'; service: Service; by: 'ADA' | 'LINUS' }
  | { kind: 'severity'; service: Service; to: string }
  | { kind: 'rolled back'; service: Service }
  | { kind: 'pass'; minutes: number }
  | { kind: 'both replicas decide'; minutes: number }
  | { kind: 'answer lost' | 'connection lost' | 'died while sending' }

const service = fc.constantFrom(...services)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('fire' as const, 'both replicas fire' as const), service }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear' as const), service }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(...(['ack', 'escalate', 'resolve', 'reopen', 'note', 'lead'] as const)),
      service,
      by: fc.constantFrom('ADA' as const, 'LINUS' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('severity' as const),
      service,
      to: fc.constantFrom('P1', 'P2', 'P3', 'P4'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rolled back' as const), service }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.constantFrom(0, 1, 4, 6, 20, 45) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('both replicas decide' as const), minutes: fc.constantFrom(1, 5, 15) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('answer lost' as const, 'connection lost' as const, 'died while sending' as const),
    }),
  },
)

it(
  'whatever happens in a night, every page goes out once, every incident waits for its next decision, and all is on record',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 8, maxLength: 30 }), async (deeds) => {
        const w = await world()
        try {
          const night = new Night(w)
          for (const one of deeds) await night.live(one)
          await night.end()
        } finally {
          await w.stop()
        }
      }),
      {
        numRuns: nights,
        endOnFailure: nights > 50,
        ...(process.env.TOCSIN_SEED && { seed: Number(process.env.TOCSIN_SEED) }),
      },
    )
  },
  120_000 + nights * 10_000,
)

function end(known: Modelled, resolvedAt: number): void {
  Object.assign(known, { had: known.holder, status: 'resolved', quietAt: null, resolvedAt, ...free })
}

class Night {
  readonly #w: World
  readonly #all: Modelled[] = []
  readonly #rounds = new Map<number, number>()
  #dies = false

  constructor(w: World) {
    this.#w = w
    const { db } = w.bot
    const { tx } = db
    // A process that dies just before the commit: all of it is undone.
    db.tx = (work) =>
      tx(async (q) => {
        const result = await work(q)
        if (!this.#dies) return result
        this.#dies = false
        throw new Error('died before the commit')
      })
  }

  async live(deed: Deed): Promise<void> {
    const before = await this.#policyPages()
    const held = new Set(this.#all.filter((one) => one.status === 'acknowledged').map((one) => one.number))
    await this.#do(deed)
    await this.#check(deed, before, held)
  }

  /** The latest incident of a service. */
  #of(service: Service): Modelled | undefined {
    return this.#all.findLast((one) => this.#services.get(one.number) === service)
  }
  readonly #services = new Map<number, Service>()

  async #do(deed: Deed): Promise<void> {
    const { clock, chat, bot } = this.#w
    switch (deed.kind) {
      case 'fire':
      case 'both replicas fire':
        return this.#fire(deed.service, deed.kind === 'fire' ? 1 : 2)
      case 'clear':
        return this.#clear(deed.service)
      case 'pass':
        await this.#w.pass(deed.minutes * minute)
        return this.#grow(true)
      case 'both replicas decide':
        clock.advance(deed.minutes * minute)
        await Promise.all([decideDue(bot), decideDue(bot)])
        await this.#w.settle()
        return this.#grow(false)
      case 'answer lost':
        return void chat.failures.push({ when: 'after', error: new TransientError('no answer') })
      case 'connection lost':
        return void chat.failures.push({ when: 'before', error: new TransientError('no connection') })
      case 'died while sending':
        return this.#dieSending()
      default:
        return this.#command(deed)
    }
  }

  async #fire(service: Service, replicas: number): Promise<void> {
    const { bot, clock } = this.#w
    const body = { title: 'Down', service, severity: 'critical', status: 'firing' }
    const { alerts } = sources.generic?.parse(body, clock.now()) ?? { alerts: [] }
    await Promise.all(Array.from({ length: replicas }, () => new Intake(bot).accept({ alerts }, 'trace')))
    const now = clock.now().getTime()
    const known = this.#of(service)
    if (known && known.status !== 'resolved') {
      known.firing = true
      known.quietAt = null
    } else if (known && now - known.resolvedAt < 15 * minute) {
      Object.assign(known, { status: 'open', firing: true, quietAt: null, ...free })
    } else {
      const { rows } = await bot.db.query<{ number: number }>('select max(number) as number from incidents')
      const number = rows[0]?.number ?? 0
      this.#services.set(number, service)
      this.#all.push({
        number,
        status: 'open',
        firing: true,
        quietAt: null,
        resolvedAt: 0,
        severity: 'P1',
        lead: null,
        had: null,
        ...free,
      })
    }
  }

  async #clear(service: Service): Promise<void> {
    await this.#w.clear({ title: 'Down', service })
    const known = this.#of(service)
    if (!known?.firing) return
    known.firing = false
    if (known.status === 'resolved') return
    known.quietAt = this.#w.clock.now().getTime() + 5 * minute
    known.holdsUntil = Number.POSITIVE_INFINITY
  }

  async #command(deed: Exclude<Deed, { minutes: number }> & { service: Service }): Promise<void> {
    const known = this.#of(deed.service)
    if (known === undefined) return
    const { number } = known
    const { chat, clock } = this.#w
    const who = 'by' in deed ? `U-${deed.by}` : 'U-ADA'
    const words = {
      note: `incident note ${number} looking`,
      lead: `incident lead ${number}`,
      severity: `incident sev ${number} ${'to' in deed ? deed.to : ''} because`,
      'rolled back': `incident ack ${number}`,
    }
    this.#dies = deed.kind === 'rolled back'
    await chat.say(who, deed.kind in words ? words[deed.kind as keyof typeof words] : `incident ${deed.kind} ${number}`)
    this.#dies = false
    const person = who.slice(2).toLowerCase()
    const isNews = deed.kind !== 'lead' || known.lead !== person
    if (deed.kind === 'lead') known.lead = person
    if (deed.kind === 'reopen') return this.#reopen(known, person)
    if (known.status === 'resolved' || deed.kind === 'rolled back') return
    if (deed.kind === 'escalate') Object.assign(known, { status: 'open', quietAt: null, ...free })
    if (deed.kind === 'resolve') end(known, clock.now().getTime())
    if (deed.kind === 'ack' && known.status === 'open') Object.assign(known, { status: 'acknowledged', holder: person })
    const isChanged = deed.kind === 'severity' && deed.to !== known.severity
    if (deed.kind === 'severity') known.severity = deed.to
    if (isChanged || (isNews && deed.kind !== 'severity' && person === known.holder)) this.#hold(known)
  }

  /** Whoever had it at its end has it again; else nobody has. */
  #reopen(known: Modelled, by: string): void {
    if (known.status !== 'resolved') return
    Object.assign(known, { status: 'open', ...free })
    if (known.had !== by) return
    Object.assign(known, { status: 'acknowledged', holder: by })
    this.#hold(known)
  }

  /** From now on anew. While all is clear nobody is asked: how long it holds then is left open. */
  #hold(known: Modelled): void {
    if (known.status !== 'acknowledged') return
    known.heldFrom = this.#w.clock.now().getTime()
    known.holdsUntil = known.heldFrom + (lease[known.severity] ?? Number.POSITIVE_INFINITY)
    if (known.quietAt !== null) known.holdsUntil = Number.POSITIVE_INFINITY
  }

  /** What time brings by itself: the end of what stayed clear, and of an acknowledgement that nobody renewed. */
  async #grow(inSteps: boolean): Promise<void> {
    const now = this.#w.clock.now().getTime()
    const { rows } = await this.#w.bot.db.query<{ number: number; status: Status }>(
      'select number, status from incidents',
    )
    for (const one of this.#all) {
      if (one.quietAt !== null && one.quietAt <= now) end(one, one.quietAt)
      if (one.status !== 'acknowledged') continue
      const lapsed = rows.find(({ number }) => number === one.number)?.status === 'open'
      if (lapsed)
        expect(now - one.heldFrom, 'it lapsed early').toBeGreaterThanOrEqual(lease[one.severity] ?? Number.NaN)
      else if (inSteps) expect(now, 'it did not lapse').toBeLessThan(one.holdsUntil)
      // Asked late, its holder has the same time to answer.
      const isAsked = now >= one.holdsUntil - (asking[one.severity] ?? 0)
      if (isAsked && !inSteps) one.holdsUntil = Math.max(one.holdsUntil, now + (asking[one.severity] ?? 0))
      if (lapsed) Object.assign(one, { status: 'open', ...free })
    }
  }

  /** A process claims all that waits, and dies; it is found dead, and what it held is given back. */
  async #dieSending(): Promise<void> {
    const { bot, clock } = this.#w
    const dead = new Holder('dead')
    const how = { width: new Width(1, 1), traffic: new Traffic() }
    for (const pager of pagersOf(bot)) await pageQueue(bot, pager, dead, how).claim(100)
    for (const platform of bot.platforms) await roomQueue(bot, platform, dead, how).claim(100)
    await giveBackPages(bot.db, ['dead'], clock.now())
    await giveBackDeliveries(bot.db, ['dead'], clock.now())
  }

  async #check(deed: Deed, before: Map<number, number>, held: Set<number>): Promise<void> {
    const { bot } = this.#w
    const about = JSON.stringify(deed)
    const { rows } = await bot.db.query<{ number: number; status: Status; round: number | null; waits: boolean }>(
      `select number, status, (position ->> 'round')::int as round, due_at is not null as waits from incidents order by number`,
    )
    const statuses = Object.fromEntries(rows.map(({ number, status }) => [number, status]))
    const modelled = Object.fromEntries(this.#all.map(({ number, status }) => [number, status]))
    expect(statuses, about).toEqual(modelled)
    for (const { number, round } of rows) {
      expect(round ?? 0, `the round after ${about}`).toBeGreaterThanOrEqual(this.#rounds.get(number) ?? 0)
      this.#rounds.set(number, round ?? 0)
    }
    for (const { number, status, severity } of this.#all) {
      const waits = rows.find((row) => row.number === number)?.waits
      if (status === 'open' && severity < 'P4') expect([number, waits], about).toEqual([number, true])
      const now = (await this.#policyPages()).get(number)
      if (held.has(number) && status === 'acknowledged') expect(now, about).toBe(before.get(number))
    }
    const running = await bot.db.query(
      `select from clocks c join incidents i on i.number = c.incident
        where i.status = 'resolved' and c.status = 'running' and c.until <> 'published'`,
    )
    expect(running.rowCount, `clocks that run although it is over, after ${about}`).toBe(0)
    expect((await audit(bot)).misset, about).toBe(0)
  }

  /** How many pages the policy itself has written, by incident. */
  async #policyPages(): Promise<Map<number, number>> {
    const { rows } = await this.#w.bot.db.query<{ incident: number; count: number }>(
      `select incident, count(*)::int as count from pages where key ~ '/r[0-9]+[sl]' group by incident`,
    )
    return new Map(rows.map(({ incident, count }) => [incident, count]))
  }

  /** All that waits is let go; then everything has been said once, and in order. */
  async end(): Promise<void> {
    const { chat, bot } = this.#w
    chat.failures.length = 0
    await this.#w.pass(0)
    const { rows: pages } = await bot.db.query<{ key: string; status: string; incident: number; person: string }>(
      'select * from pages',
    )
    const got = (key: string) => chat.sent.filter((one) => one.key === key).length
    const wanted = Object.fromEntries(pages.map(({ key, status }) => [key, status === 'sent' ? 1 : 0]))
    expect(Object.fromEntries(pages.map(({ key }) => [key, got(key)]))).toEqual(wanted)
    expect(pages.filter(({ status }) => status === 'due' || status === 'sending')).toEqual([])
    expect(chat.sent.map((one) => `${one.channel} ${one.key}`).filter((key, i, all) => all.indexOf(key) !== i)).toEqual(
      [],
    )
    const { rows: called } = await bot.db.query<{ incident: number; person: string; times: number }>(
      `select incident, person, count(*)::int as times from timeline, jsonb_array_elements_text(fact -> 'people') as person
        where kind in ('people_paged', 'last_resort_reached') group by incident, person`,
    )
    for (const { incident, person, times } of called) {
      const written = pages.filter((page) => page.incident === incident && page.person === person).length
      expect(written, `pages of ${person} for ${incident}`).toBeGreaterThanOrEqual(times)
    }
    for (const { number } of this.#all) {
      const told = chat.sent
        .flatMap(({ key }) => new RegExp(`^inc-${number}/e(\\d+)$`).exec(key)?.[1] ?? [])
        .map(Number)
      expect(told).toEqual([...told].sort((a, b) => a - b))
    }
  }
}
