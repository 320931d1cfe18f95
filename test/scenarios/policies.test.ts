// What a step of a policy can be: groups, people one by one, another policy, conditions; and how fast it goes.
import { describe, expect, it, onTestFinished } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { minute, monday, team, type World, world } from './world.ts'

/** The team of every scenario with other steps, and groups. */
async function policed(steps: string, more = '', options: { start?: string } = {}): Promise<World> {
  const everywhere = team.replace(
    '  P2: { policy: default }\n',
    '  P2: { policy: default }\n  P3: { policy: default }\n',
  )
  const [head = '', tail = ''] = everywhere.split(/ {6}- \{ page: "schedule:primary"[\s\S]*?wait: 10m \}\n/)
  const yaml = `${head}${steps
    .trim()
    .split('\n')
    .map((line) => `      - ${line.trim()}\n`)
    .join('')}${tail}${more}`
  const w = await world({ yaml, ...options })
  onTestFinished(() => w.stop())
  return w
}

const pagesOf = async (w: World) =>
  (await w.view()).pages.map((page) => {
    const after = (page.dueAt.getTime() - new Date(monday).getTime()) / minute
    return `+${after} ${page.person}`
  })

it('pages everybody of a group at once', async () => {
  const w = await policed('{ page: group:sre, wait: 5m }', 'groups: { sre: [ada, linus] }\n')
  await w.fire()
  await w.pass(0)
  expect(await pagesOf(w)).toEqual(['+0 ada', '+0 linus'])
  expect(w.chat.in('@U-LINUS')[0]?.message.text).toContain('The policy names your group (sre).')
})

it('tells each of those whom one step calls what it was that called them, also after the severity changed', async () => {
  const w = await policed('{ page: [schedule:primary, group:sre], wait: 5m }', 'groups: { sre: [linus] }\n')
  await w.fire()
  await w.pass(0)
  const reasons = () => ['@U-ADA', '@U-LINUS'].map((channel) => w.chat.in(channel)[0]?.message.text)
  const theirs = [expect.stringContaining('on call (primary)'), expect.stringContaining('your group (sre)')]
  expect(reasons()).toEqual(theirs)
  await w.chat.say('U-GRACE', 'incident ack 1')
  await w.pass(0)
  w.bot.config.groups = {}
  await w.chat.say('U-GRACE', 'incident sev 1 P2')
  await w.fire({ labels: { instance: 'b' } })
  await w.pass(0)
  expect((await w.view()).incident).toMatchObject({ status: 'open', severity: 'P1' })
  expect(reasons()).toEqual(theirs)
})

it('pages somebody whom a step names in two ways once', async () => {
  const w = await policed(
    '{ page: [schedule:primary, person:ada, group:sre], wait: 5m }',
    'groups: { sre: [linus, ada] }\n',
  )
  await w.fire()
  await w.pass(0)
  expect(await pagesOf(w)).toEqual(['+0 ada', '+0 linus'])
  const paged = (await w.view()).timeline.find(({ fact }) => fact.kind === 'people_paged')
  expect(paged?.fact).toMatchObject({ people: ['ada', 'linus'] })
})

it('pages several one by one, each with the wait before the next', async () => {
  const w = await policed('{ page: [schedule:primary, schedule:secondary, person:grace], turn: one by one, wait: 4m }')
  await w.fire()
  await w.pass(12 * minute)
  expect(await pagesOf(w)).toEqual(['+0 ada', '+4 linus', '+8 grace', '+12 ada'])
})

it('takes the steps of another policy in a step’s place, once', async () => {
  const managers =
    'policies:\n  managers: { rounds: 9, steps: [{ page: person:grace, wait: 2m }, { page: person:linus, wait: 3m }] }\n'
  const yaml = team
    .replace('policies:\n', managers)
    .replace('{ page: "schedule:secondary", wait: 10m }', '{ page: policy:managers }')
  const nested = await world({ yaml })
  onTestFinished(() => nested.stop())
  await nested.fire()
  await nested.pass(10 * minute)
  expect(await pagesOf(nested)).toEqual(['+0 ada', '+5 grace', '+7 linus', '+10 ada'])
})

it('passes over at once a step whose condition does not hold, with the reason on the timeline and nothing in the room', async () => {
  const w = await policed(
    `{ page: person:linus, wait: 5m, when: { severity: P2 } }
     { page: person:grace, wait: 5m, when: { hours: outside } }
     { page: schedule:primary, wait: 5m, when: { severity: [P1, P2], hours: business } }`,
  )
  await w.fire()
  await w.pass(0)
  expect(await pagesOf(w)).toEqual(['+0 ada'])
  const { timeline } = await w.view()
  const skipped = timeline.filter((entry) => entry.fact.kind === 'policy_step_skipped').map((entry) => entry.text)
  expect(skipped).toEqual([
    'Passed over step 1 (round 1): it is for another severity; moved on at once',
    'Passed over step 2 (round 1): it is only for outside business hours; moved on at once',
  ])
  expect(w.chat.titles('inc-1-checkout').filter((title) => /step/i.test(title))).toEqual([])
})

it('looks at the hours when the step is taken, not when the incident opened', async () => {
  // 16:56 in Berlin; the second step comes at 17:01.
  const steps = `{ page: schedule:primary, wait: 5m }
                 { page: person:linus, wait: 5m, when: { hours: business } }
                 { page: person:grace, wait: 5m, when: { hours: outside } }`
  const w = await policed(steps, '', { start: '2026-03-02T15:56:00Z' })
  await w.fire()
  await w.pass(5 * minute)
  expect((await w.view()).pages.map((page) => page.person)).toEqual(['ada', 'grace'])
})

