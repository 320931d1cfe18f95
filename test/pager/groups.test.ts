// Chat groups follow the schedule: changed only when they differ, never emptied, and what cannot be done is told once.
import { afterEach, expect, test } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { keepGroups } from '../../src/flow/user-groups.ts'
import { addOverride } from '../../src/store/overrides.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let w: Night
afterEach(() => w.stop())

const grouped = team
  .replace('secondary: { zone', 'secondary: { slack_group: oncall, zone')
  .replace('primary: { zone', 'primary: { slack_group: "@oncall", zone')
  .concat('handover: { accept_within: never }\n')

async function start(yaml = grouped) {
  w = await night({ yaml })
  w.chat.userGroups.set('oncall', ['U-OLD'])
  await keep()
}

async function keep(at?: string) {
  if (at !== undefined) w.clock.set(new Date(at))
  await keepGroups(w.bot, w.chat)
  await w.turn()
}

async function override(schedule: string, person: string, at: string) {
  const [from, until] = [new Date(at), new Date('2026-03-10T08:00:00Z')]
  await addOverride(w.bot.db, { schedule, person, replaces: null, from, until, madeBy: person, madeAt: from })
}

const groupTold = () => w.told('#incidents')

test('a group holds whoever is on call in all of its schedules, and is changed at a change of hands', async () => {
  await start()
  expect(w.chat.filled).toEqual(['oncall: U-ADA, U-LINUS'])
  await keep('2026-03-09T07:59:59Z')
  expect(w.chat.filled).toHaveLength(1)
  await keep('2026-03-09T08:00:00Z')
  expect(w.chat.filled.at(-1)).toBe('oncall: U-GRACE, U-LINUS')
  await keep('2026-03-09T08:00:05Z')
  expect(w.chat.filled).toHaveLength(2)
  expect(groupTold()).toEqual([])
})

test('what somebody changed by hand is put right within the hour', async () => {
  await start()
  await keep('2026-03-02T09:00:15Z')
  w.chat.userGroups.set('oncall', ['U-LINUS'])
  await keep('2026-03-02T09:30:00Z')
  expect(w.chat.filled).toHaveLength(1)
  await keep('2026-03-02T10:00:15Z')
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-ADA', 'U-LINUS'])
})

test('what a process that was killed had asked for, and what arrives late, is put right within seconds', async () => {
  await start()
  w.chat.userGroups.set('oncall', ['U-OLD'])
  await keep('2026-03-02T09:00:15Z')
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-ADA', 'U-LINUS'])
})

test('members that the platform will not keep are not written again and again', async () => {
  await start()
  for (let seconds = 0; seconds < 60; seconds += 5) {
    w.chat.userGroups.set('oncall', ['U-OLD'])
    await keep(`2026-03-02T09:00:${String(seconds).padStart(2, '0')}Z`)
  }
  expect(w.chat.filled).toHaveLength(2)
})

test('somebody whom the platform refuses keeps nobody out who is on call after them', async () => {
  await start()
  w.chat.refuseGroups = new PermanentError('Slack refused usergroups.users.update: invalid_users')
  await keep('2026-03-09T08:00:00Z')
  await keep('2026-03-09T08:00:05Z')
  expect(groupTold()).toHaveLength(1)
  w.chat.refuseGroups = null
  await override('primary', 'linus', '2026-03-09T08:00:10Z')
  await keep('2026-03-09T08:00:10Z')
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-LINUS'])
  expect(groupTold()).toEqual(['oncall may not be who is on call', 'oncall is who is on call again'])
})

test('somebody whom the platform takes into no group is told by name, once; the others are in it', async () => {
  await start()
  w.chat.unfit.add('U-GRACE')
  for (const time of ['00:00', '00:15', '10:15', '20:15']) await keep(`2026-03-09T08:${time}Z`)
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-LINUS'])
  expect(groupTold()).toEqual(['oncall may not be who is on call'])
  expect(w.chat.in('#incidents')[0]?.message.text).toContain('takes Grace Hopper into no user group')
  w.chat.unfit.clear()
  await keep('2026-03-09T08:30:15Z')
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-GRACE', 'U-LINUS'])
  expect(groupTold()).toHaveLength(2)
})

test('an answer that got lost is made up for within seconds, also when the pager changes hands meanwhile', async () => {
  await start()
  w.chat.refuseGroups = new TransientError('Slack cannot be reached')
  await keep('2026-03-09T08:00:00Z')
  w.chat.refuseGroups = null
  await override('primary', 'linus', '2026-03-09T08:00:05Z')
  await keep('2026-03-09T08:00:10Z')
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-LINUS'])
  expect(groupTold()).toEqual([])
})

