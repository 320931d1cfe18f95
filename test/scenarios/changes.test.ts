// What changed just before: asked for in the room of an incident.
import { afterEach, expect, test } from 'vitest'
import type { ReadChange } from '../../src/changes/format.ts'
import { changesNearest } from '../../src/evidence/changes.ts'
import { deploymentMarks, takeChanges } from '../../src/flow/service-changes.ts'
import { serviceChangesBetween } from '../../src/store/service-changes.ts'
import { minute, monday, team, type World, world } from './world.ts'

let w: World
afterEach(async () => w.stop())

const yaml = `${team}changes: { sources: { ci: { token: a-secret } }, before: 2h }\n`
const room = 'inc-1-payments'

async function deploy(title: string, minutesAgo: number, more: Partial<ReadChange> = {}): Promise<void> {
  const source = w.bot.config.changes.sources.ci
  if (source === undefined) throw new Error('the configuration lost its source')
  const at = new Date(w.clock.now().getTime() - minutesAgo * minute)
  const change: ReadChange = {
    ...{ key: title, kind: 'deployment', title, service: 'payments', environment: null, version: null, url: null },
    ...{ by: 'grace', status: 'succeeded', startedAt: at, finishedAt: at, toldAt: at },
  }
  await takeChanges(w.bot, source, [{ ...change, ...more }])
}

const fires = (minutesAgo = 0) =>
  w.deliver('alertmanager', {
    version: '4',
    alerts: [
      {
        ...{
          status: 'firing',
          startsAt: new Date(w.clock.now().getTime() - minutesAgo * minute).toISOString(),
          fingerprint: 'a',
        },
        ...{ labels: { alertname: 'Slow', service: 'payments', severity: 'critical' }, annotations: {} },
      },
    ],
  })
const ask = async () => (await w.chat.say('U-ADA', 'incident changes', room))?.message

test('the room is told what changed in its service before and since, the latest first, and nothing of others', async () => {
  w = await world({ yaml })
  await deploy('Deploy payments 4.2.1', 12)
  await deploy('Deploy payments 4.2.0', 180)
  await deploy('Deploy search 9', 5, { service: 'search' })
  await deploy('Rotate certificates', 30, { service: null, by: null, status: 'failed' })
  await fires()
  await w.settle()
  await w.pass(10 * minute)
  await deploy('Roll back payments', 2, { status: 'running' })
  const message = await ask()
  expect(message?.title).toBe('What changed around incident 1')
  expect(message?.text?.split('\n')).toEqual([
    '- 8 min after it began (10:08) · Roll back payments · still running · grace',
    '- **12 min before it began** (09:48) · Deploy payments 4.2.1 · grace',
    '- **30 min before it began** (09:30) · Rotate certificates · **failed** · of no one service',
  ])
})

test('a service is known however it is written, also by a database whose small letters are others', async () => {
  w = await world({ yaml })
  await w.bot.db.query('alter table service_changes alter service type text collate "tr-x-icu"')
  await deploy('Deploy Billing-API 7', 12, { service: 'Billing-API' })
  const [one] = await serviceChangesBetween(w.bot.db, {
    ...{ from: new Date(w.clock.now().getTime() - 60 * minute), until: w.clock.now(), limit: 10 },
    services: ['BILLING-api'],
  })
  expect(one?.title).toBe('Deploy Billing-API 7')
})

test('when nothing is known to have changed the answer says how far it looked', async () => {
  w = await world({ yaml })
  await fires()
  await w.settle()
  expect((await ask())?.text).toBe(
    'Nothing that tells Tocsin of its changes changed `payments` from 2 h before it began.',
  )
})

test('a team whose pipelines tell nothing is told that they could', async () => {
  w = await world()
  await fires()
  await w.settle()
  expect((await ask())?.text).toContain('nobody tells yet. Pipelines can, over `POST /changes`')
})

