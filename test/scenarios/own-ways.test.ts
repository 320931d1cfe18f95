// A person's own ways: several at once or one after the other, the next one when one fails or hangs, quiet hours.
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { startFeed } from '../../src/worker/feed.ts'
import { PostOffice } from '../pagers/post-office.ts'
import { RecordingChat } from './recording-chat.ts'
import { minute, team, type World, world } from './world.ts'

const people = (ada: string) => `people:
  ada: { name: Ada Lovelace, slack: U-ADA, email: ada@example.org${ada} }
  grace: { name: Grace Hopper, slack: U-GRACE }
  linus: { name: Linus, slack: U-LINUS }
`

let office: PostOffice
let w: World
async function begin(ada: string, options: { start?: string; more?: string } = {}): Promise<void> {
  const mail = `email: { smtp: "${office.address}", from: "Tocsin <tocsin@example.org>" }\n`
  const yaml = mail + team.replace(/people:\n( {2}.*\n)+/, people(ada)) + (options.more ?? '')
  w = await world({ yaml, ...(options.start && { start: options.start }) })
}
beforeEach(async () => {
  office = await PostOffice.open()
})
afterEach(async () => {
  await w.stop()
  await office.close()
})

const pages = async (incident = 1) => {
  const ledger = (await w.view(incident)).pages
  return ledger
    .map(({ person, channel, round, step, status }) => `${person} ${channel} r${round}s${step} ${status}`)
    .sort()
}
const facts = async (kind: string) => (await w.view()).timeline.filter(({ fact }) => fact.kind === kind)
const inSlack = (person = 'ADA') => w.chat.in(`@U-${person}`).length

describe('ways with a delay', () => {
  beforeEach(() => begin(', reach: { P1: [slack, email after 3m] }'))

  it('follow when nobody has answered for so long', async () => {
    await w.fire()
    await w.pass(3 * minute - 1)
    expect([inSlack(), office.received.length]).toEqual([1, 0])
    await w.pass(1)
    expect([inSlack(), office.received.length]).toEqual([1, 1])
    expect(await pages()).toEqual(['ada email r1s0 sent', 'ada slack r1s0 sent'])
  })

  it('are dropped when somebody has acknowledged before', async () => {
    await w.fire()
    await w.pass(2 * minute)
    await w.chat.say('U-LINUS', 'incident ack 1')
    await w.pass(10 * minute)
    expect(office.received).toHaveLength(0)
    expect(await pages()).toEqual(['ada email r1s0 cancelled', 'ada slack r1s0 sent'])
  })

  it('are taken at once when the way before them fails for good', async () => {
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await w.fire()
    await w.pass(0)
    expect(office.received).toHaveLength(1)
    expect(await pages()).toEqual(['ada email r1s0 sent', 'ada slack r1s0 failed'])
    // She was reached: the next step keeps its time.
    expect(inSlack('LINUS')).toBe(0)
    // Had that hung, too, it would have been given no longer than any other.
    const given = "select reroute_at = due_at + interval '2 min' as whole from pages where channel = 'email'"
    expect((await w.bot.db.query(given)).rows).toEqual([{ whole: true }])
  })

  it('that are taken at once are news to whoever sends: without it they would look for themselves, up to a second later', async () => {
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await w.fire()
    await w.decide()
    const feed = await startFeed(w.bot)
    onTestFinished(() => feed.stop())
    const paged: (number | null)[] = []
    feed.subscribe((news) => news.paged && paged.push(news.incident))
    await w.attemptJobs()
    await expect.poll(() => paged).toContain(1)
  })

  it('of somebody who was asked for by hand are dropped once that person is there', async () => {
    await w.fire({ severity: 'critical' })
    await w.pass(0)
    await w.chat.say('U-LINUS', 'incident ack 1')
    await w.pass(0)
    await w.chat.say('U-LINUS', 'incident page 1 ada')
    await w.pass(minute)
    expect(inSlack()).toBe(2)
    await w.chat.say('U-ADA', 'incident note 1 on my way')
    await w.pass(5 * minute)
    expect(office.received).toHaveLength(0)
  })

  it('of somebody who was asked for by hand come although somebody else has it', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-LINUS', 'incident ack 1')
    await w.chat.say('U-LINUS', 'incident page 1 ada')
    await w.pass(3 * minute)
    expect(office.received).toHaveLength(1)
  })
})

