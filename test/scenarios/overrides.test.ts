// The pager changes hands by hand: given, given back, and done for one another.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { strayOverrides, strayTerms } from '../../src/messages/strays.ts'
import { openIncidents } from '../../src/store/incidents.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { minute, team, type World, world } from './world.ts'

const hour = 60 * minute

describe('overrides', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
  })
  afterEach(() => w.stop())

  const say = async (text: string) => (await w.chat.say('U-LINUS', text))?.message
  const onCall = async () => (await say('oncall primary'))?.fields?.[0]?.value ?? ''

  it('give the pager to whoever takes it, who is paged then', async () => {
    const reply = await say('oncall override primary me 2h')
    expect(reply?.title).toBe('Linus has the pager of primary until 12:00 (override 1)')
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-LINUS')).toHaveLength(1)
    expect(w.chat.in('@U-ADA')).toHaveLength(0)
    w.clock.advance(2 * hour)
    expect(await onCall()).toContain('**Ada Lovelace** until')
  })

  it('may begin later, and are listed with the numbers to cancel them by', async () => {
    await say('oncall override primary grace 2h --from 18:00')
    expect(await onCall()).toContain('**Ada Lovelace** until 18:00, then Grace Hopper')
    expect((await say('oncall override list'))?.text).toContain(
      '**1** primary: **Grace Hopper** from 18:00 until 20:00',
    )
    const reply = await say('oncall cancel 1')
    expect(reply?.title).toContain('Override 1 is taken back')
    expect(await overridesAt(w.bot.db, w.clock.now())).toEqual([])
    expect((await say('oncall overrides'))?.title).toBe('No overrides')
  })

  it('that are under way end at once, and whoever it was before is on call', async () => {
    await say('oncall override primary me 8h')
    w.clock.advance(hour)
    await say('oncall override remove 1')
    expect(await onCall()).toContain('**Ada Lovelace**')
    expect((await say('oncall cancel 1'))?.title).toContain('There is no override 1 that is not over')
  })

  it('that were taken back in the moment they were made never were', async () => {
    await say('oncall override primary grace 2h')
    await say('oncall cancel 1')
    expect(await overridesAt(w.bot.db, w.clock.now())).toEqual([])
    expect(await onCall()).toContain('**Ada Lovelace** until')
  })

  it('have the shifts of one person done by another, and nobody else’s', async () => {
    const reply = await say('oncall replace primary ada linus 21d')
    expect(reply?.title).toMatch(/^Linus does the shifts of Ada Lovelace in primary until/)
    expect(await onCall()).toContain('**Linus** (override) until Mon 9 Mar, 09:00, then Grace Hopper')
    expect((await say('oncall replace primary ada ada 1d'))?.title).toContain('cannot stand in for themselves')
  })

  it('refuse what cannot be meant, and say what to write instead', async () => {
    expect((await say('oncall override primary me 40d'))?.title).toContain('31 days at the most')
    expect((await say('oncall override primary me 2h --from soon'))?.title).toContain('--from "2026-11-25 18:00"')
    expect((await say('oncall override primary me 2h --from 2026-04-31'))?.title).toContain('is no time I can read')
    expect((await say('oncall override primary me 2h --from "2026-03-01 10:00"'))?.title).toContain('over already')
    expect(await overridesAt(w.bot.db, w.clock.now())).toEqual([])
  })

  it('of whole days end at the time of day at which they began, whatever the clocks do', async () => {
    await say('oncall override primary me 14d --from "2026-03-20 18:00"')
    await say('oncall override primary me 30h --from "2026-03-28 18:00"')
    const [days, hours] = await overridesAt(w.bot.db, w.clock.now())
    expect(days?.until).toEqual(new Date('2026-04-03T16:00:00Z'))
    expect(hours?.until).toEqual(new Date('2026-03-29T23:00:00Z'))
    await say('oncall cancel 1')
    w.clock.advance(26 * 24 * hour)
    await say('oncall take primary 3d')
    expect((await overridesAt(w.bot.db, w.clock.now())).find((one) => one.from <= w.clock.now())?.until).toEqual(
      new Date('2026-03-31T08:00:00Z'),
    )
  })

  it('for somebody who has left are passed over: the page goes to whose turn it is', async () => {
    const from = w.clock.now()
    await w.bot.db.query(
      `insert into overrides (schedule, person, starts_at, ends_at, made_by, made_at) values ('primary', 'zoe', $1, $2, 'zoe', $1)`,
      [from, new Date(from.getTime() + hour)],
    )
    await w.fire()
    await w.pass(0)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(await onCall()).toContain('Ada Lovelace')
  })
})

