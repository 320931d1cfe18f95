// Digests beside the figures that always were: nights, deployments, precision, habits; per team; by mail; made up when missed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DigestConfig } from '../../src/config/config.ts'
import type { Message } from '../../src/core/message.ts'
import { composeDigest, mailDigest, weekOf } from '../../src/flow/digest.ts'
import { mailOf } from '../../src/pagers/mail.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { addAction } from '../../src/store/actions.ts'
import { digestTimes } from '../../src/store/digest-times.ts'
import { claimMailing } from '../../src/store/mailings.ts'
import { noteTexts } from '../../src/store/runbook-figures.ts'
import { keepServiceChanges } from '../../src/store/service-changes.ts'
import { ring, startDigests } from '../../src/worker/digest.ts'
import { header, PostOffice, readable } from '../pagers/post-office.ts'
import { type LookBack, lookBack, seed } from './look-back.ts'

const monday = '2026-11-23T08:00:00Z'
const day = (n: number) => `2026-11-${16 + n}T`

let look: LookBack
beforeEach(async () => {
  look = await lookBack(monday)
})
afterEach(() => look.end())

const usual = (more: Partial<DigestConfig> = {}): DigestConfig => ({ ...look.bot.config.digest, ...more })
const week = () => weekOf(look.bot.clock.now(), 'Europe/Berlin').key
const compose = (digest = usual()) => composeDigest(look.bot, week(), null, digest)
const field = (message: Message, label: string) => message.fields?.find((f) => f.label === label)?.value

async function page(incident: number, person: string, at: string, more: { step?: number; channel?: string } = {}) {
  const { step = 0, channel = 'slack' } = more
  await look.bot.db.query(
    `insert into pages (key, incident, person, channel, step, round, status, due_at, sent_at) values ($1, $2, $3, $4, $5, 1, 'sent', $6, $6)`,
    [`${incident}/${person}/${step}/${channel}`, incident, person, channel, step, at],
  )
}

async function deploy({ failed, of }: { failed: number; of: number }) {
  const at = new Date(`${day(3)}12:00:00Z`)
  const deployments = Array.from({ length: of }, (_, n) => ({
    ...{
      source: 'ci',
      key: String(n),
      kind: 'deployment' as const,
      title: 'one',
      service: 'search',
      environment: null,
    },
    ...{ version: null, url: null, by: null, status: n < failed ? ('failed' as const) : ('succeeded' as const) },
    ...{ startedAt: at, finishedAt: at, toldAt: at },
  }))
  await keepServiceChanges(look.bot.db, deployments)
}

