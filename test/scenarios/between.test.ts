// What happens where two parts meet: ways and requests, hours and people, quiet nights and rounds of a policy.
import { expect, it, onTestFinished } from 'vitest'
import { TransientError } from '../../src/errors.ts'
import { minute, team, type World, world } from './world.ts'

async function begin(yaml: string, start?: string): Promise<World> {
  const w = await world({ yaml, ...(start && { start }) })
  onTestFinished(() => w.stop())
  return w
}

const ada = (more: string) => team.replace('slack: U-ADA }', `slack: U-ADA, ${more} }`)

it('pages again whom somebody asks for again, although one of their ways still waits for its time', async () => {
  const mail = 'email: { smtp: "smtp://127.0.0.1:9", from: "Tocsin <tocsin@example.org>" }\n'
  const w = await begin(mail + ada('email: ada@example.org, reach: { P1: [slack, email after 15m] }'))
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.chat.say('U-LINUS', 'incident page 1 ada')
  await w.pass(minute)
  const before = w.chat.in('@U-ADA').length
  await w.chat.say('U-LINUS', 'incident page 1 ada')
  await w.pass(minute)
  expect(w.chat.in('@U-ADA')).toHaveLength(before + 1)
})

it('pages for a P3 in the night when a person escalates it, and then waits for opening again', async () => {
  const yaml = team.replace('  P2: { policy: default }', '  P2: { policy: default }\n  P3: { policy: default }')
  const w = await begin(yaml, '2026-03-02T21:30:00Z')
  await w.fire({ severity: 'info' })
  await w.pass(minute)
  const reply = await w.chat.say('U-LINUS', 'incident escalate 1')
  expect(reply?.message.text).toContain('Next page: Ada Lovelace now')
  await w.pass(60 * minute)
  expect([w.chat.in('@U-ADA').length, w.chat.in('@U-LINUS').length]).toEqual([1, 0])
  await w.pass(9.5 * 60 * minute)
  expect(w.chat.in('@U-LINUS')).toHaveLength(1)
})

it('calls people once at the end of a quiet night, however often the policy went round meanwhile', async () => {
  const quiet = 'quiet: { from: "22:00", until: "07:00" }'
  const yaml = ada(quiet)
    .replace('slack: U-GRACE }', `slack: U-GRACE, ${quiet} }`)
    .replace('  P2: { policy: default }', '  P2: { policy: default }\n  P3: { policy: default, paging: always }')
  const w = await begin(yaml, '2026-03-02T21:30:00Z')
  await w.fire({ severity: 'info' })
  // The last resort called Grace every ten minutes.
  await w.pass(8.5 * 60 * minute)
  expect([w.chat.in('@U-ADA').length, w.chat.in('@U-GRACE').length]).toEqual([1, 1])
  await w.pass(11 * minute)
  expect(w.chat.in('@U-GRACE')).toHaveLength(2)
})

it('calls people once when a platform is back after an hour, with the latest call', async () => {
  const w = await begin(team)
  const everybody = ['@U-ADA', '@U-LINUS', '@U-GRACE']
  for (const person of everybody) w.chat.refused.set(person, new TransientError('no connection'))
  await w.fire()
  for (let minutes = 0; minutes < 60; minutes++) {
    await w.decide()
    await w.attemptJobs()
    w.clock.advance(minute)
  }
  w.chat.refused.clear()
  await w.settle()
  expect(everybody.map((person) => w.chat.in(person).length)).toEqual([1, 1, 1])
  const [{ key } = { key: '' }] = w.chat.in('@U-ADA')
  expect(key).toBe('inc-1/r2s0/ada/slack')
})

it('pages, shows and explains the same people when an override names somebody who left the configuration', async () => {
  const w = await begin(team.replace('people: [ada, grace], every', 'people: [[ada, grace]], every'))
  await w.chat.say('U-ADA', 'oncall override primary linus 8h')
  const { rowCount } = await w.bot.db.query("update overrides set person = 'zed', replaces = 'ada'")
  expect(rowCount).toBe(1)
  const shown = await w.chat.say('U-ADA', 'oncall primary')
  expect(JSON.stringify(shown?.message)).toContain('Ada Lovelace and Grace Hopper')
  await w.fire()
  await w.pass(0)
  const view = await w.view()
  expect(view.pages.map(({ person }) => person).sort()).toEqual(['ada', 'grace'])
  const called = view.timeline.flatMap(({ fact }) => (fact.kind === 'people_paged' ? [fact.whys] : []))
  expect(JSON.stringify(called)).not.toContain('override')
})

