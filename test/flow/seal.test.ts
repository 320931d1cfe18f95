// The proof that a timeline was not changed: whatever is done to the rows behind the bot's back must be found, and nothing
// that the bot does by itself may ever look like it.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noticeTouch } from '../../src/flow/keep.ts'
import { type Sealing, Settlement, sealTimeline } from '../../src/flow/seal.ts'
import { verifyTimeline } from '../../src/flow/verify.ts'
import { failOver } from '../scenarios/failover.ts'
import { minute, type World, world } from '../scenarios/world.ts'

let w: World
let settlement: Settlement
beforeEach(async () => {
  w = await world()
  settlement = new Settlement()
})
afterEach(() => w.stop())

const everything = { incident: null, against: null }
const verify = (question = {}) => verifyTimeline(w.bot, { ...everything, ...question })
const found = async () => (await verify()).damages.map(({ what, incident, entry }) => ({ what, incident, entry }))

async function sealAll(limit?: number): Promise<Sealing> {
  let sealing = await sealTimeline(w.bot, settlement, limit)
  while (sealing?.more) sealing = await sealTimeline(w.bot, settlement, limit)
  return sealing
}

/** Two incidents with a dozen entries each, all sealed and settled. */
async function night(): Promise<void> {
  await w.fire()
  await w.fire({ title: 'Cart is slow', key: 'cart', service: 'cart' })
  await w.pass(minute)
  await sealAll()
  for (let i = 0; i < 4; i++) {
    await w.pass(5 * minute)
    await sealAll()
  }
  await settle()
}

/** Lets so much time pass that whatever was being written would be known to be over, were it over. */
async function settleTwice(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    w.clock.set(new Date(w.clock.now().getTime() + 11_000))
    await sealAll()
  }
}

/** Until nothing can come any more. Other tests write in the same server, and their transactions count as well. */
async function settle(): Promise<void> {
  await expect
    .poll(async () => {
      await settleTwice()
      const { rows } = await w.bot.db.query<{ settled: boolean }>(
        `select (select settled from timeline_seals order by number desc limit 1) >= max(id) as settled from timeline`,
      )
      return rows[0]?.settled
    })
    .toBe(true)
}

const sql = (text: string) => w.bot.db.query(text)

async function ids(incident = 1): Promise<number[]> {
  const { rows } = await w.bot.db.query<{ id: number }>('select id from timeline where incident = $1 order by id', [
    incident,
  ])
  return rows.map(({ id }) => id)
}

test('what is written after a failover, with ids that were lost in it, is sealed and no tampering', async () => {
  await night()
  const last = Math.max(...(await ids(1)), ...(await ids(2)))
  await w.fire({ title: 'Search is down', service: 'search' })
  await w.pass(5 * minute)
  await settle()
  await failOver(
    w.bot.db,
    `delete from timeline_seals where settled > ${last}`,
    `delete from timeline_links where entry > ${last}`,
    `delete from timeline where id > ${last}`,
    `select setval('timeline_id_seq', ${last})`,
  )
  await w.fire({ title: 'Mail is down', service: 'mail' })
  await sealAll()
  await w.fire({ title: 'Print is down', service: 'print' })
  await settle()
  expect(await verify()).toMatchObject({ waiting: 0, damages: [] })
})

test('a night that nobody tampered with is whole, and says how much is sealed', async () => {
  await night()
  const entries = (await ids(1)).length + (await ids(2)).length
  expect(entries).toBeGreaterThan(16)
  expect(await verify()).toMatchObject({ sealed: entries, later: 0, waiting: 0, incidents: 2, damages: [] })
  await w.fire({ title: 'Search is down', service: 'search' })
  const later = await verify()
  expect(later).toMatchObject({ sealed: entries, damages: [] })
  expect(later.waiting).toBeGreaterThan(0)
  await sealAll()
  expect(await verify()).toMatchObject({ waiting: 0, incidents: 3, damages: [] })
})

