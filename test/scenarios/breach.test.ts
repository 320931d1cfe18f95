// A clock that runs out brings more people: the next step while nobody has the incident, help for whoever has it.
import { expect, it, onTestFinished } from 'vitest'
import { minute, team, type World, world } from './world.ts'

const room = 'inc-1-checkout'

/** The team of every scenario with other response times for a P1. */
async function promised(clocks: string, options: { start?: string } = {}): Promise<World> {
  const yaml = team.replace('clocks: { respond: 15m, resolve: 4h }', `ack_lease: never, clocks: { ${clocks} }`)
  const w = await world({ yaml, ...options })
  onTestFinished(() => w.stop())
  return w
}

const pagesOf = async (w: World) => (await w.view()).pages.map((page) => `${page.key.split('/')[1]} ${page.person}`)
const told = async (w: World) => (await w.view()).timeline.map((entry) => entry.text)

it('pages the next step at once when the time to respond runs out before it was due', async () => {
  const w = await promised('respond: 3m')
  await w.fire()
  await w.pass(3 * minute - 1)
  expect(await pagesOf(w)).toEqual(['r1s0 ada'])
  await w.pass(1)
  expect(await pagesOf(w)).toEqual(['r1s0 ada', 'r1s1 linus'])
  expect(await told(w)).toContain('The time to respond has run out; the next step is due now')
  // The steps that follow keep their distance.
  await w.pass(10 * minute - 1)
  expect(await pagesOf(w)).toHaveLength(2)
})

it('edits the card at 50, 80 and 100 % of the time', async () => {
  const w = await promised('respond: { within: 10m, breach: tell }, resolve: 4h')
  await w.fire()
  await w.pass(0)
  const card = () => w.chat.in(room)[0]
  const edits = [card()?.edits ?? 0]
  for (const wait of [4.9, 0.2, 2.8, 0.2, 1.8, 0.2]) {
    await w.pass(wait * minute)
    edits.push(card()?.edits ?? 0)
  }
  const [, before50, at50, before80, at80, before100, at100] = edits as [number, ...number[]]
  expect(at50).toBeGreaterThan(before50 ?? 0)
  expect(at80).toBeGreaterThan(before80 ?? 0)
  expect(at100).toBeGreaterThan(before100 ?? 0)
  expect(card()?.message.fields?.find((field) => field.label === 'Clock')?.value).toContain('overdue')
})

it('doubles nothing when clock and step fall due at the same instant, or when somebody was paged right before', async () => {
  const together = await promised('respond: 5m')
  await together.fire()
  await together.pass(5 * minute)
  expect(await pagesOf(together)).toEqual(['r1s0 ada', 'r1s1 linus'])
  const before = await promised('respond: 5m30s')
  await before.fire()
  await before.pass(6 * minute)
  expect(await pagesOf(before)).toEqual(['r1s0 ada', 'r1s1 linus'])
  expect(await told(before)).toContain('The time to respond has run out')
})

it('calls the next step’s people to help whoever has it, and leaves it theirs', async () => {
  const w = await promised('respond: 15m, resolve: 1h')
  await w.fire()
  await w.pass(0)
  await w.chat.press('U-ADA', '@U-ADA', 'Acknowledge')
  await w.pass(60 * minute)
  expect(await pagesOf(w)).toEqual(['r1s0 ada', 'r1h3600 linus'])
  expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' })
  expect(await told(w)).toContain('Paging Linus to help: the time to resolve has run out')
  const page = w.chat.in('@U-LINUS')[0]?.message
  expect(page?.text).toContain('**Ada Lovelace has this.** The time to resolve has run out: please help.')
  expect(page?.buttons?.map((button) => button.label)).toEqual(['I am coming', 'Take over'])
  expect(w.chat.titles(room)).toContain('Paging Linus to help')
})

it('calls nobody to help while all alerts are clear, and at once when one comes back', async () => {
  const w = await promised('respond: 15m, resolve: 1h')
  await w.fire()
  await w.pass(0)
  await w.chat.press('U-ADA', '@U-ADA', 'Acknowledge')
  await w.pass(58 * minute)
  await w.clear()
  await w.pass(4 * minute)
  expect(await pagesOf(w)).toEqual(['r1s0 ada'])
  await w.fire()
  await w.pass(0)
  expect(await pagesOf(w)).toEqual(['r1s0 ada', 'r1h3720 linus'])
})

it('does not call the holder to help themselves, and goes one further for each clock, at last to the duty manager', async () => {
  const w = await promised('respond: 15m, investigate: 30m, resolve: 1h')
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.pass(30 * minute)
  expect(await pagesOf(w)).toEqual(['r1s0 ada', 'r1h1800 ada'])
  await w.pass(30 * minute)
  expect((await pagesOf(w)).at(-1)).toBe('r2h3600 grace')
})

it('only tells where that is asked for, and for a post-mortem', async () => {
  const w = await promised('respond: { within: 3m, breach: tell }')
  await w.fire()
  await w.pass(4 * minute)
  expect(await pagesOf(w)).toEqual(['r1s0 ada'])
  expect(await told(w)).toContain('The time to respond has run out')
})

it('waits for opening when a P3 breaches outside business hours', async () => {
  const yaml = `${team}
business_hours: { days: mon-fri, from: 09:00, until: 17:00 }
`.replace(
    '  P2: { policy: default }',
    '  P2: { policy: default }\n  P3: { policy: default, clocks: { respond: 4h, resolve: 8h } }',
  )
  // 16:58 in Berlin.
  const w = await world({ yaml: yaml.replaceAll('wait: 5m', 'wait: 20h'), start: '2026-03-02T15:58:00Z' })
  onTestFinished(() => w.stop())
  await w.fire({ severity: 'info' })
  await w.pass(5 * 60 * minute)
  expect(await pagesOf(w)).toEqual(['r1s0 ada'])
  expect(await told(w)).toContain('The time to respond has run out; the next page waits for business hours')
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(11 * 60 * minute)
  expect(await pagesOf(w)).toEqual(['r1s0 ada'])
  // 09:00 the next day: the time to resolve ran out in the night.
  await w.pass(4 * minute)
  expect((await pagesOf(w)).at(-1)).toMatch(/^r1h\d+ linus$/)
})
