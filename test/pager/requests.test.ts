// Shifts change by asking: swaps are accepted by one person, offers taken by whoever presses first, and both hear of it.
import { afterEach, expect, test } from 'vitest'
import { shiftAt } from '../../src/core/schedule.ts'
import { TransientError } from '../../src/errors.ts'
import { addOverride, overridesAt } from '../../src/store/overrides.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let w: Night
afterEach(() => w.stop())

// Mondays at 9:00 in Berlin: Ada 2 March, Grace 9 March, Linus 16 March, Ada 23 March.
const three = team.replace('people: [ada, grace]', 'people: [ada, grace, linus]')

async function onCallAt(instant: string): Promise<string | undefined> {
  const schedule = w.bot.config.schedules.primary
  return schedule && shiftAt(schedule, await overridesAt(w.bot.db, w.clock.now()), new Date(instant))?.people[0]
}

const title = async (account: string, text: string, channel?: string) =>
  (await w.chat.say(account, text, channel))?.message.title

test('a swap is asked for by direct message and changes nothing until it is accepted', async () => {
  w = await night({ yaml: three })
  const reply = await w.chat.say('U-ADA', 'oncall swap primary 2026-03-23 with Grace for 2026-03-09')
  expect(reply?.message).toMatchObject({
    title: 'You asked Grace Hopper to swap in primary',
    fields: [
      { label: 'Grace Hopper takes', value: 'Mon 23 Mar, 09:00 – Mon 30 Mar, 09:00 Europe/Berlin' },
      { label: 'You take', value: 'Mon 9 Mar, 09:00 – Mon 16 Mar, 09:00 Europe/Berlin' },
    ],
    buttons: [{ label: 'Withdraw' }],
  })
  await w.turn()
  expect(w.told('@U-GRACE')).toEqual(['Ada Lovelace asks you to swap shifts in primary'])
  expect(await onCallAt('2026-03-23T12:00:00Z')).toBe('ada')
  await w.chat.press('U-GRACE', '@U-GRACE', 'Accept')
  await w.turn()
  expect(await onCallAt('2026-03-23T12:00:00Z')).toBe('grace')
  expect(await onCallAt('2026-03-09T12:00:00Z')).toBe('ada')
  expect(await onCallAt('2026-03-16T12:00:00Z')).toBe('linus')
  expect(w.told('@U-GRACE')).toEqual(['Grace Hopper swaps with Ada Lovelace in primary'])
  expect(w.chat.in('@U-GRACE')[0]?.message.buttons).toBeUndefined()
  expect(w.told('@U-ADA')).toEqual(['Grace Hopper swaps with Ada Lovelace in primary'])
})

test('one that was withdrawn while nobody knew whether it had gone out offers nobody anything any more', async () => {
  w = await night({ yaml: three })
  const error = new TransientError('connection reset')
  w.chat.failures.push({ when: 'after', error, to: '@U-GRACE' })
  await w.chat.say('U-ADA', 'oncall swap primary 2026-03-23 with Grace for 2026-03-09')
  await w.turn()
  await w.chat.say('U-ADA', 'oncall withdraw 1')
  await w.turn()
  await w.turn()
  expect(w.chat.in('@U-GRACE')).toHaveLength(1)
  expect(w.chat.in('@U-GRACE')[0]?.message.buttons).toBeUndefined()
})

test('one is not taken for another that had its number before the database was restored from a backup', async () => {
  w = await night({ yaml: three })
  const swap = 'oncall swap primary 2026-03-23 with Grace for 2026-03-09'
  await w.chat.say('U-ADA', swap)
  await w.turn()
  await w.bot.db.query('truncate shift_requests, notices, messages restart identity')
  w.clock.advance(60_000)
  const error = new TransientError('connection reset')
  w.chat.failures.push({ when: 'before', error, to: '@U-GRACE' })
  await w.chat.say('U-ADA', swap)
  await w.turn()
  w.clock.advance(60_000)
  await w.turn()
  expect(w.chat.in('@U-GRACE').map(({ key }) => key)).toEqual(['request-1/asked', 'request-1/asked'])
})

test('without a day of theirs it is their next shift after the one that is given', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-10 linus')
  await w.turn()
  await w.chat.press('U-LINUS', '@U-LINUS', 'Accept')
  expect(await onCallAt('2026-03-10T12:00:00Z')).toBe('linus')
  expect(await onCallAt('2026-03-17T12:00:00Z')).toBe('grace')
})