test('one incident is verified by itself, and has a head of its own', async () => {
  await night()
  const [all, one, other] = [await verify(), await verify({ incident: 1 }), await verify({ incident: 2 })]
  expect(one).toMatchObject({ incidents: 1, damages: [], sealed: (await ids(1)).length })
  expect(new Set([all.head, one.head, other.head]).size).toBe(3)
  expect(await verify({ incident: 1, against: one.head })).toMatchObject({ kept: { incident: 1 } })
  const [first = 0] = await ids(1)
  await sql(`update timeline set text = 'nothing happened' where id = ${first}`)
  expect((await verify({ incident: 2 })).damages).toEqual([])
  expect((await verify({ incident: 1 })).damages).toHaveLength(1)
})

const edits: [string, string][] = [
  ['its sentence', `text = text || '.'`],
  ['its fact', `fact = fact || '{"severity": "P4"}'`],
  ['a fact that was added', `fact = fact || '{"more": null}'`],
  ['its time, by a microsecond', `at = at + interval '1 microsecond'`],
  ['its kind', `kind = 'note_added'`],
  ['its author', `by = 'grace'`],
]
test.each(edits)('an entry is changed: %s', async (_, set) => {
  await night()
  const [, entry = 0] = await ids()
  await sql(`update timeline set ${set} where id = ${entry}`)
  expect(await found()).toEqual([{ what: 'changed', incident: 1, entry }])
})

test.each(['first', 'middle', 'last'])('the %s entry is deleted', async (which) => {
  await night()
  const all = await ids()
  const entry = all[{ first: 0, middle: 4, last: all.length - 1 }[which] ?? 0] ?? 0
  await sql(`delete from timeline where id = ${entry}`)
  expect(await found()).toEqual([{ what: 'missing', incident: 1, entry }])
  await sql(`delete from timeline_links where entry = ${entry}`)
  expect((await found()).map(({ what }) => what)).toContain('missing')
})

test('an entry is inserted between two others, under an id that was free', async () => {
  await w.fire()
  await w.bot.db.query(`select nextval('timeline_id_seq')`)
  const { rows } = await w.bot.db.query<{ free: number }>(`select last_value as free from timeline_id_seq`)
  const entry = rows[0]?.free ?? 0
  await night()
  expect(await found()).toEqual([])
  await sql(`insert into timeline (id, incident, at, kind, by, text, fact) overriding system value
    select ${entry}, 1, at, 'note_added', 'ada', 'ada: I was there', '{"kind": "note_added", "note": "I was there"}'
      from timeline where id = ${entry - 1}`)
  expect(await found()).toEqual([{ what: 'inserted', incident: 1, entry }])
  await sealAll()
  expect(await found()).toEqual([{ what: 'inserted', incident: 1, entry }])
})

test('an entry that is written today and says it was there an hour ago is found, sealed or not', async () => {
  await night()
  await w.pass(60 * minute)
  await sealAll()
  const { rows } = await w.bot.db.query<{ id: number }>(
    `insert into timeline (incident, at, kind, by, text, fact)
     select 1, min(at), 'note_added', 'ada', 'ada: on it', '{"kind": "note_added", "note": "on it"}' from timeline returning id`,
  )
  await sealAll()
  expect(await found()).toEqual([{ what: 'inserted', incident: 1, entry: rows[0]?.id }])
})

test('a picture of a pinned message that was exchanged or deleted', async () => {
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1])
  await w.fire()
  await w.settle()
  const files = [{ id: 'F1', name: 'graph.png', size: null, address: '' }]
  const by = { account: 'U-ADA', accountName: 'ada', at: w.clock.now(), isMarked: true, isOwn: false }
  w.chat.written.set('inc-1-checkout 1', { ...by, text: 'see', files })
  w.chat.stored.set('F1', png)
  await noticeTouch(w.bot, { platform: 'slack', channel: 'inc-1-checkout', message: '1', account: null, what: 'mark' })
  await w.settle()
  await sealAll()
  const entry = (await ids()).at(-1)
  expect(await found()).toEqual([])
  await sql(`update kept_files set bytes = '\\x00'`)
  expect(await found()).toEqual([{ what: 'changed', incident: 1, entry }])
  await sql('delete from kept_files')
  expect(await found()).toEqual([{ what: 'missing', incident: 1, entry }])
})

test('what is about something older says when it was recorded, and is no forgery', async () => {
  await night()
  await w.pass(60 * minute)
  await sealAll()
  const fact = JSON.stringify({ kind: 'note_added', note: 'x', recorded: w.clock.now().toISOString() })
  await w.bot.db.query(
    `insert into timeline (incident, at, kind, by, text, fact) select 1, min(at), 'note_added', 'ada', 'x', $1 from timeline`,
    [fact],
  )
  await sealAll()
  expect(await found()).toEqual([])
})

