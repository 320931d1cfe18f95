// People look at how they will be reached, and try their pager before the night.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { header, PostOffice, readable } from '../pagers/post-office.ts'
import { team, type World, world } from './world.ts'

let office: PostOffice
let w: World
beforeEach(async () => {
  office = await PostOffice.open()
  const people = `people:
  ada: { name: Ada Lovelace, slack: U-ADA, email: ada@example.org, reach: { P1: [slack, email after 3m], P3: email }, quiet: { from: "22:00", until: "07:00" } }
  grace: { name: Grace Hopper, slack: U-GRACE }
  linus: { name: Linus, slack: U-LINUS }
`
  const mail = `email: { smtp: "${office.address}", from: "Tocsin <tocsin@example.org>" }\n`
  w = await world({ yaml: mail + team.replace(/people:\n( {2}.*\n)+/, people) })
})
afterEach(async () => {
  await w.stop()
  await office.close()
})

it('/oncall reach shows the ways of each severity, what comes after them, and the quiet hours', async () => {
  const reply = await w.chat.say('U-ADA', 'oncall reach')
  expect(reply?.visibility).toBe('private')
  expect(reply?.message.title).toBe('How Ada Lovelace is paged')
  expect(reply?.message.fields).toEqual([
    { label: 'P1', value: 'in Slack, by e-mail **after 3 min** without an answer' },
    { label: 'P2', value: 'in Slack; if that fails: by e-mail' },
    { label: 'P3', value: 'by e-mail; if that fails: in Slack (in business hours)' },
    { label: 'P4', value: 'in Slack; if that fails: by e-mail (only when somebody asks)' },
    {
      label: 'Quiet hours',
      value: '22:00 to 07:00 Europe/Berlin: pages of a P3 or P4 wait until they end. P1 and P2 come at any time.',
    },
  ])
  const other = await w.chat.say('U-ADA', 'oncall reach grace')
  expect(other?.message.fields).toEqual([{ label: 'P1, P2', value: 'in Slack' }, expect.anything(), expect.anything()])
})

it('/oncall test sends what nobody takes for a page over every way, and says what came of it', async () => {
  const reply = await w.chat.say('U-ADA', 'oncall test')
  expect(reply?.message).toMatchObject({
    title: 'Sent over 2 ways: check that each of them made a sound',
    tone: 'good',
    fields: [
      { label: 'In Slack', value: 'sent' },
      { label: 'By e-mail', value: 'sent' },
    ],
  })
  const [message] = w.chat.in('@U-ADA')
  expect(message?.message.title).toBe('TEST, nothing is wrong: pages reach Ada Lovelace in Slack')
  expect(message?.message.buttons ?? []).toEqual([])
  expect(header(office.received[0], 'Subject')).toBe('TEST, nothing is wrong: pages reach Ada Lovelace by e-mail')
  expect(readable(office.received[0])).toContain('Nobody is waiting for you')
})

it('/oncall test tells which way does not work, and why', async () => {
  office.mood = { refuse: 550 }
  const some = await w.chat.say('U-ADA', 'oncall test')
  expect(some?.message.title).toBe('1 of 2 ways did not work')
  expect(some?.message.fields?.[1]?.value).toContain('the mail server 127.0.0.1 answered 550')
  w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
  const none = await w.chat.say('U-ADA', 'oncall test')
  expect(none?.message).toMatchObject({ title: 'No page would reach you now', tone: 'critical' })
})

it('whoever is nobody in the configuration is told how to become somebody', async () => {
  const reply = await w.chat.say('U-NEW', 'oncall test')
  expect(reply?.message.title).toContain('no one in people: has the slack account U-NEW')
})
