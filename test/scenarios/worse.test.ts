// A sender with an identity of its own for what it watches (Nagios: host and service) says by the severity alone that it got worse.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Intake } from '../../src/flow/intake.ts'
import { respond } from '../../src/flow/respond.ts'
import { sources } from '../../src/sources/index.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const disk = (severity: string) => ({ title: 'Disk of db-1', key: 'db-1/disk', severity })
const standing = async () => {
  const { severity, status } = (await w.view()).incident
  return `${severity} ${status}`
}
const pages = async () => (await w.view()).pages.map(({ key }) => key)

it('a check that was a warning and is critical now raises its incident and wants a new answer', async () => {
  await w.fire(disk('WARNING'))
  await respond(w.bot, 1, { kind: 'acknowledge', by: 'ada' })
  expect(await standing()).toBe('P2 acknowledged')
  const before = await pages()
  await w.pass(minute)
  await w.fire(disk('CRITICAL'))
  expect(await standing()).toBe('P1 open')
  await w.pass(0)
  expect((await pages()).length).toBeGreaterThan(before.length)
  const { alerts, timeline } = await w.view()
  expect(alerts.map(({ status, labels }) => `${status} ${labels.severity}`)).toEqual(['firing CRITICAL'])
  expect(timeline.findLast(({ fact }) => fact.kind === 'severity_changed')?.fact).toMatchObject({
    because: 'Disk of db-1 is worse now',
    reason: { by: 'label', value: 'CRITICAL' },
  })
  const told = await pages()
  await w.fire(disk('CRITICAL'))
  expect(await pages()).toEqual(told)
})

it('a replica that remembers nothing of it sees so, too', async () => {
  await w.fire(disk('WARNING'))
  const { alerts } = sources.generic?.parse({ service: 'checkout', ...disk('CRITICAL') }, w.clock.now()) ?? {
    alerts: [],
  }
  const other = new Intake(w.bot)
  await other.accept({ alerts }, 'trace')
  await w.fire(disk('WARNING'))
  await other.accept({ alerts }, 'trace')
  expect(await standing()).toBe('P1 open')
  const changes = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'severity_changed')
  expect(changes).toHaveLength(1)
})

it('it raises its own incident, although its title would lead to another', async () => {
  await w.fire({ ...disk('WARNING'), title: 'Disk of db-1 is at 85 %' })
  await w.fire({ ...disk('CRITICAL'), title: 'Disk of db-1 is at 95 %' })
  expect(await standing()).toBe('P1 open')
  const { rows } = await w.bot.db.query('select number from incidents')
  expect(rows).toHaveLength(1)
})

it.each(['P2', 'P3'] as const)('what says the same, or less, changes nothing that a person decided: %s', async (to) => {
  await w.fire(disk('CRITICAL'))
  await respond(w.bot, 1, { kind: 'change severity', by: 'ada', to, because: '' })
  for (const severity of ['CRITICAL', 'WARNING', 'CRITICAL']) await w.fire(disk(severity))
  await w.clear(disk('OK'))
  await w.fire(disk('WARNING'))
  expect(await standing()).toBe(`${to} open`)
})

it('what was a warning, cleared, and comes back critical, raises its incident as well', async () => {
  await w.fire(disk('WARNING'))
  await w.clear(disk('OK'))
  await w.fire(disk('CRITICAL'))
  expect(await standing()).toBe('P1 open')
  await respond(w.bot, 1, { kind: 'resolve', by: 'ada' })
  await w.fire(disk('CRITICAL'))
  expect(await standing()).toBe('P1 open')
})

it('one that got worse in an incident that was as bad already is known to be so when a person lowers that', async () => {
  await w.fire({ title: 'Disk of db-1', key: 'other', severity: 'CRITICAL' })
  await w.fire(disk('WARNING'))
  await w.pass(minute)
  const entries = (await w.view()).timeline.length
  await w.fire(disk('CRITICAL'))
  const { alerts, timeline } = await w.view()
  expect(alerts.map(({ labels }) => labels.severity)).toEqual(['CRITICAL', 'CRITICAL'])
  expect(timeline).toHaveLength(entries)
  await respond(w.bot, 1, { kind: 'change severity', by: 'ada', to: 'P3', because: '' })
  await w.fire(disk('CRITICAL'))
  expect(await standing()).toBe('P3 open')
})

