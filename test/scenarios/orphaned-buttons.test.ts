// What stayed in a chat of an incident that the database has lost: its number is given out again, and its buttons are still there.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { minute, type World, world } from './world.ts'

let w: World

beforeEach(async () => {
  w = await world()
})

afterEach(() => w.stop())

const cards = () => w.chat.sent.filter(({ key }) => key === 'inc-1/card').map(({ message }) => message)
const pressed = (message: { buttons?: { label: string; command: string }[] } | undefined, label: string) =>
  message?.buttons?.find((one) => one.label === label)?.command ?? ''

/** All that happened is gone, as it is to a standby that had not received it, and the chat still has it. */
async function lose(): Promise<void> {
  await w.bot.db.query(
    'truncate incidents, alerts, pages, messages, rooms cascade; alter sequence incident_numbers restart',
  )
  w.clock.advance(minute)
}

describe('a button of an incident that the database has lost', () => {
  it('does nothing to the incident that has its number by now, and says so', async () => {
    await w.fire()
    await w.pass(0)
    await lose()
    await w.fire({ title: 'Search is slow', service: 'search' })
    await w.pass(0)
    const [orphan, card] = cards()
    for (const label of ['Acknowledge', 'Escalate', 'Resolve']) {
      const reply = await w.chat.say('U-LINUS', pressed(orphan, label))
      expect(reply).toMatchObject({ visibility: 'private', undone: true })
      expect(reply?.message.title).toMatch(/^Nothing was done: .* 1 is another one by now: Search is slow/)
    }
    expect(await w.view()).toMatchObject({ incident: { status: 'open', title: 'Search is slow' } })
    expect((await w.view()).timeline.filter(({ by }) => by !== null)).toEqual([])
    await w.chat.say('U-LINUS', pressed(card, 'Acknowledge'))
    expect(await w.view()).toMatchObject({ incident: { status: 'acknowledged', acknowledgedBy: 'linus' } })
  })

  it('says that the incident is gone as long as nothing has its number', async () => {
    await w.fire()
    await w.pass(0)
    await lose()
    const reply = await w.chat.say('U-LINUS', pressed(cards()[0], 'Acknowledge'))
    expect(reply?.message.title).toMatch(
      /^Nothing was done: the incident 1 of this button is no longer in the database\./,
    )
  })

  it('on a page does nothing to the other one either', async () => {
    await w.fire()
    await w.pass(0)
    const page = w.chat.in('@U-ADA')[0]?.message
    await lose()
    await w.fire({ title: 'Search is slow', service: 'search' })
    await w.pass(0)
    await w.chat.say('U-ADA', pressed(page, 'Acknowledge'))
    expect(await w.view()).toMatchObject({ incident: { status: 'open' } })
  })
})

it('a button of the version before, which names only the number, does what it says', async () => {
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  expect(await w.view()).toMatchObject({ incident: { status: 'acknowledged', acknowledgedBy: 'linus' } })
})

it('a button can be typed, and works after its incident was acknowledged and opened again', async () => {
  await w.fire()
  await w.pass(0)
  const command = pressed(cards()[0], 'Resolve')
  await w.chat.say('U-LINUS', `/${command}`)
  await w.chat.say('U-LINUS', 'incident reopen 1')
  await w.chat.say('U-LINUS', command)
  expect(await w.view()).toMatchObject({ incident: { status: 'resolved', resolvedBy: 'linus' } })
})