test('a request ends when one of its shifts is given to somebody else, and both are told', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-ADA', 'oncall swap primary 2026-03-23 with Grace for 2026-03-09')
  await w.chat.say('U-LINUS', 'oncall cover primary 2026-03-16')
  await w.turn()
  await w.chat.say('U-LINUS', 'oncall override primary linus 1d --from "2026-03-10 09:00"')
  await w.turn()
  expect(w.told('@U-GRACE')).toEqual(['The swap of Ada Lovelace and Grace Hopper in primary stays as it was'])
  expect(w.told('@U-ADA')).toEqual(['The swap of Ada Lovelace and Grace Hopper in primary stays as it was'])
  expect(await title('U-GRACE', 'oncall requests')).toBe('1 request waits for an answer')
})

test('declined, withdrawn and expired swaps change nothing, and both are told', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-09 with linus')
  await w.turn()
  expect(await title('U-ADA', 'oncall decline 1')).toMatch(/^This is between Grace Hopper and Linus/)
  await w.chat.press('U-LINUS', '@U-LINUS', 'Decline')
  await w.turn()
  expect(w.told('@U-GRACE')).toEqual(['Linus cannot swap with Grace Hopper in primary'])
  expect(await title('U-LINUS', 'oncall accept 1')).toMatch(/^Linus has declined this already/)

  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-09 with linus')
  await w.turn()
  expect(await title('U-LINUS', 'oncall withdraw 2')).toMatch(/^This is between/)
  await w.chat.say('U-GRACE', 'oncall withdraw 2')
  await w.turn()
  expect(w.told('@U-LINUS')[1]).toBe('Grace Hopper no longer asks to swap in primary')

  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-09 with linus')
  await w.at('2026-03-09T07:59:59Z')
  expect(w.told('@U-LINUS').at(-1)).toBe('Grace Hopper asks you to swap shifts in primary')
  w.clock.set(new Date('2026-03-09T08:00:00Z'))
  expect(await title('U-LINUS', 'oncall accept 3')).toMatch(/^It is too late for this/)
  await w.turn()
  expect(w.told('@U-LINUS').at(-1)).toBe('The swap of Grace Hopper and Linus in primary stays as it was')
  expect(w.told('@U-GRACE')).toContain('The swap of Grace Hopper and Linus in primary stays as it was')
  expect(await onCallAt('2026-03-10T12:00:00Z')).toBe('grace')
})

test('a swap whose shift was given to somebody else meanwhile is refused and closed', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-09 with linus')
  await w.turn()
  const span = { from: new Date('2026-03-10T08:00:00Z'), until: new Date('2026-03-10T20:00:00Z') }
  const now = w.clock.now()
  await addOverride(w.bot.db, {
    schedule: 'primary',
    person: 'ada',
    replaces: null,
    ...span,
    madeBy: 'ada',
    madeAt: now,
  })
  expect(await title('U-LINUS', 'oncall accept 1')).toMatch(/^That no longer works: the schedule has changed/)
  await w.turn()
  expect(w.told('@U-GRACE')).toEqual(['The swap of Grace Hopper and Linus in primary stays as it was'])
  expect(await onCallAt('2026-03-17T12:00:00Z')).toBe('linus')
})

test('a swap whose shift in return was given to somebody else meanwhile is refused and closed', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-ADA', 'oncall swap primary 2026-03-23 with Grace for 2026-03-09')
  await w.turn()
  const now = w.clock.now()
  const taken = { from: new Date('2026-03-10T08:00:00Z'), until: new Date('2026-03-11T08:00:00Z') }
  await addOverride(w.bot.db, {
    ...{ schedule: 'primary', person: 'linus', replaces: null, ...taken, madeBy: 'linus', madeAt: now },
  })
  expect(await title('U-GRACE', 'oncall accept 1')).toMatch(/^That no longer works: the schedule has changed/)
  expect(await onCallAt('2026-03-23T12:00:00Z')).toBe('ada')
  expect(await onCallAt('2026-03-09T12:00:00Z')).toBe('grace')
})

test('a swap leaves alone whoever else is on call with one of them', async () => {
  w = await night({ yaml: team.replace('people: [ada, grace]', 'people: [[ada, linus], grace]') })
  const everybody = async (instant: string) => {
    const { primary } = w.bot.config.schedules
    return primary && shiftAt(primary, await overridesAt(w.bot.db, w.clock.now()), new Date(instant))?.people
  }
  await w.chat.say('U-ADA', 'oncall swap primary 2026-03-16 with Grace for 2026-03-09')
  await w.turn()
  await w.chat.press('U-GRACE', '@U-GRACE', 'Accept')
  expect(await everybody('2026-03-16T12:00:00Z')).toEqual(['grace', 'linus'])
  expect(await everybody('2026-03-09T12:00:00Z')).toEqual(['ada'])
})

