// A new incident's room is opened by the process that wrote the incident, without anybody looking for it.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Intake } from '../../src/flow/intake.ts'
import { chatPager } from '../../src/pagers/chat.ts'
import { sources } from '../../src/sources/index.ts'
import { claimDeliveries, endDelivery, giveBackDeliveries } from '../../src/store/deliveries.ts'
import { giveBackPages } from '../../src/store/pages.ts'
import { Openings } from '../../src/worker/openings.ts'
import { pageQueue } from '../../src/worker/pages.ts'
import { Holder } from '../../src/worker/presence.ts'
import { roomQueue } from '../../src/worker/rooms.ts'
import { type Queue, type Sender, startSender, Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { minute, team, type World, world } from './world.ts'

let w: World
let intake: Intake
let sender: Sender
let pager: Sender
let holder: Holder
/** Rooms and pages that are due are looked for the first time: what is written meanwhile may be found by it. */
let looks: Promise<unknown>[]
beforeEach(async () => {
  w = await world()
  start()
})
afterEach(async () => {
  await Promise.all([sender.stop(), pager.stop()])
  await w.stop()
})

function start(isHeld = () => true): void {
  holder = new Holder('here', isHeld)
  const width = new Width(4, 4)
  const queue = roomQueue(w.bot, w.chat, holder, { width, traffic: new Traffic(), patient: false })
  const openings = new Openings()
  const pages = pageQueue(w.bot, chatPager(w.bot, w.chat), holder, { width: new Width(4, 4), traffic: new Traffic() })
  looks = [firstLook(queue), firstLook(pages)]
  sender = startSender(queue, width, { now: () => w.clock.now(), failed: () => {}, calm: async () => {} })
  pager = startSender(pages, new Width(4, 4), { now: () => w.clock.now(), failed: () => {}, calm: async () => {} })
  openings.addPages({ name: 'slack', queue: pages, sender: pager, holder })
  openings.addRooms({ name: 'slack', queue, sender, holder })
  intake = new Intake(w.bot, { opener: openings.open })
}

/** Resolves when a queue has been looked through once. */
function firstLook(queue: Queue): Promise<unknown> {
  const { claim } = queue
  return new Promise((looked) => {
    // Only the first: one of a test before that never comes to an end looks on.
    queue.claim = (limit) => {
      queue.claim = claim
      const look = claim(limit)
      look.then(looked, looked)
      return look
    }
  })
}

const alerts = (service: string) =>
  sources.generic?.parse({ title: 'Down', service, severity: 'critical' }, w.clock.now()).alerts ?? []
const accept = (service: string) => intake.accept({ alerts: alerts(service) }, 'trace')
const held = async () => (await w.bot.db.query('select from deliveries where holder is not null')).rowCount
const keys = () => w.chat.sent.map((one) => one.key)

it('has its card, its announcement and what the timeline tells, each once', async () => {
  await accept('checkout')
  await expect.poll(keys).toContain('inc-1/card')
  await w.decide()
  await expect.poll(held).toBe(0)
  await w.pass(0)
  expect(w.chat.in('inc-1-checkout').length).toBeGreaterThan(1)
  expect(w.chat.in('#incidents')).toHaveLength(1)
  expect(new Set(keys()).size).toBe(keys().length)
  expect(w.chat.topics.get('inc-1-checkout')).toContain('P1')
})

it('begins with a page that says what called each person, before anything is read', async () => {
  await Promise.all([sender.stop(), pager.stop()])
  await w.stop()
  w = await world({
    yaml: team
      .replace('page: "schedule:primary"', 'page: ["schedule:primary", group:sre]')
      .concat('groups: { sre: [linus] }\n'),
  })
  start()
  await accept('checkout')
  const reason = (channel: string) => w.chat.in(channel)[0]?.message.text
  await expect.poll(() => reason('@U-LINUS')).toContain('The policy names your group (sre).')
  await expect.poll(() => reason('@U-ADA')).toContain('You are on call (primary).')
})

it('is opened by another process when this one dies right after the answer', async () => {
  w.chat.rooms.open = () => new Promise<never>(() => {})
  await accept('checkout')
  expect(await held()).toBe(1)
  const opened: string[] = []
  w.chat.rooms.open = async ({ name }) => {
    opened.push(name)
    return { channel: name, name: `#${name}`, url: null }
  }
  await giveBackDeliveries(w.bot.db, ['here'], w.clock.now())
  sender.wake()
  await expect.poll(keys).toContain('inc-1/card')
  expect(opened).toEqual(['inc-1-checkout'])
  expect(keys().filter((key) => key === 'inc-1/card')).toHaveLength(1)
  // The dead one never comes to an end.
  sender.stop = async () => {}
})

it('is left to whoever looks for it when there is no place', async () => {
  await Promise.all(looks)
  const places = Array.from({ length: 4 }, () => sender.reserve())
  expect(sender.reserve()).toBeNull()
  await accept('checkout')
  expect(await held()).toBe(0)
  for (const place of places) place?.(null)
  await expect.poll(keys).toContain('inc-1/card')
})

it('is not opened when its incident could not be written, and its place is free again', async () => {
  await w.bot.db.query("alter table incidents add constraint none check (service <> 'checkout')")
  await expect(accept('checkout')).rejects.toThrow('the database did not take the alerts')
  expect(holder.atWork.size).toBe(0)
  expect(w.chat.sent).toEqual([])
  const places = Array.from({ length: 4 }, () => sender.reserve())
  expect(places).not.toContain(null)
  for (const place of places) place?.(null)
})

it('is not told anew by whoever took it over, when the one it was taken from says at last that it got nowhere', async () => {
  w.chat.rooms.open = () => new Promise<never>(() => {})
  await accept('checkout')
  const now = w.clock.now()
  await giveBackDeliveries(w.bot.db, ['here'], now)
  await claimDeliveries(w.bot.db, { platform: 'slack', holder: 'there', now, limit: 1 })
  const nothing = { posted: [], unsent: ['inc-1/card', 'inc-1/announcement'], refused: [], topic: null }
  const about = { platform: 'slack', incident: 1, ...nothing, endedAt: now, failed: true, wakeAt: now } as const
  const begun = async () =>
    (await w.bot.db.query<{ key: string }>(`select key from messages where status = 'sending' order by key`)).rows
  await endDelivery(w.bot.db, { ...about, holder: 'here' })
  expect((await begun()).map(({ key }) => key)).toEqual(expect.arrayContaining(['inc-1/announcement', 'inc-1/card']))
  await endDelivery(w.bot.db, { ...about, holder: 'there' })
  expect((await begun()).map(({ key }) => key)).not.toContain('inc-1/card')
  sender.stop = async () => {}
})

const page = 'inc-1/r1s0/ada/slack'
const ledger = async () => {
  const { rows } = await w.bot.db.query<{ status: string; attempts: number; holder: string | null }>(
    'select status, attempts, holder from pages where key = $1',
    [page],
  )
  return rows[0]
}

it('pages whoever is on call without anybody looking for the page, once', async () => {
  await accept('checkout')
  await expect.poll(ledger).toEqual({ status: 'sent', attempts: 1, holder: null })
  expect(keys().filter((key) => key === page)).toHaveLength(1)
  expect(holder.atWork.has(`1 ${page}`)).toBe(false)
  await w.pass(minute)
  expect(keys().filter((key) => key === page)).toHaveLength(1)
})

it('pages nobody over a way that is to wait', async () => {
  await Promise.all([sender.stop(), pager.stop()])
  await w.stop()
  const mail = 'email: { smtp: "smtp://127.0.0.1:1", from: "Tocsin <tocsin@example.org>" }\n'
  const reach = 'reach: { P1: [email, slack after 5m] }, email: ada@example.org'
  w = await world({ yaml: team.replace('slack: U-ADA }', `slack: U-ADA, ${reach} }`) + mail })
  start()
  await accept('checkout')
  await expect.poll(keys).toContain('inc-1/card')
  expect(await ledger()).toEqual({ status: 'due', attempts: 0, holder: null })
  expect(w.chat.in('@U-ADA')).toEqual([])
})

it('is nobody’s to open, nor its page to send, while this process does not hold its name', async () => {
  await Promise.all([sender.stop(), pager.stop()])
  start(() => false)
  await accept('checkout')
  expect([await held(), await ledger()]).toEqual([0, { status: 'due', attempts: 0, holder: null }])
  await w.pass(0)
  expect(keys()).toEqual(expect.arrayContaining(['inc-1/card', page]))
})

it('pages from another process, which looks first, when this one dies right after the answer', async () => {
  const post = w.chat.post.bind(w.chat)
  // The page went out, and the process was gone before it heard so.
  w.chat.post = async (request) => {
    await post(request)
    return new Promise<never>(() => {})
  }
  await accept('checkout')
  await expect.poll(keys).toContain(page)
  expect(await ledger()).toEqual({ status: 'sending', attempts: 1, holder: 'here' })
  w.chat.post = post
  await giveBackPages(w.bot.db, ['here'], w.clock.now())
  pager.wake()
  await expect.poll(ledger).toEqual({ status: 'sent', attempts: 2, holder: null })
  expect(keys().filter((key) => key === page)).toHaveLength(1)
  // The dead one never comes to an end.
  sender.stop = async () => {}
  pager.stop = async () => {}
})

it('leaves a page to whoever looks for it when there is no place', async () => {
  // Its first look saw four places.
  await Promise.all(looks)
  const places = Array.from({ length: 4 }, () => pager.reserve())
  expect(places).not.toContain(null)
  await accept('checkout')
  expect(await ledger()).toEqual({ status: 'due', attempts: 0, holder: null })
  for (const place of places) place?.(null)
  await expect.poll(ledger).toEqual({ status: 'sent', attempts: 1, holder: null })
})

it('tells whoever is paged first who is next, as it was changed for tonight', async () => {
  const night = { from: w.clock.now(), until: new Date(w.clock.now().getTime() + 60 * minute) }
  await w.bot.db.query(
    `insert into overrides (schedule, person, starts_at, ends_at, made_by, made_at) values ('secondary', 'grace', $1, $2, 'ada', $1)`,
    [night.from, night.until],
  )
  await accept('checkout')
  await expect.poll(keys).toContain(page)
  const text = w.chat.sent.find(({ key }) => key === page)?.posted.text
  expect(text).toContain('the next page goes to Grace Hopper')
})
