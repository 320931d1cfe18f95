// Roles and status updates: who does what, how things are, and that nobody has to remember to say so.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseSpan } from '../../src/chat/arguments.ts'
import { readUpdate, reminderPace } from '../../src/core/status-update.ts'
import { remindUpdates } from '../../src/flow/updates.ts'
import { minute, team, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
})
afterEach(() => w.stop())

const room = 'inc-1-checkout'
const facts = async () => (await w.view()).timeline.map((entry) => entry.fact)
const reminders = async () => (await facts()).filter(({ kind }) => kind === 'update_due')
const last = (channel: string) => w.chat.in(channel).at(-1)?.message

async function opened(): Promise<void> {
  await w.fire()
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.settle()
}
const update = async (line: string, account = 'U-ADA') => {
  const reply = await w.chat.say(account, `incident update 1 ${line}`)
  await w.settle()
  return reply
}

describe('a status update', () => {
  it('is said in the room, stands on the card and in the incidents channel, and on the timeline', async () => {
    await opened()
    await update('half of all payments fail; needs: a DBA; actions: rolling back; next: 20m')
    const said = last(room)
    expect(said?.title).toBe('Update by Ada Lovelace')
    expect(said?.text).toContain('half of all payments fail')
    expect(said?.fields).toEqual([
      { label: 'Actions', value: 'rolling back' },
      { label: 'Needs', value: 'a DBA' },
      { label: 'Next update', value: 'by **10:20**' },
    ])
    const card = w.chat.in(room)[0]?.message
    expect(card?.fields?.find(({ label }) => label === 'Update')?.value).toBe(
      'half of all payments fail · **Actions:** rolling back · **Needs:** a DBA (Ada Lovelace, 10:00; next by **10:20**)',
    )
    expect(w.chat.in('#incidents')[0]?.message.text).toContain('half of all payments fail')
    expect((await w.view()).timeline.at(-1)).toMatchObject({
      by: 'ada',
      text: 'Ada Lovelace gave an update: half of all payments fail. Actions: rolling back. Needs: a DBA. Next update in 20 min.',
    })
  })

  it('leaves the card when the incident is over: nobody needs anything any more', async () => {
    await opened()
    await update('half of all payments fail; needs: a DBA')
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.settle()
    expect(w.chat.in(room)[0]?.message.fields?.map(({ label }) => label)).not.toContain('Update')
    expect(w.chat.in('#incidents')[0]?.message.text).not.toContain('a DBA')
  })

  it('is asked for when it was promised, of whoever gave it and of the lead, and again until it comes', async () => {
    await opened()
    await w.chat.say('U-GRACE', 'incident lead 1')
    await update('still down')
    await w.pass(30 * minute - 1)
    expect(await reminders()).toEqual([])
    await w.pass(1)
    expect(await reminders()).toEqual([{ kind: 'update_due', people: ['ada', 'grace'], minutes: 30 }])
    expect(last(room)).toMatchObject({ title: 'The next update is due', mentions: ['ada', 'grace'] })
    await w.pass(15 * minute)
    expect(await reminders()).toHaveLength(2)
    await update('better; next: none', 'U-GRACE')
    await w.pass(3 * 60 * minute)
    expect(await reminders()).toHaveLength(2)
  })

  it('is asked for again after half of its time, and not more often than every five minutes', () => {
    expect([120, 30, 10, 8, 1].map((minutes) => reminderPace(minutes * minute) / minute)).toEqual([60, 15, 5, 5, 5])
  })

  it('is not asked for when the incident is over, and its last word promises nothing', async () => {
    await opened()
    await update('still down')
    await w.chat.say('U-ADA', 'incident resolve 1')
    await w.pass(60 * minute)
    expect(await reminders()).toEqual([])
    await update('it was the cache')
    expect((await facts()).at(-1)).toMatchObject({ kind: 'update_given', next: null })
    await w.pass(60 * minute)
    expect(await reminders()).toEqual([])
  })

  it('is not asked for while the incident is about to end by itself', async () => {
    await opened()
    await update('recovering; next: 3m')
    await w.pass(minute)
    await w.clear()
    await w.pass(30 * minute)
    expect((await w.view()).incident.status).toBe('resolved')
    expect(await reminders()).toEqual([])
  })

  it('is asked for once, however many replicas look at the same moment, and whatever was restarted', async () => {
    await opened()
    await update('still down')
    w.clock.set(new Date(w.clock.now().getTime() + 31 * minute))
    await Promise.all(Array.from({ length: 5 }, () => remindUpdates(w.bot)))
    await w.settle()
    expect(await reminders()).toHaveLength(1)
  })

  it('keeps to the time its incident opened with, and an older incident to the usual one', async () => {
    await w.stop()
    w = await world({ yaml: team.replace('{ policy: default, clocks', '{ policy: default, update_every: 10m, clocks') })
    await opened()
    await w.bot.db.query(`update incidents set terms = terms #- '{severities,P2,updateEvery}'`)
    await update('still down')
    await w.pass(10 * minute)
    expect(await reminders()).toHaveLength(1)
    await w.chat.say('U-ADA', 'incident sev 1 P2 fewer people')
    await update('slow')
    await w.pass(60 * minute - 1)
    expect(await reminders()).toHaveLength(1)
    await w.pass(1)
    expect(await reminders()).toHaveLength(2)
  })

  it('stops the clock that waits for the first finding, and shows that its giver still has the incident', async () => {
    await w.stop()
    w = await world({ yaml: team.replace('resolve: 4h', 'investigate: 30m') })
    await opened()
    await w.pass(20 * minute)
    await update('it is the cache; next: none')
    await w.pass(20 * minute)
    expect((await w.view()).clocks.find(({ name }) => name === 'investigate')?.status).toBe('met')
    expect((await facts()).some(({ kind }) => kind === 'acknowledgement_questioned')).toBe(false)
  })

  it('that cannot be read changes nothing and says how it is written', async () => {
    await opened()
    const before = (await facts()).length
    expect((await update('next: soon, needs: x'))?.message.title).toContain('“next: soon” is not a time from 1m to 7d')
    expect((await update('next: 30m'))?.message.title).toContain('An update says something')
    expect((await update('needs: a needs: b'))?.message.title).toContain('“needs:” is there twice')
    expect((await update('down; actions: next: 5m'))?.message.title).toContain('“actions:” has nothing after it')
    expect((await facts()).length).toBe(before)
  })
})

