// Somebody asks for people: a group as well as a person, and a double click is one wish.
import { expect, it, onTestFinished } from 'vitest'
import { minute, team, type World, world } from './world.ts'

async function opened(): Promise<World> {
  const w = await world({ yaml: `${team}groups: { sre: [ada, linus] }\n` })
  onTestFinished(() => w.stop())
  await w.fire()
  await w.pass(0)
  return w
}

const byHand = async (w: World) =>
  (await w.view()).pages.filter((page) => page.key.includes('m')).map((page) => page.person)

it.each(['sre', 'group:sre'])('/incident page %s pages everybody of the group', async (word) => {
  const w = await opened()
  await w.chat.say('U-GRACE', `incident page 1 ${word}`)
  await w.settle()
  expect(await byHand(w)).toEqual(['ada', 'linus'])
})

it('pages once for a double click, and again for whoever means it', async () => {
  const w = await opened()
  await w.chat.say('U-GRACE', 'incident page 1 linus')
  w.clock.set(new Date(w.clock.now().getTime() + 1_500))
  const second = await w.chat.say('U-GRACE', 'incident page 1 linus')
  expect(second?.message.title).toMatch(/Linus was paged a moment ago/)
  await w.settle()
  expect(await byHand(w)).toEqual(['linus'])
  await w.pass(minute)
  await w.chat.say('U-GRACE', 'incident page 1 linus')
  await w.settle()
  expect(await byHand(w)).toEqual(['linus', 'linus'])
})

it('asks who is meant where a name is that of several, and pages none of them', async () => {
  const people =
    '  alex: { name: Alex Smith, slack: U-ALEX }\n  sam: { name: Alex, slack: U-SAM }\n  Sam: { slack: U-SAM2 }\n'
  const w = await world({ yaml: team.replace('people:\n', `people:\n${people}`) })
  onTestFinished(() => w.stop())
  await w.fire()
  await w.pass(0)
  const said = async (whom: string) => (await w.chat.say('U-GRACE', `incident page 1 ${whom}`))?.message.title
  expect(await said('@Alex')).toBe('“Alex” may be alex (Alex Smith) or sam (Alex). Say which, by the word in front.')
  expect(await said('SAM')).toBe('“SAM” may be sam (Alex) or Sam. Say which, by the word in front.')
  await w.settle()
  expect(await byHand(w)).toEqual([])
  for (const whom of ['@alex', 'Sam', '<@U-SAM>']) await said(whom)
  await w.settle()
  expect((await byHand(w)).sort()).toEqual(['Sam', 'alex', 'sam'])
})

it('says what it knows when it knows nobody of that name', async () => {
  const w = await opened()
  const reply = await w.chat.say('U-GRACE', 'incident page 1 sree')
  expect(reply?.message.title).toMatch(
    /no person, group or schedule called “sree”\. People: .*Groups: sre\. Schedules: /,
  )
})

it('two who press Escalate at the same moment are one escalation, and the second is told', async () => {
  const w = await opened()
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.settle()
  const press = w.chat.in('inc-1-checkout')[0]?.message.buttons?.find((one) => one.label === 'Escalate')?.command ?? ''
  expect(await w.chat.say('U-GRACE', press, 'inc-1-checkout')).toBeNull()
  for (const hurried of ['U-GRACE', 'U-LINUS'])
    expect((await w.chat.say(hurried, press, 'inc-1-checkout'))?.message).toMatchObject({
      title: '#1 has moved on since you looked',
    })
  await w.settle()
  const { timeline } = await w.view()
  expect(timeline.filter(({ fact }) => fact.kind === 'incident_escalated')).toHaveLength(1)
})

it('an escalation that nothing came of can be asked for again by the same button', async () => {
  const w = await opened()
  const press = w.chat.in('inc-1-checkout')[0]?.message.buttons?.find((one) => one.label === 'Escalate')?.command ?? ''
  expect(await w.chat.say('U-GRACE', press, 'inc-1-checkout')).toBeNull()
  w.clock.set(new Date(w.clock.now().getTime() + 10_000))
  expect(await w.chat.say('U-GRACE', press, 'inc-1-checkout')).toBeNull()
})

it('a press that loses against the due loop does nothing more', async () => {
  const w = await opened()
  const stale = w.chat.in('@U-ADA')[0]?.message.buttons?.find((one) => one.label === 'Escalate')?.command ?? ''
  w.clock.set(new Date(w.clock.now().getTime() + 5 * minute))
  await Promise.all([w.decide(), w.chat.say('U-ADA', stale)])
  await w.pass(0)
  const steps = (await w.view()).pages.filter((page) => page.key.includes('s')).map((page) => page.person)
  expect(steps.slice(0, 2)).toEqual(['ada', 'linus'])
  expect(steps).toHaveLength(2)
})

it('whoever was called to help and presses Acknowledge is called no more, though somebody else has it', async () => {
  const ways = 'linus: { name: Linus, slack: U-LINUS, reach: [slack, "webhook:phone after 3m"] }'
  const w = await world({
    yaml: `${team.replace('linus: { name: Linus, slack: U-LINUS }', ways)}webhooks: { phone: { url: "http://127.0.0.1:9/" } }\n`,
  })
  onTestFinished(() => w.stop())
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.chat.say('U-ADA', 'incident page 1 linus')
  await w.pass(minute)
  const press = await w.chat.press('U-LINUS', '@U-LINUS', 'I am coming')
  expect(press?.message.title).toBe('Ada Lovelace already has #1')
  expect(press?.message.text).toContain('your call is answered, and nothing else calls you for it')
  const again = await w.chat.say('U-LINUS', 'incident ack 1')
  expect(again?.message.text).toContain('nothing was changed')
  await w.pass(5 * minute)
  const { incident, pages, timeline } = await w.view()
  expect(incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' })
  expect(pages.filter((page) => page.person === 'linus')).toMatchObject([
    { channel: 'slack', status: 'sent' },
    { channel: 'webhook:phone', status: 'cancelled' },
  ])
  expect(timeline.filter(({ fact }) => fact.kind === 'page_answered')).toMatchObject([
    { by: 'linus', text: 'Linus answered the call' },
  ])
  expect(w.chat.in('inc-1-checkout').map(({ message }) => message.title)).toContain('Linus answered the call')
  // Somebody who was not called is told that nothing was changed.
  expect((await w.chat.say('U-GRACE', 'incident ack 1'))?.message.text).toContain('nothing was changed')
})