it('a turn of two pages both of them, and the layer that counts is told', async () => {
  const yaml = team.replace(
    /primary: .*\n/,
    `primary:
    layers:
      - { name: always, people: [linus], starts: 2026-03-02, handover: "Mon 09:00" }
      - { name: office, people: [[ada, grace]], starts: 2026-03-02, handover: "Mon 09:00", only: { days: mon-fri, from: "09:00", until: "17:00" } }
`,
  )
  const w = await world({ yaml })
  await w.fire()
  await w.pass(0)
  expect(w.chat.in('@U-ADA')).toHaveLength(1)
  expect(w.chat.in('@U-GRACE')).toHaveLength(1)
  const shown = (await w.chat.say('U-ADA', 'oncall primary'))?.message
  expect(shown?.fields?.[0]?.value).toBe('**Ada Lovelace and Grace Hopper** (office) until 17:00, then Linus')
  expect(shown?.text).toContain('always Linus · office Ada Lovelace and Grace Hopper')
  await w.stop()
})

describe('a name that tocsin.yaml no longer has', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
  })
  afterEach(() => w.stop())

  const say = async (text: string) => (await w.chat.say('U-LINUS', text))?.message
  const strays = async () => strayOverrides(w.bot.config, await overridesAt(w.bot.db, w.clock.now()), w.clock.now())

  it('of a schedule is told with the overrides that count for nobody since, and what to do', async () => {
    await say('oncall override primary grace 2h')
    await say('oncall replace primary ada linus 3d --from 18:00')
    expect(await strays()).toEqual([])
    const { primary, ...others } = w.bot.config.schedules
    if (primary === undefined) throw new Error('no schedule')
    w.bot.config.schedules = { ...others, main: { ...primary, name: 'main' } }
    const [stray, ...more] = await strays()
    expect(more).toEqual([])
    expect(stray?.what).toMatch(
      /^there is no schedule “primary” any more, so 2 overrides stored for it count for nobody: 1 \(Grace Hopper until 12:00 .*\), 2 \(Linus until /,
    )
    expect(stray?.fix).toContain('call the schedule primary again')
    expect((await say('oncall overrides'))?.text).toContain('**It counts for nobody**: there is no such schedule')
    w.clock.advance(3 * hour)
    expect((await strays())[0]?.what).toContain('so 1 override stored for it counts for nobody: 2 (Linus')
  })

  it('of a person is told with the overrides that are passed over since', async () => {
    await say('oncall override primary grace 2h')
    await say('oncall replace primary grace linus 3d')
    const { grace: _, ...others } = w.bot.config.people
    w.bot.config.people = others
    expect((await strays()).map(({ key, what }) => [key, what])).toEqual([
      [
        'people',
        expect.stringMatching(
          /^there is no “grace” any more, so 2 overrides that name them are passed over: 1 \(primary until 12:00 .*, 2 \(primary/,
        ),
      ],
    ])
    expect((await say('oncall overrides'))?.text).toContain('**It is passed over**: not everybody it names is in')
  })

  it('of a schedule is told with the open incidents that go on asking it', async () => {
    await w.fire()
    const { primary: _, ...others } = w.bot.config.schedules
    expect(strayTerms(w.bot.config, await openIncidents(w.bot.db))).toEqual([])
    w.bot.config.schedules = others
    const [stray] = strayTerms(w.bot.config, await openIncidents(w.bot.db))
    expect(stray?.what).toBe(
      'there is no schedule “primary” any more, which open incidents go on asking (#1): those steps call nobody',
    )
    const { grace: __, ...people } = w.bot.config.people
    w.bot.config.people = people
    expect(strayTerms(w.bot.config, await openIncidents(w.bot.db)).map(({ key, what }) => `${key}: ${what}`)).toEqual([
      expect.stringMatching(/^schedules: there is no schedule “primary” any more/),
      'people: there is no person “grace” any more, which open incidents go on asking (#1): those steps call nobody',
    ])
  })
})