test('an offer of the day on which a week begins is that day, and not the week', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-GRACE', 'oncall cover primary 2026-03-09')
  await w.turn()
  await w.chat.press('U-LINUS', '#incidents', 'I take it')
  const instants = ['2026-03-09T08:00:00Z', '2026-03-09T22:59:00Z', '2026-03-09T23:00:00Z']
  expect(await Promise.all(instants.map(onCallAt))).toEqual(['linus', 'linus', 'grace'])
})

test('what cannot be swapped says why and what to do instead', async () => {
  w = await night({ yaml: three })
  expect(await title('U-ADA', 'oncall swap primary today with grace')).toMatch(
    /^That shift began Mon 2 Mar 09:00.*oncall cover primary now/,
  )
  expect(await title('U-ADA', 'oncall swap primary 2026-03-10 with grace')).toMatch(
    /^You have no shift in primary on 2026-03-10. Your next one begins Mon 23 Mar 09:00/,
  )
  expect(await title('U-ADA', 'oncall swap primary someday with grace')).toMatch(/^“someday” is not a day/)
  expect(await title('U-ADA', 'oncall swap primary 2026-02-01 with grace')).toMatch(/is over/)
  expect(await title('U-ADA', 'oncall swap primary 2026-03-23 with me')).toMatch(/^That is you/)
  expect(await title('U-ADA', 'oncall swap secondary 2026-03-23 with grace')).toMatch(/^You have no shift in secondary/)
  expect(await title('U-ADA', 'oncall swap primary 2026-03-23 with grace for 2026-03-17')).toMatch(
    /^Grace Hopper has no shift in primary that is still to begin on 2026-03-17/,
  )
  expect(await title('U-NOBODY', 'oncall swap primary 2026-03-23 with grace')).toMatch(/^You are not one of people:/)
  await w.chat.say('U-ADA', 'oncall swap primary 2026-03-23 with grace')
  expect(await title('U-ADA', 'oncall swap primary 2026-03-23 with linus')).toMatch(/already. Withdraw that first/)
  expect(await title('U-ADA', 'oncall accept 9')).toBe('There is no request 9.')
})

test('an offer for a day is in the channel; whoever takes it first has that day and no other', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-ADA', 'oncall cover primary friday')
  await w.turn()
  const [offer] = w.chat.in('#incidents')
  expect(offer?.message).toMatchObject({
    title: 'Ada Lovelace is looking for somebody to take a shift in primary',
    fields: [{ label: 'The shift', value: 'Fri 6 Mar, 00:00 – Sat 7 Mar, 00:00 Europe/Berlin' }],
    buttons: [{ label: 'I take it' }],
  })
  expect(await title('U-ADA', 'oncall accept 1')).toMatch(/^This is your own request/)
  await Promise.all(['U-GRACE', 'U-LINUS'].map((who) => w.chat.press(who, '#incidents', 'I take it')))
  await w.turn()
  const winner = await onCallAt('2026-03-06T12:00:00Z')
  expect(['grace', 'linus']).toContain(winner)
  expect(await onCallAt('2026-03-05T12:00:00Z')).toBe('ada')
  expect(await onCallAt('2026-03-07T12:00:00Z')).toBe('ada')
  expect(await overridesAt(w.bot.db, w.clock.now())).toHaveLength(1)
  expect(w.told('#incidents')).toEqual([expect.stringMatching(/ takes the shift of Ada Lovelace in primary$/)])
  expect(w.told('@U-ADA')).toEqual([expect.stringMatching(/ takes the shift of Ada Lovelace in primary$/)])
})

test('an offer of the rest of a shift can be taken while it lasts, from then on', async () => {
  w = await night({ yaml: three })
  await w.chat.say('U-ADA', 'oncall cover primary now')
  await w.at('2026-03-04T12:00:00Z')
  await w.chat.press('U-LINUS', '#incidents', 'I take it')
  await w.turn()
  expect(await onCallAt('2026-03-04T12:00:00Z')).toBe('linus')
  expect(await onCallAt('2026-03-08T12:00:00Z')).toBe('linus')
  expect(await onCallAt('2026-03-09T12:00:00Z')).toBe('grace')
  expect(w.told('@U-ADA')).toContain('Linus has the pager of primary')
})