test('the evidence in the room begins with what changed nearest to the start, in the service and what it depends on', async () => {
  w = await world({ yaml: `${yaml}services: { payments: { depends_on: [database] } }\n` })
  await deploy('Deploy payments 4.2.0', 90)
  await deploy('Deploy payments 4.2.1', 12, { version: '4.2.1' })
  await deploy('Move the database', 20, { service: 'database', status: 'failed', by: null })
  await deploy('Deploy search 9', 5, { service: 'search' })
  await fires()
  await w.pass(minute)
  const message = w.chat.in(room).findLast(({ key }) => key.endsWith('/evidence'))?.message
  const lines = message?.text
    ?.replaceAll('\\', '')
    .split('\n')
    .filter((line) => line.includes('before it began'))
  expect(lines).toEqual([
    expect.stringContaining('**What changed just before** · 3 changes, the nearest 12 min before it began'),
    expect.stringContaining('12 min before it began: Deploy payments 4.2.1 · grace'),
    expect.stringContaining('20 min before it began: Move the database · failed · of database'),
    expect.stringContaining('1 h 30 min before it began: Deploy payments 4.2.0 · grace'),
  ])
  const [gathered] = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'evidence_gathered')
  expect(gathered?.text).toContain('3 changes, the nearest 12 min before it began')
})

test('where an alert fired for long before, the evidence calls no other time the beginning', async () => {
  w = await world({ yaml })
  await deploy('Deploy payments 4.2.1', 45)
  await fires(40)
  await w.pass(minute)
  const [gathered] = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'evidence_gathered')
  expect(gathered?.text).toContain('one change, the nearest 45 min before 10:00')
  expect((await ask())?.text).toContain('5 min before it began')
})

test('deployments within the picture are marked on the charts, with how they went', async () => {
  w = await world({ yaml })
  await deploy('Deploy payments 4.2.1', 12, { version: '4.2.1', status: 'rolled back' })
  await deploy('Flag on', 10, { kind: 'flag' })
  await deploy('Deploy payments 4.2.0', 90)
  const now = w.clock.now()
  await deploy('Deploy database 17', 20, { service: 'database', version: '17' })
  const around = {
    service: 'payments',
    services: ['payments', 'database'],
    startedAt: now,
    from: new Date(now.getTime() - 60 * minute),
    until: now,
  }
  expect(await deploymentMarks(w.bot, around)).toEqual([
    { at: new Date(now.getTime() - 12 * minute), kind: 'deployment', label: 'deploy 4.2.1 rolled back' },
    { at: new Date(now.getTime() - 20 * minute), kind: 'deployment', label: 'database 17' },
  ])
})

test('what it depends on is what it depended on when it opened, in the room, the answer and the post-mortem', async () => {
  w = await world({ yaml: `${yaml}services: { payments: { depends_on: [database] } }\n` })
  await deploy('Move the database', 20, { service: 'database' })
  await fires()
  await w.settle()
  const { payments } = w.bot.config.services
  if (payments) payments.dependsOn = ['search']
  await deploy('Deploy search 9', 5, { service: 'search' })
  await w.pass(minute)
  await w.chat.say('U-ADA', 'incident evidence 1')
  await w.pass(minute)
  const { evidence } = await w.view()
  const told = [JSON.stringify(evidence), (await ask())?.text]
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.pass(minute)
  const { rows } = await w.bot.db.query<{ markdown: string }>('select markdown from postmortems where incident = 1')
  const [gathered] = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'evidence_gathered').slice(-1)
  const lines = rows[0]?.markdown.split('\n').filter((line) => line.includes('Move the database'))
  expect(lines).toEqual([expect.stringContaining(`20 min before it began _(told by ci)_ [#${gathered?.id}]`)])
  for (const text of [...told, rows[0]?.markdown]) {
    expect(text).toContain('Move the database')
    expect(text).not.toContain('Deploy search 9')
  }
})

test('however much was changed since, what was changed just before is found', async () => {
  w = await world({ yaml })
  await deploy('The culprit', 3)
  await fires()
  await w.pass(60 * minute)
  for (let i = 0; i < 60; i++) await deploy(`Attempt ${i}`, 60 - i / 2)
  const startedAt = new Date(monday)
  const wanted = { services: ['payments'], startedAt, until: w.clock.now() }
  const [first, second] = await changesNearest(w.bot, wanted, 5)
  expect([first?.title, second?.title]).toEqual(['Attempt 0', 'Attempt 1'])
  expect((await changesNearest(w.bot, wanted, 8)).map(({ title }) => title)).toContain('The culprit')
})
