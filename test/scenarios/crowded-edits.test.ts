// A chat that takes so many edits a minute, and many rooms whose alerts go on joining: what people do is on the cards at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Fact } from '../../src/core/timeline.ts'
import { record } from '../../src/flow/record.ts'
import { Holder } from '../../src/worker/presence.ts'
import { type RoomQueue, roomQueue } from '../../src/worker/rooms.ts'
import { Width } from '../../src/worker/sender.ts'
import { Traffic } from '../../src/worker/traffic.ts'
import { minute, team, type World, world } from './world.ts'

const incidents = 45
const second = 1_000

let w: World
let folder: string
let queue: RoomQueue
/** When each edit was taken. */
let taken: number[]
beforeEach(async () => {
  folder = mkdtempSync(path(tmpdir(), 'tocsin-crowded-'))
  writeFileSync(path(folder, 'search.md'), '# SearchDown\n\n1. Look at the log\n2. Start it again\n')
  w = await world({ yaml: `${team}runbooks: ${folder}\n` })
  taken = []
  w.chat.capabilities.editsAMinute = 50
  const update = w.chat.update.bind(w.chat)
  w.chat.update = (ref, message) => {
    taken.push(w.clock.now().getTime())
    return update(ref, message)
  }
  queue = roomQueue(w.bot, w.chat, new Holder('edits'), { width: new Width(50, 50), traffic: null })
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await w.stop()
})

/** One more alert for every incident. */
async function join(instance: number): Promise<void> {
  const alerts = Array.from({ length: incidents }, (_, i) => ({
    ...{ title: 'Slow', service: `shop${i + 1}`, severity: 'critical', labels: { instance: `10.0.0.${instance}` } },
  }))
  await w.deliver('generic', { alerts })
}

/** Tells the rooms what is due by now. */
async function tell(): Promise<void> {
  for (let claimed = 1; claimed > 0; ) {
    const works = (await queue.claim(100)).claimed
    for (const work of works) await work({ leave: () => {} })
    claimed = works.length
  }
}

/** Every incident has counted on so long that all places of the next minutes are given. */
async function crowd(): Promise<void> {
  await join(0)
  await w.decide()
  await tell()
  expect(taken).toEqual([])
  for (let round = 1; round <= 24; round++) {
    await join(round)
    w.clock.advance(5 * second)
    await tell()
  }
}

const cardOf = (incident: number) => JSON.stringify(w.chat.in(`inc-${incident}-shop${incident}`)[0]?.message)

it('says at once who has it, however many cards are being counted on, and counts all of them in the end', async () => {
  await crowd()
  const busiest = taken.map((from) => taken.filter((at) => at >= from && at < from + minute).length)
  expect(Math.max(...busiest)).toBeLessThanOrEqual(42)
  expect(taken.length).toBeGreaterThan(20)

  for (const incident of [3, 17, 30]) {
    expect(cardOf(incident)).toContain('Nobody has this yet')
    await w.chat.say('U-LINUS', `incident ack ${incident}`)
  }
  await tell()
  for (const incident of [3, 17, 30]) expect(cardOf(incident)).toContain('Linus has this')

  for (let rest = 0; rest < 6 * 60; rest += 5) {
    w.clock.advance(5 * second)
    await tell()
  }
  for (let incident = 1; incident <= incidents; incident++) expect(cardOf(incident)).toContain('25 of 25 firing')
})

it('shows a new incident’s runbook when it is due, though the count on its card has to wait for minutes', async () => {
  await crowd()
  const search = { title: 'SearchDown', service: 'search' }
  await w.fire(search)
  await w.decide()
  await tell()
  w.clock.advance(second / 2)
  await w.fire({ ...search, labels: { instance: 'b' } })
  for (let rest = 0; rest < 4; rest++) {
    w.clock.advance(second / 2)
    await tell()
  }
  const said = w.chat.in('inc-46-search').map(({ message }) => message)
  expect(said.map(({ title }) => title)).toContain('Runbook: SearchDown')
  expect(JSON.stringify(said[0])).not.toContain('2 of 2 firing')
})

it('says at once who has it when they took it while the room stood aside, and was written to before its card', async () => {
  await crowd()
  await w.chat.say('U-ADA', 'incident note 3 looking')
  const traffic = new Traffic()
  const others = await Promise.all(Array.from({ length: 12 }, () => traffic.stepAside()))
  const slow = roomQueue(w.bot, w.chat, new Holder('slow'), { width: new Width(1, 1), traffic })
  const turns = (await slow.claim(1)).claimed.map((work) => work({ leave: () => {} }))
  await expect.poll(() => traffic.waiting).toBe(1)
  await w.chat.say('U-LINUS', 'incident ack 3')
  w.clock.advance(9.5 * second)
  const post = w.chat.post.bind(w.chat)
  w.chat.post = (request) => {
    w.clock.advance(second)
    return post(request)
  }
  for (const over of others) over()
  await Promise.all(turns)
  expect(cardOf(3)).toContain('Nobody has this yet')
  w.clock.advance(2 * second)
  await tell()
  expect(cardOf(3)).toContain('Linus has this')
})

it('says at once who has it where a dead sender left a card that nobody had written down', async () => {
  await crowd()
  await join(25)
  await w.bot.db.query('update deliveries set wake_at = $1', [w.clock.now()])
  await tell()
  const all = Array.from({ length: incidents }, (_, i) => i + 1)
  const left = all.filter((incident) => !cardOf(incident).includes('26 of 26 firing'))
  expect(left.length).toBeGreaterThan(20)
  for (const incident of left) await w.chat.say('U-LINUS', `incident ack ${incident}`)
  const forgotten = "status = 'sending', ref = null, content = null, edited_at = null"
  await w.bot.db.query(`update messages set ${forgotten} where key like '%/card'`)
  w.clock.advance(40 * second)
  await tell()
  for (const incident of left) expect(cardOf(incident)).toContain('Linus has this')
})

it('shows at once what somebody asked for, though it waits where nobody did', async () => {
  await crowd()
  const gathered = async (by: string | null) => {
    const at = w.clock.now().toISOString()
    const times = { asked: at, from: at, until: at }
    const fact: Fact = { kind: 'evidence_gathered', ...times, found: [], nothing: [], failed: [] }
    await w.bot.db.tx((q) => record(w.bot, q, 3, [fact], by))
    w.clock.advance(second)
    await tell()
  }
  await join(25)
  await gathered(null)
  expect(cardOf(3)).not.toContain('26 of 26 firing')
  await gathered('ada')
  expect(cardOf(3)).toContain('26 of 26 firing')
})

it('is woken for counting the more rarely the more of them count', async () => {
  w.chat.capabilities.editsAMinute = Number.POSITIVE_INFINITY
  queue = roomQueue(w.bot, w.chat, new Holder('unlimited'), { width: new Width(50, 50), traffic: null })
  await join(0)
  await w.decide()
  await tell()
  const wakes = async () => {
    const { rows } = await w.bot.db.query<{ at: Date }>(
      'select wake_at as at from deliveries where wake_at is not null',
    )
    return rows.map(({ at }) => (at.getTime() - w.clock.now().getTime()) / second)
  }
  w.clock.advance(10 * second)
  await tell()
  await join(1)
  expect(new Set(await wakes())).toEqual(new Set([1]))
  w.clock.advance(second)
  await tell()
  await join(2)
  expect(Math.min(...(await wakes()))).toBeGreaterThan(minute / second)
})