it('shares the time to respond among the steps that say no wait of their own', async () => {
  const w = await policed('{ page: schedule:primary }\n{ page: schedule:secondary }\n{ page: person:grace }')
  await w.fire()
  await w.pass(20 * minute)
  expect(await pagesOf(w)).toEqual(['+0 ada', '+5 linus', '+10 grace', '+15 ada', '+20 linus'])
  const mixed = await policed(
    '{ page: schedule:primary, wait: 9m }\n{ page: schedule:secondary }\n{ page: person:grace }',
  )
  await mixed.fire()
  await mixed.pass(15 * minute)
  expect(await pagesOf(mixed)).toEqual(['+0 ada', '+9 linus', '+12 grace', '+15 ada'])
})

it('ends in the last resort at once when no step ever applies', async () => {
  const w = await policed('{ page: schedule:primary, when: { severity: P2 } }')
  await w.fire()
  await w.pass(0)
  expect((await w.view()).incident.position).toMatchObject({ at: 'last resort', times: 1 })
  expect(await pagesOf(w)).toEqual(['+0 grace'])
})

it('says who is really paged next: whoever is on call then, past the steps that page nobody then', async () => {
  const steps = `{ page: schedule:primary, wait: 5m }
                 { page: group:nobody, wait: 5m }
                 { page: person:linus, wait: 5m, when: { hours: outside } }
                 { page: schedule:primary, wait: 5m }`
  // The pager goes from Grace to Ada on Monday at 09:00 in Berlin, between the two steps.
  const w = await policed(steps, 'groups: { nobody: [linus] }\n'.replace('linus', 'ada'), {
    start: '2026-03-09T07:58:00Z',
  })
  await w.fire()
  await w.pass(0)
  const page = w.chat.in('@U-ADA').concat(w.chat.in('@U-GRACE'))[0]
  expect(page?.message.text).toMatch(/you are paged again at \*\*09:03\*\*/)
  await w.chat.say('U-LINUS', 'oncall override primary linus 8h')
  await w.chat.say('U-LINUS', 'incident page 1 linus')
  await w.pass(6 * minute)
  const latest = w.chat.in('inc-1-checkout')[0]?.message.text
  expect(latest).toMatch(/Next page: Linus at \*\*09:08\*\*/)
})

describe('whoever escalates a P3 at night', () => {
  const hours = 'business_hours: { days: mon-fri, from: 09:00, until: 17:00 }\n'
  const night = { start: '2026-03-02T20:00:00Z' }

  const escalated = async (steps: string, { away }: { away?: string } = {}) => {
    const w = await policed(steps, hours, night)
    if (away) w.chat.refused.set(away, new PermanentError('the account is deactivated'))
    await w.fire({ severity: 'info' })
    await w.pass(10 * minute)
    expect((await w.view()).pages).toEqual([])
    await w.chat.say('U-GRACE', 'incident escalate 1')
    await w.pass(0)
    return w
  }
  const called = async (w: World) => (await w.view()).pages.map(({ person }) => person)

  it('gets the next step’s people at once; the one after it waits for opening', async () => {
    const w = await escalated(`{ page: schedule:primary, wait: 5m }
      { page: schedule:secondary, wait: 5m }`)
    expect(await called(w)).toEqual(['ada'])
    await w.pass(6 * 60 * minute)
    expect(await called(w)).toEqual(['ada'])
    await w.pass(6 * 60 * minute)
    expect(await called(w)).toContain('linus')
  })

  it('gets the people of the first step that has any', async () => {
    const w = await escalated(`{ page: person:ada, wait: 5m, when: { severity: P1 } }
      { page: schedule:secondary, wait: 5m }`)
    expect(await called(w)).toEqual(['linus'])
  })

  it('gets the people of a step that is for nights only', async () => {
    const w = await escalated('{ page: schedule:secondary, wait: 5m, when: { hours: outside } }')
    expect(await called(w)).toEqual(['linus'])
  })

  it('gets the duty managers at once where no step has anybody at that hour', async () => {
    const w = await escalated('{ page: schedule:primary, wait: 5m, when: { hours: business } }')
    expect(await called(w)).toEqual(['grace'])
  })

  it('gets the next step’s people at once where nobody of this one can be reached', async () => {
    const w = await escalated(
      `{ page: person:ada, wait: 5m }
      { page: schedule:secondary, wait: 5m }`,
      { away: '@U-ADA' },
    )
    expect(await called(w)).toEqual(['ada', 'linus'])
    await w.pass(60 * minute)
    expect(await called(w)).toEqual(['ada', 'linus'])
  })
})

it('never speaks of a third round where there are two, however often it begins anew', async () => {
  const w = await policed(`{ page: schedule:primary, wait: 5m }
    { page: schedule:secondary, wait: 5m, when: { severity: P3 } }`)
  await w.fire({ severity: 'warning' })
  await w.pass(6 * minute)
  await w.fire({ severity: 'critical', title: 'Checkout is down', labels: { instance: 'b' } })
  await w.pass(minute)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.chat.say('U-LINUS', 'incident reopen 1')
  await w.pass(6 * minute)
  const { timeline, pages } = await w.view()
  const rounds = timeline.flatMap(({ text }) => /step \d.*?(round \d)/.exec(text)?.[1] ?? [])
  const [first, second] = ['round 1', 'round 2']
  expect(rounds).toEqual([first, first, second, first, first, first, second])
  expect(new Set(pages.map(({ key }) => key)).size).toBe(pages.length)
  const why = await w.chat.say('U-ADA', 'incident why 1')
  expect(why?.message.text).toContain('Step 1 of round 2 was due')
})
