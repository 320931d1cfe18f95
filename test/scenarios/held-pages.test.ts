// Pages of a P3 that quiet hours hold back, and what has happened by the time they end.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { PostOffice } from '../pagers/post-office.ts'
import { minute, team, type World, world } from './world.ts'

const hour = 60 * minute
/** 23:00 in Berlin. */
const night = '2026-03-02T22:00:00Z'
const quiet = ', quiet: { from: "22:00", until: "07:00" }'

let office: PostOffice
let w: World
async function begin({
  ada = quiet,
  grace = '',
  steps = '{ page: "schedule:primary", wait: 48h }',
  rotation = '{ people: [ada, grace], every: week, starts: 2026-03-02, handover: "Mon 09:00" }',
  start = night,
  duty = 'grace',
} = {}) {
  const people = `people:
  ada: { name: Ada Lovelace, slack: U-ADA, email: ada@example.org${ada} }
  grace: { name: Grace Hopper, slack: U-GRACE${grace} }
  linus: { name: Linus, slack: U-LINUS }
`
  const yaml = team
    .replace(/people:\n( {2}.*\n)+/, people)
    .replace(
      /severities:\n( {2}.*\n)+/,
      'severities: { P1: { policy: default }, P3: { paging: always, presence: room, policy: default, reroute_after: 2m } }\n',
    )
    .replace(/steps:\n( {6}.*\n)+/, `steps: [${steps}]\n`)
    .replace(/(primary: .*rotation: ).*( }\n)/, `$1${rotation}$2`)
    .replace('people: [grace], every: 10m', `people: [${duty}], every: 12h`)
  const mail = `email: { smtp: "${office.address}", from: "Tocsin <tocsin@example.org>" }\n`
  w = await world({ yaml: mail + yaml, start })
}
beforeEach(async () => {
  office = await PostOffice.open()
})
afterEach(async () => {
  await w.stop()
  await office.close()
})

const fire = async () => {
  await w.fire({ severity: 'info' })
  await w.pass(0)
}
const say = (account: string, words: string) => w.chat.say(account, words, '#general')
const inSlack = (person: string) => w.chat.in(`@U-${person}`).length
const told = async (kind: string) => {
  const found = (await w.view()).timeline.filter(({ fact }) => fact.kind === kind)
  return found.map(({ text }) => text)
}