test('two entries that swap their content, their ids or their incidents', async () => {
  await night()
  const [, a = 0, b = 0] = await ids()
  await sql(`update timeline t set text = o.text, fact = o.fact, kind = o.kind, at = o.at, by = o.by from timeline o
              where (t.id, o.id) in ((${a}, ${b}), (${b}, ${a}))`)
  expect(await found()).toEqual([
    { what: 'changed', incident: 1, entry: a },
    { what: 'changed', incident: 1, entry: b },
  ])
  const [, other = 0] = await ids(2)
  await sql(`update timeline set incident = 1 where id = ${other}`)
  expect(await found()).toContainEqual({ what: 'moved', incident: 2, entry: other })
})

test('a whole incident is deleted, with its links or without', async () => {
  await night()
  await sql('delete from incidents where number = 2')
  expect(await found()).toEqual([{ what: 'missing', incident: 2, entry: null }])
  await sql('delete from timeline_links where incident = 2')
  const gone = await found()
  expect(gone.length).toBeGreaterThan(0)
  expect(new Set(gone.map(({ what }) => what))).toEqual(new Set(['missing']))
  expect(new Set(gone.map(({ incident }) => incident))).toEqual(new Set([2]))
})

const rewrites: [string, string][] = [
  [
    'the hash of a link',
    `update timeline_links set hash = sha256('x') where entry = (select min(entry) + 2 from timeline_links)`,
  ],
  [
    'the last link of an incident',
    `delete from timeline_links where entry = (select max(entry) from timeline_links where incident = 1)`,
  ],
  ['all links of an incident', 'delete from timeline_links where incident = 1'],
  [
    'the places of two links',
    `update timeline_links set position = case position when 2 then 3000 else position end where incident = 1`,
  ],
  [
    'the incident of a link',
    `update timeline_links set incident = 77 where entry = (select min(entry) from timeline_links)`,
  ],
  ['the hash of a seal', `update timeline_seals set hash = sha256('x') where number = 1`],
  ['the time of a seal', `update timeline_seals set at = at - interval '1 microsecond' where number = 2`],
  [
    'how far a seal had settled',
    `update timeline_seals set settled = 0 where number = (select max(number) from timeline_seals)`,
  ],
  ['that a seal was complete', 'update timeline_seals set complete = not complete where number = 1'],
  [
    'the incidents of a seal',
    `update timeline_seals set incidents = incidents[2:], positions = positions[2:] where number = 1`,
  ],
  ['a seal in the middle', 'delete from timeline_seals where number = 2'],
  [
    'the last seal that sealed something',
    `delete from timeline_seals where number >= (select max(seal) from timeline_links)`,
  ],
  ['all seals', 'delete from timeline_seals'],
  ['which seal a link belongs to', 'update timeline_links set seal = 2 where seal = 1'],
]
test.each(rewrites)('the chain itself is rewritten: %s', async (_, change) => {
  await night()
  await sql(change)
  expect(await found()).not.toEqual([])
})

test('a chain that was computed anew from an entry on is whole, but not the one whose head was kept', async () => {
  await night()
  const { head } = await verify()
  expect(head).toMatch(/^[0-9a-f]{64}$/)
  expect(await verify({ against: head })).toMatchObject({ kept: { seal: expect.any(Number) } })
  const [, entry = 0] = await ids()
  await sql(`update timeline set text = 'Nobody was asleep' where id = ${entry}`)
  await sql('truncate timeline_links, timeline_seals')
  await sealAll()
  const forged = await verify({ against: head })
  expect(forged).toMatchObject({ damages: [], kept: null })
})

test('what was written before there were seals is sealed too, and counted as sealed later', async () => {
  await w.fire()
  await w.pass(60 * minute)
  await sealAll(3)
  const { sealed, later, damages } = await verify()
  expect(damages).toEqual([])
  expect(later).toBeGreaterThan(5)
  expect(later).toBeLessThanOrEqual(sealed)
})