describe('without rules', () => {
  beforeEach(() => begin(''))

  it('a page goes to the first chat, and by mail when that refuses for good', async () => {
    await w.fire()
    await w.pass(minute)
    expect([inSlack(), office.received.length]).toEqual([1, 0])
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    await w.fire({ title: 'Search is down', service: 'search' })
    await w.pass(0)
    expect(office.received).toHaveLength(1)
    expect(await pages(2)).toEqual(['ada email r1s0 sent', 'ada slack r1s0 failed'])
  })

  it('a page that is refused as if for good goes by mail at once, and to the chat when that was only ill', async () => {
    w.chat.refused.set('@U-ADA', new TransientError('it refused the token', { isRefusal: true }))
    await w.fire()
    await w.decide()
    for (let attempt = 0; attempt < 3; attempt++) await w.attemptJobs()
    expect(office.received).toHaveLength(1)
    expect(await pages()).toEqual(['ada email r1s0 sent', 'ada slack r1s0 due'])
    w.clock.advance(minute)
    await w.attemptJobs()
    w.chat.refused.clear()
    await w.pass(0)
    // She was reached: the next step keeps its time.
    expect(await pages()).toEqual(['ada email r1s0 sent', 'ada slack r1s0 sent'])
    expect(office.received).toHaveLength(1)
  })

  it('is left whatever the refusal says, also what no database can keep', async () => {
    w.chat.refused.set('@U-ADA', new PermanentError('account_\0inactive'))
    await w.fire()
    await w.pass(0)
    expect(await pages()).toEqual(['ada email r1s0 sent', 'ada slack r1s0 failed'])
    w.chat.refused.set('inc-2-checkout', new PermanentError('is_\0archived'))
    await w.fire({ title: 'Another', labels: { alertname: 'Another' } })
    await w.pass(0)
    expect((await w.view(2)).timeline.map(({ text }) => text)).toContainEqual(expect.stringContaining('is_archived'))
  })

  it('the policy goes on only when no way is left', async () => {
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    office.mood = { refuse: 550 }
    await w.fire()
    await w.pass(0)
    expect(await pages()).toEqual(['ada email r1s0 failed', 'ada slack r1s0 failed', 'linus slack r1s1 sent'])
  })
})

describe('somebody to whom only the console is left', () => {
  beforeEach(async () => {
    await begin('')
    w.bot.platforms.push(new RecordingChat('console'))
    w.bot.channels.console = { incidents: 'incidents', alerts: 'alerts' }
    w.chat.refused.set('@U-ADA', new PermanentError('account_inactive'))
    office.mood = { refuse: 550 }
  })

  it('finds the page there, and the policy goes on at once: nobody is woken by it', async () => {
    await w.fire()
    await w.pass(0)
    const called = ['ada console r1s0 sent', 'ada email r1s0 failed', 'ada slack r1s0 failed', 'linus slack r1s1 sent']
    expect(await pages()).toEqual(called)
  })

  it('who wants it there, or has nothing else, has the time of the step', async () => {
    const person = w.bot.config.people.ada
    if (person === undefined) throw new Error('no ada')
    person.accounts = { console: 'ada' }
    await w.fire()
    await w.pass(0)
    expect(await pages()).toEqual(['ada console r1s0 sent', 'ada email r1s0 failed'])
  })
})

describe('a way that hangs', () => {
  beforeEach(async () => {
    // Ahead of the real clock, which the queue goes by: what is put back waits until it is let go.
    await begin('', { start: '2036-03-03T09:00:00Z' })
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    await w.fire()
    await w.decide()
    await w.attemptJobs()
  })

  const later = async (milliseconds: number) => {
    w.clock.advance(milliseconds)
    await w.decide()
    await w.attemptJobs()
    await w.attemptJobs()
  }

  it('is given two minutes, then the next way is taken as well, and the timeline says so', async () => {
    await later(2 * minute - 1)
    expect(office.received).toHaveLength(0)
    await later(1)
    expect(office.received).toHaveLength(1)
    const told = await facts('page_rerouted')
    expect(told.map(({ text }) => text)).toEqual([
      'No page to Ada Lovelace got through in Slack for 2 min: also sent by e-mail',
    ])
    await later(2 * minute)
    expect(office.received).toHaveLength(1)
    expect(await facts('page_rerouted')).toHaveLength(1)
  })

  it('gets the page once when it is back, if nobody has it yet', async () => {
    await later(2 * minute)
    w.chat.refused.clear()
    await later(minute)
    await w.pass(0)
    expect([inSlack(), office.received.length]).toEqual([1, 1])
    expect(await pages()).toEqual(['ada email r1s0 sent', 'ada slack r1s0 sent'])
  })

  it('gets nothing any more when somebody has it', async () => {
    await later(2 * minute)
    await w.chat.say('U-LINUS', 'incident ack 1')
    w.chat.refused.clear()
    await w.pass(minute)
    expect(inSlack()).toBe(0)
  })

  it('takes no other way when somebody has it by then', async () => {
    await w.chat.say('U-LINUS', 'incident ack 1')
    await later(2 * minute)
    expect([office.received.length, await facts('page_rerouted')]).toEqual([0, []])
  })

  it('is not left because of two replicas that look at once', async () => {
    w.clock.advance(2 * minute)
    await Promise.all([w.decide(), w.decide()])
    await w.attemptJobs()
    expect(await facts('page_rerouted')).toHaveLength(1)
  })
})