it.each([
  ['down', { conditions: 'down', actions: '', needs: '' }],
  ['Conditions: a. Actions: b; needs : c', { conditions: 'a.', actions: 'b', needs: 'c' }],
  ['next: in 2h needs: people, action: none', { conditions: '', actions: 'none', needs: 'people', next: 7_200_000 }],
  ['see http://x/next:30m for more', { conditions: 'see http://x/next:30m for more', actions: '', needs: '' }],
  ['the reactions: mixed', { conditions: 'the reactions: mixed', actions: '', needs: '' }],
])('an update reads “%s”', (line, read) => {
  expect(readUpdate(line, parseSpan)).toEqual(read)
})

describe('a role', () => {
  it('is taken or given, said in the room, and shown on the card; the lead keeps its own place', async () => {
    await opened()
    await w.chat.say('U-ADA', 'incident role 1 scribe')
    await w.chat.say('U-ADA', 'incident role 1 Comms @U-GRACE')
    await w.chat.say('U-ADA', 'incident role 1 lead @linus')
    await w.settle()
    const card = w.chat.in(room)[0]?.message
    const field = (label: string) => card?.fields?.find((one) => one.label === label)?.value
    expect([field('Lead'), field('Roles')]).toEqual(['Linus', 'scribe Ada Lovelace, comms Grace Hopper'])
    expect(w.chat.in(room).map(({ message }) => message.title)).toContain('Grace Hopper is comms')
    await w.chat.say('U-GRACE', 'incident role 1 comms linus')
    await w.settle()
    expect((await w.view()).timeline.at(-1)?.text).toBe('Grace Hopper gave the role comms to Linus')
    const again = w.chat.in(room)[0]?.message.fields?.find((one) => one.label === 'Roles')?.value
    expect(again).toBe('scribe Ada Lovelace, comms Linus')
  })

  it('that the team does not know is refused with those it knows', async () => {
    await w.stop()
    w = await world({ yaml: `${team}roles: [liaison]\n` })
    await opened()
    const reply = await w.chat.say('U-ADA', 'incident role 1 king')
    expect(reply?.message.title).toBe('There is no role “king”. There are: lead, liaison.')
  })
})