describe('a page that waited for the end of quiet hours', () => {
  const why = async (person: string) => {
    const reply = await say('U-LINUS', `incident why 1 @${person}`)
    return (reply?.message.text ?? '').split('\n').filter((line) => line.startsWith('1. '))
  }

  it('goes to whoever took the pager meanwhile, and the one before is not woken', async () => {
    await begin()
    await fire()
    await w.pass(6 * hour)
    await say('U-GRACE', 'oncall take primary')
    await w.pass(2 * hour - 1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 0])
    await w.pass(1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 1])
    expect(office.received).toHaveLength(0)
    expect(w.chat.in('@U-GRACE')[0]?.message.text).toContain('You are on call (primary).')
    expect((await told('people_paged')).at(-1)).toBe(
      'Paging Grace Hopper (step 1, round 1): the page waited for Ada Lovelace, who no longer has the pager',
    )
    expect((await why('grace')).slice(4)).toEqual([
      '1. `Mon 2 Mar 23:00:00` Paging Ada Lovelace (step 1, round 1)',
      '1. `Mon 2 Mar 23:00:00` The page to Ada Lovelace waits until Tue 3 Mar 07:00: quiet hours of Ada Lovelace',
      '1. `Tue 3 Mar 07:00:00` Paging Grace Hopper (step 1, round 1): the page waited for Ada Lovelace, who no longer has the pager',
      expect.stringMatching(/Grace Hopper was on call in \*\*primary\*\*, .* by an override of Grace Hopper/),
      expect.stringMatching(/`Tue 3 Mar 07:00:00` The page went out \*\*in Slack\*\*/),
    ])
    expect((await why('ada')).slice(6)).toEqual([
      expect.stringMatching(/The page to Ada Lovelace waits until/),
      expect.stringMatching(/Paging Grace Hopper .* who no longer has the pager/),
      expect.stringMatching(/The page in Slack was no longer needed/),
    ])
  })

  it('goes to whoever the shift that began meanwhile belongs to', async () => {
    // The night before Monday, when it is her turn.
    await begin({ ada: '', grace: quiet.replace('07:00', '09:30'), start: '2026-03-15T22:00:00Z' })
    await fire()
    await w.pass(10.5 * hour - 1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 0])
    await w.pass(1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 0])
  })

  it('goes to whoever it was called for when they have the pager again, and when nobody has it', async () => {
    await begin()
    await fire()
    await say('U-GRACE', 'oncall take primary 5h')
    await w.pass(8 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 0])
    await w.stop()
    await begin()
    await fire()
    delete w.bot.config.schedules.primary
    await w.pass(8 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 0])
  })

  it('waits for the quiet hours of whoever has the pager then, and comes back when it is given back within them', async () => {
    await begin({ grace: quiet.replace('07:00', '08:00') })
    await fire()
    await say('U-GRACE', 'oncall take primary 510m')
    await w.pass(9 * hour - 1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 0])
    await w.pass(1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 0])
    expect(await told('page_postponed')).toEqual([
      'The page to Ada Lovelace waits until Tue 3 Mar 07:00: quiet hours of Ada Lovelace',
      'The page to Grace Hopper waits until Tue 3 Mar 08:00: quiet hours of Grace Hopper',
    ])
    expect((await told('people_paged')).slice(1)).toEqual([
      expect.stringMatching(/^Paging Grace Hopper .* waited for Ada Lovelace/),
      expect.stringMatching(/^Paging Ada Lovelace .* waited for Grace Hopper/),
    ])
    expect((await why('ada')).filter((line) => line.includes('waits until'))).toHaveLength(2)
  })

  it('goes out where everybody sleeps through their own shifts, to the second of them; it went round for ever', async () => {
    await begin({
      ada: ', quiet: { from: "08:00", until: "20:00" }',
      grace: ', quiet: { from: "20:00", until: "08:00" }',
      rotation: '{ people: [ada, grace], every: 12h, starts: 2026-03-02, handover: "08:00" }',
      start: '2026-03-02T09:00:00Z',
    })
    await fire()
    await w.pass(22 * hour - 1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 0])
    await w.pass(1)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 1])
    expect((await told('people_paged')).slice(1)).toEqual([
      expect.stringMatching(/^Paging Grace Hopper .* waited for Ada/),
    ])
  })

  it('goes to the person whom the step names, whoever has the pager', async () => {
    await begin({ steps: '{ page: [schedule:primary, person:ada], wait: 48h }' })
    await fire()
    await say('U-GRACE', 'oncall take primary')
    await w.pass(8 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 0])
  })

  it('goes to the person whom a step names, though a later step called them for the pager that is no longer theirs', async () => {
    await begin({ steps: '{ page: "person:ada", wait: 1h }, { page: "schedule:primary", wait: 48h }' })
    await fire()
    await w.pass(2 * hour)
    await say('U-GRACE', 'oncall take primary')
    await w.pass(6 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 1])
  })

  it.each([
    ['a later step', '{ page: "schedule:primary", wait: 1h }, { page: "person:ada", wait: 48h }'],
    ['another schedule', '{ page: "schedule:primary", wait: 1h }, { page: "schedule:secondary", wait: 48h }'],
  ])('goes to whoever has the pager, though %s called the one before again', async (_, steps) => {
    await begin({ steps })
    await say('U-GRACE', 'oncall override secondary ada 24h')
    await fire()
    await w.pass(2 * hour)
    await say('U-GRACE', 'oncall take primary')
    await w.pass(6 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 1])
  })

  it('goes to whoever has the pager, though the last resort calls the one before', async () => {
    await begin({ steps: '{ page: "schedule:primary", wait: 1h }', duty: 'ada' })
    await fire()
    await w.pass(6 * hour)
    await say('U-GRACE', 'oncall take primary')
    await w.pass(2 * hour)
    expect(inSlack('GRACE')).toBe(1)
  })

  it('goes over the ways of whoever has the pager, once, however many its own were', async () => {
    await begin({ ada: `${quiet}, reach: [slack, email after 10m]` })
    await fire()
    await say('U-GRACE', 'oncall take primary')
    await w.pass(9 * hour)
    expect([inSlack('ADA'), inSlack('GRACE'), office.received.length]).toEqual([0, 1, 0])
    expect(await told('people_paged')).toHaveLength(2)
    expect((await w.view()).pages.map(({ person, status }) => `${person} ${status}`).sort()).toEqual([
      'ada cancelled',
      'ada cancelled',
      'grace sent',
    ])
  })

  it('is left out where the policy has called whoever has the pager meanwhile', async () => {
    await begin({ steps: '{ page: "schedule:primary", wait: 6h }' })
    await fire()
    await say('U-GRACE', 'oncall take primary')
    await w.pass(9 * hour)
    expect(w.chat.in('@U-GRACE').map(({ key }) => key)).toEqual(['inc-1/r2s0/grace/slack'])
    expect(inSlack('ADA')).toBe(0)
    expect(await told('page_left_out')).toEqual([
      'The page that waited for Ada Lovelace is left out: Grace Hopper, who has the pager of primary now, was called already',
    ])
  })

  it.each([
    ['goes to others yet', 'oncall take secondary', [0, 1, 1]],
    ['is theirs still: once', 'oncall secondary', [0, 1, 0]],
  ])(
    'goes to whoever has the pager, though they were called for another, and that call %s',
    async (_, words, calls) => {
      await begin({
        grace: quiet.replace('07:00', '08:00'),
        steps: '{ page: "schedule:primary", wait: 1h }, { page: "schedule:secondary", wait: 48h }',
      })
      await say('U-GRACE', 'oncall take secondary 24h')
      await fire()
      await w.pass(2 * hour)
      await say('U-GRACE', 'oncall take primary')
      await w.pass(6.5 * hour)
      await say('U-LINUS', words)
      await w.pass(0.5 * hour)
      expect([inSlack('ADA'), inSlack('GRACE'), inSlack('LINUS')]).toEqual(calls)
    },
  )

  it('goes to whoever has the pager, though both of them changed places, and each was called for the other pager', async () => {
    await begin({
      grace: quiet,
      steps: '{ page: "schedule:primary", wait: 1h }, { page: "schedule:secondary", wait: 48h }',
    })
    await say('U-GRACE', 'oncall take secondary 24h')
    await fire()
    await w.pass(2 * hour)
    await say('U-GRACE', 'oncall take primary')
    await say('U-ADA', 'oncall take secondary')
    await w.pass(6 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([1, 1])
  })

  it('goes to nobody once somebody has it', async () => {
    await begin()
    await fire()
    await say('U-GRACE', 'oncall take primary')
    await w.pass(hour)
    await say('U-LINUS', 'incident ack 1')
    await w.pass(8 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 0])
  })
})

