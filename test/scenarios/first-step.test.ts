// The first step of a policy is decided in the transaction that opens the incident: nobody has to find out that it is due.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { team, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

it('the page is written with the incident, and the policy waits for its next step', async () => {
  await w.fire()
  const { incident, pages, timeline } = await w.view()
  expect(pages.map(({ key, status }) => `${key} ${status}`)).toEqual(['inc-1/r1s0/ada/slack due'])
  expect(incident.position).toMatchObject({ at: 'step', step: 1 })
  expect(timeline.map(({ fact }) => fact.kind)).toContain('people_paged')
})

it('an incident that a person opens does the same', async () => {
  await w.chat.say('U-ADA', 'incident open P1 Checkout is down')
  expect((await w.view()).pages.map(({ status }) => status)).toEqual(['due'])
})

/** Whoever asks for a schedule fails, until what is answered is called. */
function breakSchedules(): () => void {
  const { config } = w.bot
  const { schedules } = config
  const get = () => {
    throw new Error('a fault in the schedules')
  }
  Object.defineProperty(config, 'schedules', { get, configurable: true })
  return () => void Object.defineProperty(config, 'schedules', { value: schedules, writable: true, configurable: true })
}

it('a step that cannot be decided costs neither the alert nor the incident, and stays due', async () => {
  const mend = breakSchedules()
  await w.fire()
  mend()
  expect((await w.view()).pages).toEqual([])
  await w.pass(0)
  expect((await w.view()).pages.map(({ person, status }) => `${person} ${status}`)).toEqual(['ada sent'])
})

it('what was decided before the fault is not written by half: the steps that were skipped are told once', async () => {
  await w.stop()
  const first = '{ page: "person:ada", wait: 5m, when: { severity: P2 } }'
  w = await world({
    yaml: team.replace('      - { page: "schedule:primary"', `      - ${first}\n      - { page: "schedule:primary"`),
  })
  const mend = breakSchedules()
  await w.fire()
  const skipped = async () => (await w.view()).timeline.filter(({ fact }) => fact.kind === 'policy_step_skipped')
  expect(await skipped()).toEqual([])
  mend()
  await w.pass(0)
  expect(await skipped()).toHaveLength(1)
  expect((await w.view()).pages.map(({ person, status }) => `${person} ${status}`)).toEqual(['ada sent'])
})

it('the first card says who is called now, before it says who comes after them', async () => {
  await w.fire()
  await w.bot.db.query(`update pages set try_at = try_at + interval '1 hour'`)
  await w.settle()
  expect(w.chat.sent.find(({ key }) => key === 'inc-1/card')?.posted.text).toContain('Next page: Ada')
})