it('a page that nobody even tried to send, because its platform never connected, takes the next way too', async () => {
  await begin('')
  await w.fire()
  await w.decide()
  w.clock.advance(2 * minute)
  await w.decide()
  expect(await pages()).toEqual(['ada email r1s0 due', 'ada slack r1s0 due'])
})

it('a page that hangs in the middle of being sent takes the next way too', async () => {
  await begin('')
  await w.fire()
  await w.decide()
  await w.bot.db.query("update pages set status = 'sending', holder = 'somebody', attempts = 1")
  w.clock.advance(2 * minute)
  await w.decide()
  expect(await pages()).toEqual(['ada email r1s0 due', 'ada slack r1s0 sending'])
})

describe('quiet hours', () => {
  // 23:00 in Berlin.
  const night = '2026-03-02T22:00:00Z'
  const severities = 'severities: { P3: { paging: always, presence: room, policy: default } }\n'
  beforeEach(async () => {
    const yaml = team
      .replace(/severities:\n( {2}.*\n)+/, severities)
      .replace(/people:\n( {2}.*\n)+/, people(', quiet: { from: "22:00", until: "07:00" }'))
    w = await world({ yaml, start: night })
  })

  it('hold back the page of a P3 until they end, and the timeline says so', async () => {
    await w.fire({ severity: 'info' })
    await w.pass(0)
    expect(inSlack()).toBe(0)
    expect((await facts('page_postponed')).map(({ text }) => text)).toEqual([
      'The page to Ada Lovelace waits until Tue 3 Mar 07:00: quiet hours of Ada Lovelace',
    ])
    // The others have none.
    await w.pass(5 * minute)
    expect(inSlack('LINUS')).toBe(1)
    await w.pass(8 * 60 * minute)
    // The policy called her in the second round as well: one call is enough.
    expect(w.chat.in('@U-ADA').map(({ key }) => key)).toEqual(['inc-1/r2s0/ada/slack'])
  })

  it('bring one call in the morning, though a way of an earlier one would have waited longer', async () => {
    await w.stop()
    const ada = ', quiet: { from: "22:00", until: "07:00" }, reach: [slack, email after 10m]'
    const mail = `email: { smtp: "${office.address}", from: "Tocsin <tocsin@example.org>" }\n`
    const duty = team
      .replace(/severities:\n( {2}.*\n)+/, severities)
      .replace(/last_resort: .*/, 'last_resort: { people: [ada], every: 24h }')
    w = await world({ yaml: mail + duty.replace(/people:\n( {2}.*\n)+/, people(ada)), start: night })
    await w.fire({ severity: 'info' })
    await w.pass(9 * 60 * minute)
    expect(w.chat.in('@U-ADA')).toHaveLength(1)
    expect(office.received).toHaveLength(1)
  })

  it('hold back a way that waited for an answer when they began, and it waits as long once they are over', async () => {
    await w.stop()
    const ada = ', quiet: { from: "22:00", until: "07:00" }, reach: [slack, email after 10m]'
    const mail = `email: { smtp: "${office.address}", from: "Tocsin <tocsin@example.org>" }\n`
    const alone = team
      .replace(/severities:\n( {2}.*\n)+/, severities)
      .replace(/steps:\n( {6}.*\n)+/, 'steps: [{ page: person:ada, wait: 24h }]\n')
    // 21:55 in Berlin.
    w = await world({ yaml: mail + alone.replace(/people:\n( {2}.*\n)+/, people(ada)), start: '2026-03-02T20:55:00Z' })
    await w.fire({ severity: 'info' })
    await w.pass(9 * 60 * minute + 15 * minute - 1)
    expect([inSlack(), office.received.length]).toEqual([1, 0])
    expect((await facts('page_postponed')).map(({ text }) => text)).toEqual([
      'The page to Ada Lovelace by e-mail waits until Tue 3 Mar 07:10: quiet hours of Ada Lovelace',
    ])
    await w.pass(1)
    expect(office.received).toHaveLength(1)
  })

  it('do not count for a P1', async () => {
    await w.fire()
    await w.pass(0)
    expect(inSlack()).toBe(1)
  })

  it('do not count when somebody asks for the person', async () => {
    await w.fire({ severity: 'info' })
    await w.pass(0)
    await w.chat.say('U-LINUS', 'incident page 1 ada')
    await w.pass(0)
    expect(inSlack()).toBe(1)
  })

  it('end when the severity is raised: the waiting page makes room for one that comes at once', async () => {
    await w.fire({ severity: 'info' })
    await w.pass(0)
    await w.chat.say('U-LINUS', 'incident sev 1 P1 it spreads')
    await w.pass(0)
    expect(inSlack()).toBe(1)
    expect(await pages()).toEqual(['ada slack r1s0 cancelled', 'ada slack r2s0 sent'])
  })

  it('do not count when somebody escalates by hand', async () => {
    await w.fire({ severity: 'info' })
    await w.pass(5 * minute)
    await w.chat.say('U-LINUS', 'incident escalate 1')
    await w.pass(0)
    expect(inSlack()).toBe(1)
  })
})
