// A new incident's room is opened by the process that wrote the incident, without anybody looking for it.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Intake } from '../../src/flow/intake.ts'
import { sources } from '../../src/sources/index.ts'
import { giveBackDeliveries } from '../../src/store/deliveries.ts'
import { Openings } from '../../src/worker/openings.ts'
import { Holder } from '../../src/worker/presence.ts'
import { roomQueue } from '../../src/worker/rooms.ts'
import { type Sender, startSender, Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { type World, world } from './world.ts'

let w: World
let intake: Intake
let sender: Sender
let holder: Holder
beforeEach(async () => {
  w = await world()
  holder = new Holder('here')
  const width = new Width(4, 4)
  const queue = roomQueue(w.bot, w.chat, holder, { width, traffic: new Traffic(), patient: false })
  sender = startSender(queue, width, { now: () => w.clock.now(), failed: () => {}, calm: async () => {} })
  const openings = new Openings()
  openings.addRooms({ name: 'slack', queue, sender, holder })
  intake = new Intake(w.bot, { opener: openings.open })
})
afterEach(async () => {
  await sender.stop()
  await w.stop()
})

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