describe('a digest', () => {
  it('counts pages at night by person, once for each call, whatever way it went', async () => {
    const one = await seed(look.bot.db, { opened: `${day(1)}02:00:00Z` })
    // 03:00 and 06:59 in Berlin are night, 07:00 is not; the second way is the same call.
    await page(one, 'ada', `${day(1)}02:00:00Z`)
    await page(one, 'ada', `${day(1)}02:01:00Z`, { channel: 'email' })
    await page(one, 'grace', `${day(1)}05:59:59Z`, { step: 1 })
    await page(one, 'ada', `${day(1)}05:59:59Z`, { step: 2 })
    await page(one, 'linus', `${day(1)}06:00:00Z`, { step: 3 })
    const message = await compose()
    expect(field(message, 'Pages at night')).toBe('**3**: Ada Lovelace 2, Grace Hopper 1')
    expect(message.text).toMatch(/3 pages came at night, most to Ada Lovelace\./)
  })

  it('says of nobody that most pages came to them who had as many as another', async () => {
    const one = await seed(look.bot.db, { opened: `${day(1)}02:00:00Z` })
    await page(one, 'ada', `${day(1)}02:00:00Z`)
    await page(one, 'grace', `${day(1)}02:05:00Z`, { step: 1 })
    expect((await compose()).text).toMatch(/2 pages came at night\./)
  })

  it('says that everything was answered only where somebody did, and late only of what was', async () => {
    const clock = { due: `${day(1)}10:15:00Z`, stopped: `${day(1)}10:05:00Z` }
    const opened = `${day(1)}10:00:00Z`
    await seed(look.bot.db, { opened, acknowledged: [clock.stopped], clocks: [{ ...clock, status: 'met' }] })
    expect((await compose()).text).toContain('Everything that had to be answered was answered in time.')
    // Over before anybody answered.
    await seed(look.bot.db, { opened, resolved: clock.stopped, clocks: [{ ...clock, status: 'met' }] })
    expect((await compose()).text).toContain('Nothing was answered late.')
    await seed(look.bot.db, { opened, clocks: [{ due: clock.due, status: 'breached' }] })
    expect((await compose()).text).toContain('**1 incident not answered in time**, of 3 that opened.')
  })

  it('holds precision, change failures, MTTR and MTBF to their goals', async () => {
    const { db } = look.bot
    const numbers = []
    for (const n of [0, 1, 2, 3])
      numbers.push(
        await seed(db, {
          opened: `${day(n)}10:00:00Z`,
          resolved: `${day(n)}10:10:00Z`,
          severity: n === 0 ? 'P1' : 'P2',
        }),
      )
    for (const [i, verdict] of ['useful', 'useful', 'noise'].entries())
      await db.query(`insert into verdicts values ($1, $2, '', 'ada', $3)`, [numbers[i], verdict, monday])
    // Long before: since then somebody was counting.
    await seed(db, { opened: '2026-09-29T23:00:00Z', resolved: '2026-09-29T23:10:00Z' })
    const deployment = (key: string, at: string, more: object = {}) => ({
      ...{ source: 'ci', key, kind: 'deployment' as const, title: key, service: 'checkout', environment: null },
      ...{ version: null, url: null, by: null, status: 'succeeded' as const, startedAt: new Date(at) },
      ...{ finishedAt: new Date(at), toldAt: new Date(at), ...more },
    })
    await keepServiceChanges(db, [
      deployment('blamed', `${day(0)}09:00:00Z`, { service: 'Checkout' }),
      deployment('fine', `${day(0)}12:00:00Z`),
      deployment('undone', `${day(5)}12:00:00Z`, { status: 'rolled back' }),
      deployment('too early to be blamed', `${day(1)}07:59:00Z`),
      deployment('of another service', `${day(1)}09:30:00Z`, { service: 'search' }),
      deployment('a flag', `${day(1)}09:30:00Z`, { kind: 'flag' }),
    ])
    const message = await compose()
    expect(field(message, 'Precision')).toBe(
      '**2 of 3** useful (66\\.6 %), 1 noise; goal over 95 % **missed**; nobody said of 1',
    )
    expect(field(message, 'Change failures')).toBe('**2 of 5 deployments** (40 %); goal of 15 % at most **missed**')
    expect(field(message, 'MTTR')).toMatch(/; goal under 15 min kept$/)
    // 54 days until the end of the week, two P1s.
    expect(field(message, 'MTBF')).toBe('**27 d** between P1s; goal over 30 d **missed**')
  })

  it('takes a goal that is met to the deployment for met, whatever a computer makes of its tenths', async () => {
    await deploy({ failed: 69, of: 375 })
    const { config } = look.bot
    const bot = { ...look.bot, config: { ...config, goals: { ...config.goals, changeFailures: 18.4 } } }
    const message = await composeDigest(bot, week(), null, usual())
    expect(field(message, 'Change failures')).toMatch(/^\*\*69 of 375 deployments.*at most kept$/)
  })

  it('holds them to what they are, and not to what is shown of it: 95.04 % is over 95 %, and 15.04 % is not 15', async () => {
    const { db } = look.bot
    for (let n = 0; n < 101; n++) {
      const number = await seed(db, { opened: `${day(1)}10:00:00Z`, resolved: `${day(1)}10:10:00Z`, severity: 'P2' })
      const verdict = n < 96 ? 'useful' : 'noise'
      await db.query(`insert into verdicts values ($1, $2, '', 'ada', $3)`, [number, verdict, monday])
    }
    await deploy({ failed: 17, of: 113 })
    const message = await compose()
    expect(field(message, 'Precision')).toBe('**96 of 101** useful (95 %), 5 noise; goal over 95 % kept')
    expect(field(message, 'Change failures')).toBe('**17 of 113 deployments** (15 %); goal of 15 % at most **missed**')
  })

  it('tells flapping, hasty answers, and what could be done about it', async () => {
    const { db } = look.bot
    const at = (n: number) => `${day(2)}1${n}:00:00Z`
    await seed(db, {
      opened: at(0),
      acknowledged: [`${day(2)}10:00:20Z`],
      fired: { alert: 'Flapping', at: [0, 1, 2].map(at) },
    })
    for (const n of [0, 1, 2, 3]) {
      const incident = await seed(db, {
        opened: `${day(n)}20:00:00Z`,
        resolved: `${day(n)}20:10:00Z`,
        severity: 'P2',
        fired: { alert: 'Brief', at: [`${day(n)}20:00:00Z`] },
      })
      await db.query(
        `update alerts set status = 'resolved', ends_at = starts_at + interval '2 minutes' where incident = $1`,
        [incident],
      )
    }
    const text = (await compose()).text ?? ''
    expect(text).toContain('**Flapping** flapped: it fired 3 times within incident 1')
    expect(text).toContain('1 of 1 acknowledgement came within 30 s: was it read?')
    expect(text).toContain(
      '**Brief** cleared itself 4 times, within 2 min, and nobody had to act: let it fire for 3 min before it counts',
    )
  })

  it('lists the action items that are open, overdue first, and those nobody has', async () => {
    const one = await seed(look.bot.db, { opened: `${day(1)}10:00:00Z`, resolved: `${day(1)}11:00:00Z` })
    const add = (text: string, owner: string | null, due: string | null) =>
      addAction(look.bot.db, { incident: one, text, owner, due, madeBy: 'ada', madeAt: new Date(monday) }, null)
    await add('Write a runbook', null, null)
    await add('Raise the limit', 'grace', '2026-12-01')
    await add('Alert on the queue', 'ada', '2026-11-20')
    const text = (await compose()).text ?? ''
    expect(text.split('\n').filter((line) => /^- \[.{0,2}#1\]/.test(line))).toMatchObject([
      expect.stringContaining('Checkout fails'),
      expect.stringContaining('Alert on the queue: Ada Lovelace, **overdue since 2026-11-20**'),
      expect.stringContaining('Raise the limit: Grace Hopper, by 2026-12-01'),
      expect.stringContaining('Write a runbook: **nobody**, **no date**'),
    ])
  })

  it('names runbooks that nobody has looked over for half a year, and why', async () => {
    look.bot.runbooks = parseRunbooks(
      'ops.md',
      '# Service down\n\n## Symptoms\n\n- `ServiceDown`\n\n## Resolution\n\n1. **Restart it**\n',
    )
    const [runbook] = look.bot.runbooks
    const { path = '', section = '' } = runbook ?? {}
    await noteTexts(look.bot.db, [{ path, section, digest: 'as it was' }], new Date('2026-01-05T08:00:00Z'))
    expect((await compose()).text).toContain(
      '**Runbooks to look over**\n\n- **Service down**: ServiceDown: nothing arrived in 322 days',
    )
  })

  it('of a team looks at its services only, and says whose it is', async () => {
    await seed(look.bot.db, { opened: `${day(1)}10:00:00Z`, service: 'checkout' })
    await seed(look.bot.db, { opened: `${day(1)}10:00:00Z`, service: 'search', title: 'Search is slow' })
    const message = await compose(usual({ name: 'search', services: ['search'] }))
    expect(message.title).toBe('Search, week of 16–22 Nov 2026: 1 incident')
    expect(message.text).toContain('Search is slow')
    expect(message.text).not.toContain('Checkout fails')
  })
})

describe('a digest by mail', () => {
  let office: PostOffice
  beforeEach(async () => {
    office = await PostOffice.open()
    look.bot.config.email = { smtp: office.address, from: 'Tocsin <tocsin@example.org>', timeout: 30_000 }
    look.bot.config.digests = [usual({ name: 'search', services: ['search'], email: ['lead@example.org'] })]
  })
  afterEach(() => office.close())

  it('says the same, in words and in HTML, and comes once', async () => {
    await seed(look.bot.db, { opened: `${day(1)}10:00:00Z`, service: 'search', title: '<b>Search</b> is slow' })
    await mailDigest(look.bot, week(), 'search', 'lead@example.org')
    await mailDigest(look.bot, week(), 'search', 'lead@example.org')
    expect(office.received).toHaveLength(1)
    const [mail] = office.received
    expect(mail?.to).toEqual(['lead@example.org'])
    expect(header(mail, 'Subject')).toContain('Search=2C_week_of_16=E2=80=9322_Nov_2026')
    expect(readable(mail)).toContain('<b>Search</b> is slow: open for')
    expect(readable(mail)).toContain('&#x3C;b>Search&#x3C;/b> is slow')
  })

  it('that three replicas send at once comes once', async () => {
    const mail = () => mailDigest(look.bot, week(), 'search', 'lead@example.org')
    await Promise.all([mail(), mail(), mail()])
    expect(office.received).toHaveLength(1)
    await mail()
    expect(office.received).toHaveLength(1)
  })

  it('whose sender died is sent when its time is over, once: whoever finds it taken looks again later', async () => {
    const { db, clock } = look.bot
    const key = `digest/search/${week()}/lead@example.org`
    const until = new Date(clock.now().getTime() + 60_000)
    expect(await claimMailing(db, key, until, clock.now())).toBe(true)
    const mail = () => mailDigest(look.bot, week(), 'search', 'lead@example.org')
    await mail()
    await mail()
    expect(office.received).toHaveLength(0)
    const jobs = await db.query(`select from graphile_worker.jobs where task_identifier = 'tocsin:mail_digest'`)
    expect(jobs.rowCount).toBe(1)
    const later = { ...look.bot, clock: { now: () => until } }
    await mailDigest(later, week(), 'search', 'lead@example.org')
    await mail()
    expect(office.received).toHaveLength(1)
  })

  it('that was taken without an answer is sent again under the same name', async () => {
    office.mood = 'take and hang up'
    await expect(mailDigest(look.bot, week(), 'search', 'lead@example.org')).rejects.toThrow()
    office.mood = null
    await mailDigest(look.bot, week(), 'search', 'lead@example.org')
    const [first, second] = office.received.map((mail) => header(mail, 'Message-ID'))
    expect(second).toBe(first)
  })

  it('has its picture inside, and its words for those who do not see it', () => {
    const picture = { name: 'error-budgets.png', alt: 'Checkout: 50 % left', png: new Uint8Array([1, 2, 3]) }
    const mail = mailOf({ title: 'Week', tone: 'good', picture }, { url: 'http://x', label: 'Open', note: '' })
    const [attached] = mail.attachments ?? []
    expect(attached).toMatchObject({
      filename: 'error-budgets.png',
      contentType: 'image/png',
      content: Buffer.from([1, 2, 3]),
    })
    expect(mail.html).toContain(`<img src="cid:${attached?.cid}" alt="Checkout: 50 % left"`)
    expect(mail.text).toContain('[Checkout: 50 % left]')
  })
})

describe('a digest whose time came while nobody was there', () => {
  const jobs = async () => {
    const { rows } = await look.bot.db.query<{ key: string }>(
      'select key from graphile_worker._private_jobs order by key',
    )
    return rows.map(({ key }) => key)
  }
  const digest = (more: Partial<DigestConfig> = {}) => usual({ email: ['lead@example.org'], ...more })
  const mail = (week: string) => `tocsin:mail_digest::${week}:lead@example.org`
  const at = (instant: string, which = digest()) => {
    look.bot.clock.set(new Date(instant))
    return ring(look.bot, which)
  }
  const start = (which = digest()) =>
    startDigests(Object.assign(look.bot, { config: { ...look.bot.config, digests: [which] } }))

  it('is asked for at the next start, for the week it should have been of', async () => {
    await at('2026-11-22T08:00:00Z')
    expect(await jobs()).toEqual([])
    await at('2026-11-25T07:00:00Z')
    expect(await jobs()).toEqual([mail('2026-W47')])
    await at('2026-11-25T07:00:00Z')
    expect(await jobs()).toHaveLength(1)
  })

  it('is let go when the next is nearly due, when its schedule changed, and on the first start of all', async () => {
    await at('2026-11-22T08:00:00Z')
    await at('2026-11-29T10:00:00Z')
    await at('2026-12-01T08:00:00Z', digest({ cron: '0 16 * * 5' }))
    expect(await jobs()).toEqual([])
  })

  it('is asked for by a bot whose machine slept over it, and not only at its next start', async () => {
    look.bot.clock.set(new Date('2026-11-23T07:59:59Z'))
    const digests = start()
    try {
      await expect.poll(async () => Object.keys(await digestTimes(look.bot.db))).toHaveLength(1)
      look.bot.clock.set(new Date('2026-11-23T08:20:00Z'))
      await expect.poll(jobs).toContain(mail('2026-W47'))
    } finally {
      await digests.stop()
    }
  })

  it('is asked for at its new time, although a replica that is not yet restarted still noted the old one', async () => {
    look.bot.clock.set(new Date('2026-11-23T08:59:59Z'))
    const digests = start(digest({ cron: '0 10 * * 1' }))
    try {
      await expect.poll(async () => Object.keys(await digestTimes(look.bot.db))).toHaveLength(1)
      await at('2026-11-23T08:59:59Z')
      look.bot.clock.set(new Date('2026-11-23T09:00:00Z'))
      await expect.poll(jobs).toContain(mail('2026-W47'))
    } finally {
      await digests.stop()
    }
  })

  it('is asked for at its time also after the clock was a year ahead for a while', async () => {
    const known = async () => (await digestTimes(look.bot.db))['']?.toISOString()
    look.bot.clock.set(new Date('2027-11-29T07:59:59Z'))
    const digests = start()
    try {
      await expect.poll(known).toBe('2027-11-29T08:00:00.000Z')
      look.bot.clock.set(new Date('2026-11-24T12:00:00Z'))
      await expect.poll(known).toBe('2026-11-30T08:00:00.000Z')
    } finally {
      await digests.stop()
    }
  })

  it('is asked for as soon as the database that was away then is back', async () => {
    await at('2026-11-23T07:59:59Z')
    await look.bot.db.query('alter table digest_times rename to away')
    let failures = 0
    look.bot.log.error = () => {
      failures += 1
    }
    look.bot.clock.set(new Date('2026-11-23T08:00:00Z'))
    const digests = start()
    try {
      await expect.poll(() => failures).toBeGreaterThan(0)
      await look.bot.db.query('alter table away rename to digest_times')
      await expect.poll(jobs).toContain(mail('2026-W47'))
    } finally {
      await digests.stop()
    }
  })

  it('is asked for in the night in which its hour does not exist, and once in the one that has it twice', async () => {
    const nightly = digest({ cron: '30 2 * * 0', zone: 'Europe/Berlin' })
    await at('2027-03-27T20:00:00Z', nightly)
    await at('2027-03-28T01:29:59Z', nightly)
    expect(await jobs()).toEqual([])
    await at('2027-03-28T01:30:00Z', nightly)
    expect(await jobs()).toEqual([mail('2027-W11-7')])
    for (const instant of ['2027-10-30T20:00:00Z', '2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z']) {
      await at(instant, nightly)
    }
    expect(await jobs()).toEqual([mail('2027-W11-7'), mail('2027-W42-7')])
  })

  it('due at midnight looks back on the days before it, however far the machine’s clock is from the database’s', async () => {
    const nightly = digest({ cron: '0 0 * * 1', zone: 'UTC' })
    await at('2026-11-22T23:59:59.950Z', nightly)
    expect(await jobs()).toEqual([])
    await at('2026-11-23T00:00:00.010Z', nightly)
    expect(await jobs()).toEqual([mail('2026-W47')])
  })
})