test('an entry that becomes visible after later ones is sealed after them, and is no forgery', async () => {
  await w.fire()
  await sealAll()
  let late = 0
  await w.bot.db.tx(async (slow) => {
    const { rows } = await slow.query<{ id: number }>(
      `insert into timeline (incident, at, kind, text, fact) select 1, max(at), 'note_added', 'late', '{"kind": "note_added"}'
         from timeline returning id`,
    )
    late = rows[0]?.id ?? 0
    await w.bot.db.query(
      `insert into timeline (incident, at, kind, text, fact) select 1, max(at), 'note_added', 'fast', '{"kind": "note_added"}' from timeline`,
    )
    // However long it takes: nothing is settled that may still come.
    for (let i = 0; i < 4; i++) await settleTwice()
    expect(await found()).toEqual([])
  })
  expect(await verify()).toMatchObject({ waiting: 1, damages: [] })
  await settle()
  expect(await verify()).toMatchObject({ waiting: 0, damages: [] })
  const { rows } = await w.bot.db.query<{ entry: number }>(
    'select entry from timeline_links order by incident, position desc limit 1',
  )
  expect(rows[0]?.entry).toBe(late)
  await settle()
  await sql(`update timeline set text = 'x' where id = ${late}`)
  expect(await found()).toEqual([{ what: 'changed', incident: 1, entry: late }])
})

test('replicas that seal at the same time make one chain, and one that dies in the middle leaves it as it was', async () => {
  await w.fire()
  await w.pass(20 * minute)
  const others = [new Settlement(), new Settlement(), settlement]
  for (let turn = 0; turn < 6; turn++) await Promise.all(others.map((one) => sealTimeline(w.bot, one, 2)))
  const dying = { ...w.bot, db: { ...w.bot.db, tx: w.bot.db.tx } }
  dying.db.tx = (work) =>
    w.bot.db.tx(async (q) => {
      await work(q)
      throw new Error('killed')
    })
  await expect(sealTimeline(dying, settlement, 3)).rejects.toThrow('killed')
  await sealAll(2)
  expect(await verify()).toMatchObject({ waiting: 0, damages: [] })
})

test('nothing is written while nothing happens', async () => {
  await night()
  const count = async () => (await verify()).seals
  const before = await count()
  for (let i = 0; i < 5; i++) await settle()
  expect(await count()).toBe(before)
})

test('any change of any column of any row is found', async () => {
  await night()
  const all = [...(await ids(1)), ...(await ids(2))]
  const columns = ['text', 'kind', 'by', 'at', 'fact', 'incident', 'gone'] as const
  const scramble: Record<(typeof columns)[number], string> = {
    text: `update timeline set text = reverse(text) || 'x'`,
    kind: `update timeline set kind = kind || 'x'`,
    by: `update timeline set by = coalesce(by, '') || 'x'`,
    at: `update timeline set at = at + interval '1 hour'`,
    fact: `update timeline set fact = jsonb_build_object('was', fact)`,
    incident: 'update timeline set incident = 3 - incident',
    gone: 'delete from timeline',
  }
  const tampering = fc.record({
    rows: fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 4 }),
    column: fc.constantFrom(...columns),
  })
  await fc.assert(
    fc.asyncProperty(tampering, async ({ rows, column }) => {
      const outcome = w.bot.db.tx(async (q) => {
        await q.query(`${scramble[column]} where id = any($1)`, [rows])
        const tx: World['bot']['db']['tx'] = (work) => work(asRead(q))
        const { damages } = await verifyTimeline({ db: { ...w.bot.db, tx } }, everything)
        throw new Found(damages.map(({ entry }) => entry))
      })
      const said = await outcome.catch((error: unknown) => error)
      if (!(said instanceof Found)) throw said
      const named = new Set(said.entries)
      for (const row of rows) expect(named).toContain(row)
    }),
    { numRuns: 40 },
  )
})

class Found {
  readonly entries: (number | null)[]
  constructor(entries: (number | null)[]) {
    this.entries = entries
  }
}

/** Inside a transaction that wrote already, its isolation cannot be chosen any more. */
function asRead(q: Pick<World['bot']['db'], 'query'>): Pick<World['bot']['db'], 'query'> {
  return {
    query: ((text: string, values?: unknown[]) =>
      String(text).startsWith('set transaction') ? q.query('select 1') : q.query(text, values)) as typeof q.query,
  }
}