describe('a page that was due just before quiet hours began', () => {
  // 21:59 in Berlin.
  const evening = '2026-03-02T20:59:00Z'

  /** Its way fails for now before they begin, and is back when they have. */
  const comeBackWithin = async () => {
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    await w.decide()
    await w.attemptJobs()
    w.clock.advance(2 * minute)
    w.chat.refused.clear()
    await w.pass(0)
  }

  it('goes out after them, where its way is back only within them', async () => {
    await begin({ start: evening })
    await w.fire({ severity: 'info' })
    await comeBackWithin()
    expect(inSlack('ADA')).toBe(0)
    await w.pass(9 * hour - minute - 1)
    expect(inSlack('ADA')).toBe(0)
    await w.pass(1)
    expect(inSlack('ADA')).toBe(1)
    expect(await told('page_postponed')).toEqual([
      'The page to Ada Lovelace in Slack waits until Tue 3 Mar 07:00: quiet hours of Ada Lovelace',
    ])
    expect(await w.audit()).toBe(0)
  })

  it('is of no use after them, where the severity was changed meanwhile: the policy began anew, and called whom it calls then', async () => {
    await begin({ start: evening })
    await w.fire({ severity: 'info' })
    await comeBackWithin()
    await say('U-GRACE', 'oncall take primary')
    await say('U-LINUS', 'incident severity 1 P1')
    await w.pass(24 * hour)
    expect([inSlack('ADA'), inSlack('GRACE')]).toEqual([0, 2])
    await w.stop()
    await begin({ start: evening })
    await w.fire({ severity: 'info' })
    await comeBackWithin()
    await say('U-LINUS', 'incident severity 1 P4')
    await w.pass(24 * hour)
    expect(inSlack('ADA')).toBe(0)
  })

  it('goes out at once where it becomes a P1 in the very moment in which it is put off', async () => {
    await begin({ start: evening })
    await w.fire({ severity: 'info' })
    const find = w.chat.find.bind(w.chat)
    w.chat.find = async () => {
      w.chat.find = find
      await say('U-GRACE', 'incident severity 1 P1')
      return null
    }
    await comeBackWithin()
    // Besides that of the P1's own policy.
    expect((await w.view()).pages.map(({ status }) => status)).toEqual(['sent', 'sent'])
    expect(await told('page_postponed')).toEqual([])
  })

  it('takes its next way as soon after them as any other page, where it hung before them as well', async () => {
    await begin({ start: evening })
    await w.fire({ severity: 'info' })
    w.chat.refused.set('@U-ADA', new TransientError('no connection'))
    await w.decide()
    await w.attemptJobs()
    w.clock.advance(2 * minute)
    await w.decide()
    await w.attemptJobs()
    expect(await told('page_postponed')).toHaveLength(1)
    w.clock.advance(9 * hour - minute + 2 * minute)
    await w.decide()
    await w.attemptJobs()
    expect(office.received).toHaveLength(1)
  })

  it('goes out at once, within them, where somebody had asked for it', async () => {
    await begin({ start: evening })
    await fire()
    expect(inSlack('ADA')).toBe(1)
    await say('U-LINUS', 'incident escalate 1')
    await comeBackWithin()
    expect(inSlack('ADA')).toBe(2)
  })

  it('is told as sent where it had arrived before them, though its answer was lost', async () => {
    await begin({ start: evening })
    await w.fire({ severity: 'info' })
    await w.decide()
    w.chat.failures.push({ when: 'after', error: new TransientError('no answer'), to: '@U-ADA' })
    await w.attemptJobs()
    w.clock.advance(2 * minute)
    await w.pass(0)
    expect((await w.view()).pages.map(({ status }) => status)).toEqual(['sent'])
  })

  it('takes its next way only after them, where the first fails for good within them', async () => {
    await begin({ start: evening })
    await w.fire({ severity: 'info' })
    await w.decide()
    const post = w.chat.post.bind(w.chat)
    w.chat.post = async (message) => {
      if (!('account' in message.to)) return post(message)
      // It takes its time to say so.
      w.clock.advance(minute)
      throw new PermanentError('account_inactive')
    }
    await w.attemptJobs()
    expect(office.received).toHaveLength(0)
    await w.pass(9 * hour - 1)
    expect(office.received).toHaveLength(0)
    await w.pass(1)
    expect(office.received).toHaveLength(1)
    const { text = '' } = (await say('U-LINUS', 'incident why 1 @ada'))?.message ?? {}
    expect(
      text
        .split('\n')
        .filter((line) => line.startsWith('1. '))
        .slice(6),
    ).toEqual([
      expect.stringMatching(/22:00:00` Could not page Ada Lovelace in Slack: account.*inactive$/),
      expect.stringMatching(/22:00:00` The page to Ada Lovelace by e-mail waits until Tue 3 Mar 07:00/),
      expect.stringMatching(/07:00:00` The page went out \*\*by e-mail\*\*$/),
    ])
  })
})

it('quiet hours do not hold back the call that takes the place of one that somebody asked for and that reached nobody', async () => {
  const steps = ['linus', 'grace', 'ada'].map((person) => `{ page: "person:${person}", wait: 1h }`)
  await begin({ steps: steps.join(', ') })
  await fire()
  w.chat.refused.set('@U-GRACE', new PermanentError('account_inactive'))
  await say('U-LINUS', 'incident escalate 1')
  await w.pass(minute)
  expect([inSlack('LINUS'), inSlack('ADA')]).toEqual([1, 1])
})