it('promises no help when a clock runs out and there is nobody besides whoever has it', async () => {
  const yaml = team
    .replace('people: [linus], every', 'people: [ada], every')
    .replace('people: [grace], every: 10m', 'people: [], every: 10m')
    .replace('resolve: 4h', 'resolve: 20m')
  const w = await begin(yaml)
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(21 * minute)
  expect((await w.view()).timeline.at(-1)?.text).toBe('The time to resolve has run out')
})

it('tells a breach once, and keeps it, although the severity goes to and fro', async () => {
  const yaml = team.replace('P2: { policy: default }', 'P2: { policy: default, clocks: { respond: 20m } }')
  const w = await begin(yaml)
  await w.fire({ severity: 'warning' })
  await w.pass(22 * minute)
  await w.chat.say('U-ADA', 'incident sev 1 P1 looks worse')
  await w.pass(2 * minute)
  const before = w.chat.in('@U-ADA').length
  await w.chat.say('U-ADA', 'incident sev 1 P2 it is not')
  await w.pass(0)
  const { timeline, clocks } = await w.view()
  // One of the P2, one of the P1; each is said with the time it was due.
  expect(timeline.filter(({ fact }) => fact.kind === 'clock_breached')).toHaveLength(2)
  expect(clocks[0]).toMatchObject({ name: 'respond', status: 'breached' })
  expect(w.chat.in('@U-ADA')).toHaveLength(before + 1)
})

it('whom somebody asked for before the end is not called by their last way when it begins again', async () => {
  const mail = 'email: { smtp: "smtp://127.0.0.1:9", from: "Tocsin <tocsin@example.org>" }\n'
  const w = await begin(
    mail +
      team.replace(
        'slack: U-GRACE }',
        'slack: U-GRACE, email: g@example.org, reach: { P1: [slack, email after 15m] } }',
      ),
  )
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.chat.say('U-LINUS', 'incident page 1 grace')
  await w.pass(minute)
  await w.chat.say('U-LINUS', 'incident resolve 1')
  await w.clear()
  await w.pass(minute)
  await w.fire()
  await w.pass(0)
  expect((await w.view()).incident.status).toBe('open')
  const waiting = (await w.view()).pages.filter(({ person, channel }) => person === 'grace' && channel === 'email')
  expect(waiting.map(({ status }) => status)).toEqual(['cancelled'])
})

it('a bot that was away for three hours takes one step, and asks before it takes an incident from anybody', async () => {
  const w = await begin(team)
  await w.fire()
  await w.fire({ service: 'search', title: 'Search is down' })
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident ack 2')
  await w.settle()
  const before = w.chat.sent.filter(({ channel }) => channel.startsWith('@')).length
  w.clock.advance(180 * minute)
  await w.decide()
  await w.settle()
  const pages = w.chat.sent.filter(({ channel }) => channel.startsWith('@')).slice(before)
  expect(pages.map(({ channel, key }) => `${channel} ${key.replace(/\d+\/ada/, '…/ada')}`).sort()).toEqual([
    '@U-ADA inc-2/r1a…/ada/slack',
    '@U-LINUS inc-1/r1s1/linus/slack',
  ])
  expect((await w.view(2)).incident.status).toBe('acknowledged')
})

it('asks whoever sleeps through their quiet hours only after them, and pages nobody else meanwhile', async () => {
  const yaml = ada('quiet: { from: "22:00", until: "07:00" }').replace(
    '  P2: { policy: default }',
    '  P2: { policy: default }\n  P3: { policy: default, paging: always, ack_lease: 2h }',
  )
  // 21:30 in Berlin.
  const w = await begin(yaml, '2026-03-02T20:30:00Z')
  await w.fire({ severity: 'info' })
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(9.5 * 60 * minute - 1)
  expect((await w.view()).incident.status).toBe('acknowledged')
  const postponed = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'question_postponed')
  expect(postponed.map(({ text }) => text)).toEqual([
    'Ada Lovelace is asked whether they are still on it after Tue 3 Mar 07:00: quiet hours of Ada Lovelace',
  ])
  expect([w.chat.in('@U-ADA').length, w.chat.in('@U-LINUS').length]).toEqual([1, 0])
  await w.pass(minute)
  expect(w.chat.in('@U-ADA').map(({ key }) => key)[1]).toMatch(/r1a/)
  await w.pass(20 * minute)
  expect((await w.view()).incident.status).toBe('open')
})