test('an offer that nobody took ends with the shift, and only those of the schedule can take one', async () => {
  w = await night({ yaml: team })
  await w.chat.say('U-ADA', 'oncall cover primary friday')
  await w.turn()
  expect(await title('U-LINUS', 'oncall accept 1')).toMatch(/^Only those who take turns in primary/)
  expect(await title('U-LINUS', 'oncall cover secondary friday')).toMatch(/^Nobody else takes turns in secondary/)
  await w.at('2026-03-06T23:00:00Z')
  expect(w.told('#incidents')).toEqual(['The shift that Ada Lovelace offered in primary stays as it was'])
  expect(w.told('@U-ADA')).toEqual(['The shift that Ada Lovelace offered in primary stays as it was'])
})

test('whoever lost the message finds what waits, with their own buttons', async () => {
  w = await night({ yaml: three })
  expect(await title('U-ADA', 'oncall requests')).toBe('Nobody wants to change a shift')
  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-09 with linus')
  await w.chat.say('U-ADA', 'oncall cover primary friday')
  const buttons = async (who: string) => {
    const reply = await w.chat.say(who, 'oncall requests')
    return reply?.message.sections?.map((section) => section.buttons?.map(({ label }) => label) ?? [])
  }
  expect(await title('U-ADA', 'oncall requests')).toBe('2 requests wait for an answer')
  // The number is what /oncall accept and withdraw want of somebody who types.
  const listed = await w.chat.say('U-ADA', 'oncall requests')
  expect(listed?.message.sections?.map(({ text }) => text.slice(0, 15)).sort()).toEqual([
    '**1** primary ·',
    '**2** primary ·',
  ])
  expect(await buttons('U-ADA')).toEqual([['Withdraw'], []])
  expect(await buttons('U-GRACE')).toEqual([['I take it'], ['Withdraw']])
  expect(await buttons('U-LINUS')).toEqual([['I take it'], ['Accept', 'Decline']])
})

test('taking the pager lasts until the shift ends unless said otherwise', async () => {
  w = await night({ yaml: three })
  expect(await title('U-ADA', 'oncall take primary')).toMatch(/^You have the pager of primary already/)
  const reply = await w.chat.say('U-LINUS', 'oncall take primary')
  expect(reply).toMatchObject({
    visibility: 'channel',
    message: { title: 'Linus has the pager of primary until Mon 9 Mar, 09:00' },
  })
  expect(await onCallAt('2026-03-09T07:59:59Z')).toBe('linus')
  expect(await onCallAt('2026-03-09T08:00:00Z')).toBe('grace')
  expect(await title('U-NOBODY', 'oncall take primary')).toMatch(/^You are not one of people:/)
})

test('a message that a platform refuses for good reaches the person by their next one; a passing failure only waits', async () => {
  const { TransientError, PermanentError } = await import('../../src/errors.ts')
  const { RecordingChat } = await import('../scenarios/recording-chat.ts')
  w = await night({ yaml: three })
  const console = new RecordingChat('console')
  w.bot.platforms.push(console)
  w.bot.channels.console = { incidents: 'incidents', alerts: 'alerts' }
  w.chat.failures.push({ when: 'after', error: new TransientError('the answer was lost') })
  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-09 with linus')
  await w.turn()
  await w.at('2026-03-02T09:00:05Z')
  expect(w.told('@U-LINUS')).toEqual(['Grace Hopper asks you to swap shifts in primary'])
  w.chat.refused.set('@U-GRACE', new PermanentError('account_inactive'))
  await w.chat.press('U-LINUS', '@U-LINUS', 'Accept')
  await w.turn()
  expect(console.titles('@grace')).toEqual(['Linus swaps with Grace Hopper in primary'])
})

test('a message that a platform refuses for half a minute, and may take again, reaches the person by their next one', async () => {
  const { TransientError } = await import('../../src/errors.ts')
  const { RecordingChat } = await import('../scenarios/recording-chat.ts')
  w = await night({ yaml: three })
  const console = new RecordingChat('console')
  w.bot.platforms.push(console)
  w.bot.channels.console = { incidents: 'incidents', alerts: 'alerts' }
  w.chat.refused.set('@U-LINUS', new TransientError('it refused the token', { isRefusal: true }))
  await w.chat.say('U-GRACE', 'oncall swap primary 2026-03-09 with linus')
  await w.turn()
  expect(console.titles('@linus')).toEqual([])
  const begun = w.bot.clock.now().getTime()
  for (const after of [2, 4, 8, 16, 32, 64]) await w.at(new Date(begun + after * 1000).toISOString())
  expect(console.titles('@linus')).toEqual(['Grace Hopper asks you to swap shifts in primary'])
})
