// The pager changes hands: both are told, the incoming person confirms, and without an answer the outgoing one keeps it.
import { afterEach, expect, test } from 'vitest'
import { shiftAt } from '../../src/core/schedule.ts'
import { PermanentError } from '../../src/errors.ts'
import { decideHandovers } from '../../src/flow/handover.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { RecordingChat } from '../scenarios/recording-chat.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let w: Night
afterEach(() => w.stop())

/** Ada has the week of 2 March, Grace takes over on the 9th at 9:00 in Berlin. */
const handover = '2026-03-09T08:00:00Z'
const late = '2026-03-09T08:15:00Z'

async function holder(): Promise<string | undefined> {
  const schedule = w.bot.config.schedules.primary
  const now = w.clock.now()
  return schedule && shiftAt(schedule, await overridesAt(w.bot.db, now), now)?.people[0]
}

test('both are told in the moment of the change, with what is open and what was noisy', async () => {
  w = await night()
  await w.at('2026-03-09T07:50:00Z')
  await w.fire({ title: 'Checkout is slow' })
  await w.settle()
  const before = w.told('@U-GRACE').length
  await w.at('2026-03-09T07:59:59Z')
  expect(w.told('@U-GRACE')).toHaveLength(before)
  await w.at(handover)
  const [asked] = w.chat.in('@U-GRACE').slice(before)
  expect(asked?.message).toMatchObject({
    title: 'You have the pager of primary: please confirm',
    buttons: [{ label: 'I have the pager', command: 'oncall have 1', style: 'primary' }],
  })
  expect(asked?.message.text).toContain('by 09:15, Ada Lovelace keeps it')
  expect(asked?.message.text).toMatch(/\*\*P1\*\* \[\\?#1\].* Checkout is slow .*\*\*nobody has this yet\*\*/)
  expect(asked?.message.text).toContain('`Checkout is slow` fired 1 time in 1 incident')
  expect(w.told('@U-ADA').at(-1)).toBe('Grace Hopper has the pager of primary')
  expect(await holder()).toBe('grace')
})

test('one press confirms it: both messages say so, and nobody keeps anything', async () => {
  w = await night()
  await w.at(handover)
  const reply = await w.chat.press('U-GRACE', '@U-GRACE', 'I have the pager')
  expect(reply?.message.title).toBe('You have the pager: primary until Mon 16 Mar 09:00 Europe/Berlin')
  await w.at(late)
  expect(w.told('@U-GRACE')).toEqual(['You have the pager of primary'])
  expect(w.chat.in('@U-GRACE')[0]?.message.buttons).toBeUndefined()
  expect(w.told('@U-ADA')).toEqual(['Grace Hopper has the pager of primary'])
  expect(w.told('#incidents')).toEqual([])
  expect(await holder()).toBe('grace')
  const again = await w.chat.say('U-GRACE', 'oncall have 1')
  expect(again?.message.title).toBe('Grace Hopper has confirmed this already; nothing was changed.')
})

test('whoever goes off duty with an incident of theirs is not told that they are free', async () => {
  w = await night()
  await w.at('2026-03-09T07:50:00Z')
  await w.fire({ title: 'Checkout is slow' })
  await w.settle()
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.at(handover)
  await w.chat.press('U-GRACE', '@U-GRACE', 'I have the pager')
  await w.at(late)
  const text = w.chat.in('@U-ADA').find(({ message }) => message.title.startsWith('Grace Hopper has the pager'))
    ?.message.text
  expect(text).toMatch(/confirmed it\. What you have acknowledged \(\\?#1\) stays yours until somebody takes it over\./)
  expect(text).not.toContain('free')
})

test('whoever goes off duty with an incident that is below those listed is not told that they are free either', async () => {
  w = await night()
  await w.at('2026-03-09T07:50:00Z')
  for (let i = 1; i <= 8; i++) await w.fire({ title: `Checkout ${i} is down`, service: `checkout-${i}` })
  await w.fire({ title: 'Search is slow', service: 'search', severity: 'warning' })
  await w.settle()
  await w.chat.say('U-ADA', 'incident ack 9')
  await w.at(handover)
  await w.chat.press('U-GRACE', '@U-GRACE', 'I have the pager')
  await w.at(late)
  const text = w.chat.in('@U-ADA').find(({ message }) => message.title.startsWith('Grace Hopper has the pager'))
  expect(text?.message.text).toMatch(/confirmed it\. What you have acknowledged \(\\?#9\) stays yours/)
})

test('whoever goes from one schedule to another is not told that they are free', async () => {
  w = await night({ yaml: team.replace('people: [linus]', 'people: [grace, ada]') })
  await w.at('2026-03-09T07:59:00Z')
  await w.at(handover)
  await w.chat.say('U-GRACE', 'oncall have')
  await w.turn()
  const text = w.chat.in('@U-ADA').find(({ message }) => message.title === 'Grace Hopper has the pager of primary')
  expect(text?.message.text).toContain('Grace Hopper confirmed it. You are on call in secondary.')
})

test('no answer in time: the outgoing person keeps the pager, hears of it, and the channel is told', async () => {
  w = await night()
  await w.at(handover)
  await w.at('2026-03-09T08:14:59Z')
  expect(await holder()).toBe('grace')
  await w.at(late)
  expect(await holder()).toBe('ada')
  expect(w.told('#incidents')).toEqual(['Grace Hopper has not confirmed the pager of primary: Ada Lovelace keeps it'])
  expect(w.chat.in('#incidents')[0]?.message.mentions).toEqual(['grace', 'ada'])
  // The first message stays what it was; a second one rings.
  expect(w.told('@U-ADA')).toEqual(['Grace Hopper has the pager of primary', 'You still have the pager of primary'])
  expect(w.told('@U-GRACE')).toEqual(['Ada Lovelace keeps the pager of primary until you confirm'])
  await w.fire()
  await w.pass(0)
  expect(w.chat.in('@U-ADA').some(({ message }) => message.title.includes('Checkout is down'))).toBe(true)
  expect(w.told('@U-GRACE')).toHaveLength(1)
})

test('confirming late takes the pager at once and tells everybody', async () => {
  w = await night()
  await w.at(handover)
  await w.at(late)
  await w.at('2026-03-09T10:00:00Z')
  await w.chat.press('U-GRACE', '#incidents', 'I have the pager')
  expect(await holder()).toBe('grace')
  await w.turn()
  expect(w.told('#incidents')).toEqual(['Grace Hopper has the pager of primary'])
  expect(w.told('@U-ADA').at(-1)).toBe('Grace Hopper has the pager of primary')
  expect(w.told('@U-ADA')).toHaveLength(3)
  await w.at('2026-03-09T12:00:00Z')
  expect(w.told('@U-GRACE')).toEqual(['You have the pager of primary'])
})

test('that the pager is kept, and confirmed after all, is on the timeline of running incidents', async () => {
  w = await night()
  await w.at('2026-03-09T07:50:00Z')
  await w.fire()
  await w.at(handover)
  await w.at(late)
  await w.chat.press('U-GRACE', '@U-GRACE', 'I have the pager')
  await w.turn()
  const passed = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'pager_changed').map(({ text }) => text)
  expect(passed).toEqual([
    'The pager of primary passed from Ada Lovelace to Grace Hopper',
    'The pager of primary passed from Grace Hopper to Ada Lovelace',
    'The pager of primary passed from Ada Lovelace to Grace Hopper',
  ])
})

test('what is kept is kept for one shift at most, and whoever goes on after it is not asked', async () => {
  w = await night()
  await w.at(handover)
  await w.at(late)
  await w.at('2026-03-16T07:59:59Z')
  expect(await holder()).toBe('ada')
  const told = w.chat.sent.length
  // Ada's own turn comes.
  await w.at('2026-03-16T08:00:00Z')
  await w.at('2026-03-16T08:20:00Z')
  expect(await holder()).toBe('ada')
  expect(w.chat.sent).toHaveLength(told)
  const reply = await w.chat.say('U-GRACE', 'oncall have 1')
  expect(reply?.message.title).toContain('has changed hands since')
})

test('whoever takes the pager that a hand-over asks them to confirm has confirmed it', async () => {
  w = await night()
  await w.at(handover)
  const reply = await w.chat.say('U-GRACE', 'oncall take primary')
  expect(reply?.message.title).toBe('You have the pager: primary until Mon 16 Mar 09:00 Europe/Berlin')
  await w.at(late)
  expect(await holder()).toBe('grace')
  expect(w.told('#incidents')).toEqual([])
  const again = await w.chat.say('U-GRACE', 'oncall take primary')
  expect(again?.message.title).toMatch(/^You have the pager of primary already/)
})

test('another person cannot confirm, and is told how to take the pager', async () => {
  w = await night()
  await w.at(handover)
  const reply = await w.chat.say('U-LINUS', 'oncall have 1')
  expect(reply?.message.title).toBe('This asks Grace Hopper. To take the pager: /oncall take primary')
  const none = await w.chat.say('U-LINUS', 'oncall have')
  expect(none?.message.title).toMatch(/^No hand-over waits for you/)
})

test('with `never` both are told and nothing is asked', async () => {
  w = await night({ yaml: `${team}handover: { accept_within: never }\n` })
  await w.at(handover)
  expect(w.chat.in('@U-GRACE')[0]?.message.buttons).toBeUndefined()
  await w.at('2026-03-10T08:00:00Z')
  expect(await holder()).toBe('grace')
  expect(w.told('#incidents')).toEqual([])
})

test('a schedule of one person hands nothing over', async () => {
  w = await night()
  await w.at(handover)
  await w.at(late)
  expect(w.told('@U-LINUS')).toEqual([])
})

test('taking the pager tells whoever had it, asks nobody, and ends what was asked', async () => {
  w = await night()
  await w.at(handover)
  const reply = await w.chat.say('U-LINUS', 'oncall take primary 2h')
  expect(reply?.message.title).toMatch(/^Linus has the pager of primary until /)
  await w.turn()
  expect(w.told('@U-GRACE')).toEqual(['The pager of primary has moved on', 'Linus has the pager of primary'])
  expect(w.told('@U-LINUS')).toEqual(['You have the pager of primary'])
  await w.at(late)
  expect(await holder()).toBe('linus')
  // When it ends, Grace is asked.
  await w.at('2026-03-09T10:00:00Z')
  expect(await holder()).toBe('grace')
  expect(w.told('@U-GRACE').at(-1)).toBe('You have the pager of primary: please confirm')
})

test('somebody who takes what was kept hands it back to whoever the schedule names, who is asked again', async () => {
  w = await night()
  await w.at(handover)
  await w.at(late)
  await w.chat.say('U-LINUS', 'oncall take primary 2h')
  await w.turn()
  expect(await holder()).toBe('linus')
  expect(w.told('@U-ADA').at(-1)).toBe('Linus has the pager of primary')
  expect(w.told('#incidents')).toEqual(['The pager of primary has moved on'])
  await w.at('2026-03-09T10:15:00Z')
  expect(await holder()).toBe('grace')
  expect(w.told('@U-GRACE').at(-1)).toBe('You have the pager of primary: please confirm')
  await w.chat.say('U-GRACE', 'oncall have')
  await w.at('2026-03-09T12:00:00Z')
  expect(await holder()).toBe('grace')
})

test('whoever is back from a shift that was covered is told, and not asked: it ends when both said it would', async () => {
  w = await night()
  await w.at(handover)
  await w.chat.say('U-GRACE', 'oncall have')
  await w.chat.say('U-GRACE', 'oncall cover primary friday')
  await w.chat.say('U-ADA', 'oncall accept 1')
  await w.at('2026-03-12T23:00:00Z')
  expect(await holder()).toBe('ada')
  // In the middle of the night.
  await w.at('2026-03-13T23:00:00Z')
  expect(await holder()).toBe('grace')
  expect(w.told('@U-GRACE').at(-1)).toBe('You have the pager of primary')
  await w.at('2026-03-14T08:00:00Z')
  expect(await holder()).toBe('grace')
  expect(w.told('@U-ADA').at(-1)).toBe('Grace Hopper has the pager of primary')
  expect(w.told('#incidents')).not.toContain(
    'Grace Hopper has not confirmed the pager of primary: Ada Lovelace keeps it',
  )
})

test('a press in the moment somebody else takes the pager hides nothing from anybody', async () => {
  w = await night()
  await w.at(handover)
  await w.chat.say('U-LINUS', 'oncall take primary 2h')
  // Not seen yet.
  await w.chat.press('U-GRACE', '@U-GRACE', 'I have the pager')
  await w.turn()
  expect(await holder()).toBe('linus')
  expect(w.told('@U-LINUS')).toEqual(['You have the pager of primary'])
  expect(w.told('@U-GRACE').at(-1)).toBe('Linus has the pager of primary')
})

test('replicas that look at the same moment tell it once', async () => {
  w = await night()
  w.clock.set(new Date(handover))
  await Promise.all([1, 2, 3, 4].map(() => decideHandovers(w.bot)))
  await Promise.all([1, 2, 3].map(() => w.turn()))
  expect(w.told('@U-GRACE')).toHaveLength(1)
  w.clock.set(new Date(late))
  await Promise.all([1, 2, 3, 4].map(() => decideHandovers(w.bot)))
  await w.turn()
  expect(await overridesAt(w.bot.db, w.clock.now())).toMatchObject([{ person: 'ada', replaces: 'grace' }])
  expect(w.told('#incidents')).toHaveLength(1)
  // Whoever was later found it kept, and left it so.
  await w.chat.press('U-GRACE', '@U-GRACE', 'I have the pager')
  expect(await holder()).toBe('grace')
})

test('a replica whose clock is behind leaves alone what one that is ahead of it has seen', async () => {
  w = await night()
  await w.at(handover)
  await w.at('2026-03-09T07:59:58Z')
  await w.at('2026-03-09T08:00:01Z')
  expect(w.told('@U-GRACE')).toEqual(['You have the pager of primary: please confirm'])
  expect(w.told('@U-ADA')).toEqual(['Grace Hopper has the pager of primary'])
  await w.chat.press('U-GRACE', '@U-GRACE', 'I have the pager')
  await w.at(late)
  expect(await holder()).toBe('grace')
})

test('a bot that slept over hand-overs tells only the last one, with time to answer from now on', async () => {
  w = await night()
  await w.at('2026-03-25T12:00:00Z')
  expect(w.told('@U-GRACE')).toEqual(['You have the pager of primary: please confirm'])
  expect(w.chat.in('@U-GRACE')[0]?.message.text).toContain('by 13:15')
  await w.at('2026-04-08T12:00:00Z')
  expect(w.told('@U-GRACE')).toEqual(['The pager of primary has moved on'])
  expect(w.told('#incidents')).toEqual([])
})

test('editing tocsin.yaml tells who has the pager now, once, even while two replicas disagree', async () => {
  w = await night()
  const { primary } = w.bot.config.schedules
  if (primary === undefined) throw new Error('no schedule')
  const layers = primary.layers.map((layer) => ({ ...layer, turns: [['grace'], ['ada']] }))
  const edited = { ...primary, layers }
  for (let i = 0; i < 3; i++) {
    for (const schedule of [edited, primary]) {
      w.bot.config.schedules.primary = schedule
      w.clock.advance(1_000)
      await w.turn()
    }
  }
  expect(w.told('@U-GRACE')).toHaveLength(2)
  expect(w.told('@U-ADA')).toHaveLength(2)
  // Nobody is asked to confirm what a file says.
  const posted = [...w.chat.in('@U-GRACE'), ...w.chat.in('@U-ADA')].map((one) => one.posted.title)
  expect(posted.filter((title) => title.includes('confirm'))).toEqual([])
  await w.at('2026-03-02T12:00:00Z')
  expect(w.told('#incidents')).toEqual([])
})

test('what no platform takes is given up, and not handed around for ever', async () => {
  w = await night({ yaml: team.replace('slack: U-GRACE', 'slack: U-GRACE, discord: "123456789012345678"') })
  const other = new RecordingChat('discord')
  w.bot.platforms.push(other)
  w.bot.channels.discord = { incidents: '#incidents', alerts: '#alerts' }
  const asked: string[] = []
  for (const chat of [w.chat, other]) {
    const post = chat.post.bind(chat)
    chat.post = async (request) => {
      if (!('account' in request.to) || request.to.account === 'U-ADA') return post(request)
      asked.push(chat.name)
      throw new PermanentError('cannot_dm_bot')
    }
  }
  await w.at(handover)
  for (let turns = 0; turns < 3; turns++) await w.turn()
  expect(asked).toEqual(['slack', 'discord'])
})

test('somebody who left the team keeps nothing', async () => {
  w = await night()
  await w.at(handover)
  delete w.bot.config.people.ada
  await w.at(late)
  expect(await holder()).toBe('grace')
  expect(w.told('#incidents')).toEqual(['Grace Hopper has the pager of primary'])
  expect(w.chat.in('#incidents')[0]?.message.text).toContain('Nobody confirmed it')
})