test('somebody without an account is told once; the others are in the group', async () => {
  await start(grouped.replace('linus: { name: Linus, slack: U-LINUS }', 'linus: { name: Linus }'))
  expect(w.chat.filled).toEqual(['oncall: U-ADA'])
  expect(groupTold()).toEqual(['oncall may not be who is on call'])
  expect(w.chat.in('#incidents')[0]?.message.text).toContain('No slack account is known for Linus')
  for (let minute = 10; minute < 60; minute += 10) await keep(`2026-03-02T09:${minute}:00Z`)
  expect(groupTold()).toHaveLength(1)
})

test('that whoever comes on has no account is told when they come on, while the last members stay', async () => {
  const alone = grouped.replace('secondary: { slack_group: oncall, zone', 'secondary: { zone')
  await start(alone.replace('grace: { name: Grace Hopper, slack: U-GRACE }', 'grace: { name: Grace Hopper }'))
  await keep('2026-03-09T07:45:00Z')
  await keep('2026-03-09T08:00:05Z')
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-ADA'])
  expect(w.chat.in('#incidents')[0]?.message.text).toContain('No slack account is known for Grace Hopper')
  w.chat.refuseGroups = new PermanentError('it was looked at again before it was time')
  await keep('2026-03-09T08:00:10Z')
  expect(groupTold()).toHaveLength(1)
  w.chat.refuseGroups = null
  await keep('2026-03-16T08:00:05Z')
  expect(groupTold()).toEqual(['oncall may not be who is on call', 'oncall is who is on call again'])
})

test('a group that does not exist or a missing scope is told, told again when it changes, and when it is well', async () => {
  await start()
  w.chat.refuseGroups = new PermanentError('Slack refused usergroups.list: the app lacks the scope usergroups:read')
  await keep('2026-03-02T10:00:00Z')
  await keep('2026-03-02T10:10:00Z')
  expect(groupTold()).toHaveLength(1)
  w.chat.refuseGroups = null
  w.chat.userGroups.delete('oncall')
  await keep('2026-03-02T10:20:00Z')
  expect(w.chat.in('#incidents')[1]?.message.text).toContain('has no user group \\@oncall: create it there')
  w.chat.userGroups.set('oncall', ['U-OLD'])
  await keep('2026-03-02T10:30:00Z')
  expect(groupTold()).toEqual([
    'oncall may not be who is on call',
    'oncall may not be who is on call',
    'oncall is who is on call again',
  ])
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-ADA', 'U-LINUS'])
})

test('a platform that is busy is left alone as long as it asks, and nobody is bothered', async () => {
  await start()
  w.chat.refuseGroups = new TransientError('Slack asks to wait', { retryAfter: 300_000 })
  await keep('2026-03-09T08:00:00Z')
  w.chat.refuseGroups = null
  await keep('2026-03-09T08:04:59Z')
  expect(w.chat.filled).toHaveLength(1)
  await keep('2026-03-09T08:05:00Z')
  expect(w.chat.filled.at(-1)).toBe('oncall: U-GRACE, U-LINUS')
  expect(groupTold()).toEqual([])
})

test('while nobody is on call the group keeps its last members, and that is told once for all', async () => {
  const future = team
    .replace('primary: { zone', 'primary: { slack_group: oncall, zone')
    .replace('starts: 2026-03-02', 'starts: 2026-03-09')
  await start(future)
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-OLD'])
  expect(w.chat.in('#incidents')[0]?.message.text).toContain('Nobody is on call at the moment')
  await keep('2026-03-03T10:00:00Z')
  await keep('2026-03-09T08:00:00Z')
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-ADA'])
  expect(groupTold()).toHaveLength(1)
})

test('two replicas fill a group once', async () => {
  await start()
  w.clock.set(new Date('2026-03-09T08:00:00Z'))
  await Promise.all([1, 2, 3].map(() => keepGroups(w.bot, w.chat)))
  expect(w.chat.filled).toHaveLength(2)
  expect(w.chat.userGroups.get('oncall')).toEqual(['U-GRACE', 'U-LINUS'])
})

test('while one replica waits for the platform no other fills the group: nobody would know which came last', async () => {
  await start()
  w.clock.set(new Date('2026-03-09T08:00:00Z'))
  const { groups } = w.chat
  const { find } = groups
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  let first = Promise.resolve()
  await new Promise<void>((asked) => {
    groups.find = async (group) => {
      asked()
      await answered
      return find(group)
    }
    first = keepGroups(w.bot, w.chat)
  })
  await override('primary', 'linus', '2026-03-09T08:00:00Z')
  await keepGroups(w.bot, w.chat)
  expect(w.chat.filled).toHaveLength(1)
  answer()
  await first
  await keep('2026-03-09T08:00:05Z')
  expect(w.chat.filled.slice(1)).toEqual(['oncall: U-GRACE, U-LINUS', 'oncall: U-LINUS'])
})