it('what a person lowered stays so when the same comes back as bad as it was, whatever its end said', async () => {
  await w.fire(disk('CRITICAL'))
  await respond(w.bot, 1, { kind: 'change severity', by: 'ada', to: 'P2', because: '' })
  await w.clear(disk('OK'))
  await w.fire(disk('CRITICAL'))
  expect(await standing()).toBe('P2 open')
})

it('one that opens and gets worse in the same delivery is as bad as it says last', async () => {
  await w.deliver('generic', {
    alerts: ['WARNING', 'CRITICAL'].map((severity) => ({ service: 'checkout', ...disk(severity) })),
  })
  expect(await standing()).toBe('P1 open')
  await w.pass(minute)
  expect(new Set(await pages()).size).toBe((await pages()).length)
})

const backup = { title: 'Backup', key: 'backup', severity: '' }

it('one whose priority got worse raises its incident, although the severity beside it says nothing, and stays the same', async () => {
  const job = (priority: string, severity = '') => ({ ...backup, labels: { priority, severity } })
  await w.fire(job('P3'))
  expect(await standing()).toBe('P3 open')
  await w.fire(job('P2'))
  expect(await standing()).toBe('P2 open')
  const { alerts } = sources.generic?.parse({ service: 'checkout', ...job('P1', 'unknown') }, w.clock.now()) ?? {
    alerts: [],
  }
  await new Intake(w.bot).accept({ alerts }, 'trace')
  expect(await standing()).toBe('P1 open')
  await respond(w.bot, 1, { kind: 'change severity', by: 'ada', to: 'P3', because: '' })
  await w.clear(job('P4'))
  for (const priority of ['P1', 'P2', 'P1']) await w.fire(job(priority, 'unknown'))
  expect(await standing()).toBe('P3 open')
})

describe('with rules on labels of any name', () => {
  beforeEach(async () => {
    await w.stop()
    w = await world({ yaml: rules })
  })

  const rules = `
people:
  ada: { name: Ada Lovelace, slack: U-ADA }
policies:
  default: { steps: [{ page: "person:ada", wait: 5m }] }
severities:
  P1: { policy: default }
  P2: { policy: default }
severity_rules:
  - { match: { customers: all }, severity: P1 }
  - { match: { customers: none }, severity: P3 }
services:
  checkout: { severity_rules: [{ match: { paid: "no" }, severity: P2 }] }
sources:
  generic: { token: secret }
`
  const shop = (labels: Record<string, string>) => ({ title: 'Shop', key: 'shop', severity: 'warning', labels })

  it('one that a rule makes worse by such a label alone raises its incident, and pages', async () => {
    await w.fire(shop({ customers: 'none' }))
    await w.pass(0)
    expect(await standing()).toBe('P3 open')
    await w.fire(shop({ customers: 'none', paid: 'no' }))
    expect(await standing()).toBe('P2 open')
    await w.pass(minute)
    const before = await pages()
    await w.fire(shop({ customers: 'all' }))
    expect(await standing()).toBe('P1 open')
    await w.pass(0)
    expect((await pages()).length).toBeGreaterThan(before.length)
    const changed = (await w.view()).timeline.findLast(({ fact }) => fact.kind === 'severity_changed')
    expect(changed?.fact).toMatchObject({ reason: { by: 'rule', match: { customers: 'all' } } })
  })

  it('a replica that remembers nothing sees so, too; and what a person lowered stays so while it says the same', async () => {
    await w.fire(shop({ customers: 'some' }))
    expect(await standing()).toBe('P2 open')
    const other = new Intake(w.bot)
    const hear = async (labels: Record<string, string>, status = 'firing') => {
      const heard = sources.generic?.parse({ service: 'checkout', status, ...shop(labels) }, w.clock.now())
      await other.accept({ alerts: heard?.alerts ?? [] }, 'trace')
    }
    await hear({ customers: 'all' })
    expect(await standing()).toBe('P1 open')
    await respond(w.bot, 1, { kind: 'change severity', by: 'ada', to: 'P3', because: '' })
    await hear({}, 'resolved')
    for (const customers of ['all', 'some', 'all']) await w.fire(shop({ customers }))
    expect(await standing()).toBe('P3 open')
  })
})
