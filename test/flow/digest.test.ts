// The weekly digest: what is counted, in which week, and that what is not known is never made up.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '../../src/core/message.ts'
import { rangeText } from '../../src/core/slo-window.ts'
import { weekNamed } from '../../src/core/week.ts'
import { PermanentError } from '../../src/errors.ts'
import { composeDigest, postDigest, weekOf } from '../../src/flow/digest.ts'
import { digestFacts } from '../../src/flow/digest-facts.ts'
import { sloReport, sloStanding } from '../../src/flow/slo.ts'
import { gaugeOf, sloOf } from '../slo/objectives.ts'
import { fakePrometheus, type LookBack, lookBack, seed } from './look-back.ts'

const monday = '2026-11-23T08:00:00Z'
const slo = (name: string, objective = 99.9) =>
  sloOf({ name, objective, indicator: { kind: 'share', expr: `avg_over_time(good{slo="${name}"}[$window])` } })

let look: LookBack
beforeEach(async () => {
  look = await lookBack(monday)
})
afterEach(() => look.end())

const week = () => weekOf(look.bot.clock.now(), 'Europe/Berlin')
const field = (message: Message, label: string) => message.fields?.find((f) => f.label === label)?.value
const figures = async (severity: 'P1' | 'P2') =>
  (await digestFacts(look.bot, week())).figures.find((f) => f.severity === severity)

describe('the figures of a digest', () => {
  it('count an answer at its very deadline as in time and one a millisecond later as late', async () => {
    const opened = '2026-11-17T10:00:00Z'
    const due = '2026-11-17T10:15:00Z'
    const answered = (at: string, status: string) =>
      seed(look.bot.db, { opened, acknowledged: [at], clocks: [{ status, due, stopped: at }] })
    await answered(due, 'met')
    await answered('2026-11-17T10:15:00.001Z', 'breached')
    // Past its deadline, and not yet decided by the process that keeps the clocks.
    await seed(look.bot.db, { opened, clocks: [{ status: 'running', due }] })
    // Due at this very instant: it can still be answered in time.
    await seed(look.bot.db, { opened, clocks: [{ status: 'running', due: monday }] })
    // A change of severity took this promise back.
    await seed(look.bot.db, { opened, clocks: [{ status: 'cancelled', due }] })
    expect(await figures('P1')).toMatchObject({ opened: 5, inTime: 1, late: 2, undecided: 1 })
  })

  it('take the first answer, not the one after it was escalated or reopened', async () => {
    await seed(look.bot.db, {
      opened: '2026-11-17T10:00:00Z',
      acknowledged: ['2026-11-17T10:04:00Z', '2026-11-17T12:00:00Z'],
      resolved: '2026-11-17T12:30:00Z',
    })
    const { timeToAcknowledge, timeToResolve } = (await figures('P1')) ?? {}
    expect(timeToAcknowledge).toEqual({ count: 1, mean: 4 * 60_000, median: 4 * 60_000 })
    expect(timeToResolve?.mean).toBe(150 * 60_000)
  })

  it('call it late when any promise of an answer was broken, and count the incident once', async () => {
    await seed(look.bot.db, {
      opened: '2026-11-17T10:00:00Z',
      acknowledged: ['2026-11-17T10:04:00Z'],
      clocks: [
        { status: 'met', due: '2026-11-17T10:15:00Z', stopped: '2026-11-17T10:04:00Z' },
        { status: 'breached', started: '2026-11-17T14:00:00Z', due: '2026-11-17T14:15:00Z' },
      ],
    })
    expect(await figures('P1')).toMatchObject({ opened: 1, inTime: 0, late: 1 })
  })

  it('put every incident into exactly one week, to the millisecond, across a change to winter time', async () => {
    // Berlin's clocks went back on Sunday 25 October 2026: that week has 169 hours.
    const instants = [
      '2026-10-18T21:59:59.999Z',
      '2026-10-18T22:00:00Z',
      '2026-10-25T22:59:59.999Z',
      '2026-10-25T23:00:00Z',
    ]
    for (const opened of instants) await seed(look.bot.db, { severity: 'P2', opened, resolved: opened })
    const opened = async (key: string) => {
      const named = weekNamed(key, 'Europe/Berlin')
      if (named === null) throw new Error(key)
      const facts = await digestFacts(look.bot, named)
      return [facts.opened.P2 ?? 0, facts.before.P2 ?? 0, facts.figures[1]?.timeToResolve?.count ?? 0]
    }
    expect(await opened('2026-W42')).toEqual([1, 0, 1])
    expect(await opened('2026-W43')).toEqual([2, 1, 2])
    expect(await opened('2026-W44')).toEqual([1, 2, 1])
  })

  it('rank alerts by how often they fired in the week, by rule and not by the value in their text', async () => {
    const at = (n: number) => `2026-11-18T0${n}:00:00Z`
    await seed(look.bot.db, {
      opened: at(0),
      resolved: at(8),
      fired: { alert: 'DiskFilling', at: [at(0), at(1), at(2)] },
    })
    await seed(look.bot.db, { opened: at(3), acknowledged: [at(4)], fired: { alert: 'DiskFilling', at: [at(3)] } })
    await seed(look.bot.db, { opened: at(5), fired: { alert: 'HighLatency', at: [at(5), '2026-11-23T07:00:00Z'] } })
    await seed(look.bot.db, {
      opened: '2026-11-01T00:00:00Z',
      resolved: '2026-11-01T01:00:00Z',
      fired: { alert: 'Old', at: ['2026-11-01T00:00:00Z'] },
    })
    expect((await digestFacts(look.bot, week())).noisiest).toEqual([
      { alert: 'DiskFilling', fired: 4, incidents: 2, unanswered: 1 },
    ])
  })

  it('count nowhere what was only ever recorded', async () => {
    const at = [1, 2, 3].map((n) => `2026-11-18T0${n}:00:00Z`)
    await seed(look.bot.db, { severity: 'P4', opened: at[0] ?? '', fired: { alert: 'StagingDisk', at } })
    const { opened, noisiest, flapping } = await digestFacts(look.bot, week())
    expect([opened, noisiest, flapping]).toEqual([{}, [], []])
  })

  it('list what is open and which post-mortems are missing, the promised ones however old', async () => {
    const late = { until: 'published', status: 'breached', due: '2026-09-03T10:00:00Z' }
    const old = await seed(look.bot.db, {
      opened: '2026-09-01T10:00:00Z',
      resolved: '2026-09-01T11:00:00Z',
      clocks: [late],
    })
    // No promise: a P1 is asked for in the week it ended, and only then.
    const fresh = await seed(look.bot.db, { opened: '2026-11-17T10:00:00Z', resolved: '2026-11-17T11:00:00Z' })
    await seed(look.bot.db, { opened: '2026-11-02T10:00:00Z', resolved: '2026-11-02T11:00:00Z' })
    await seed(look.bot.db, { severity: 'P2', opened: '2026-11-18T10:00:00Z', resolved: '2026-11-18T11:00:00Z' })
    const published = { ...late, stopped: '2026-09-02T10:00:00Z', status: 'met' }
    await seed(look.bot.db, { opened: '2026-09-01T10:00:00Z', resolved: '2026-09-01T11:00:00Z', clocks: [published] })
    for (let i = 0; i < 7; i++) await seed(look.bot.db, { severity: 'P3', opened: '2026-11-20T10:00:00Z' })
    await seed(look.bot.db, { severity: 'P4', opened: '2026-11-20T10:00:00Z' })
    const { missing, open } = await digestFacts(look.bot, week())
    expect(missing.list.map((m) => [m.number, m.dueAt])).toEqual([
      [old, new Date(late.due)],
      [fresh, null],
    ])
    expect([open.list.length, open.total]).toEqual([5, 7])
  })
})

describe('where the objectives stand', () => {
  it('is asked of Prometheus for the window of each, at the instant of the digest', async () => {
    const prometheus = await fakePrometheus((expr) => (expr.includes('Checkout') ? 0.0005 : null))
    try {
      look.bot.config.slos = [slo('Checkout'), slo('Search')]
      look.bot.config.prometheus.url = prometheus.url
      const message = await sloReport(look.bot)
      expect(prometheus.asked).toContain('1 - avg(avg_over_time(good{slo="Checkout"}[30d]))')
      expect(message.text).toContain('21\\.6 min of 43\\.2 min')
      expect(message.text).toContain('**Search: not known**, no data.')
      expect(message.picture?.png.slice(1, 4)).toEqual(new Uint8Array([0x50, 0x4e, 0x47]))
      expect(message.picture?.alt).toContain('Checkout: 50 % left, 21.6 min of 43.2 min')
    } finally {
      await prometheus.close()
    }
  })

  it('says how little of it is measured, in the answer to /slo and in the digest', async () => {
    look.bot.config.slos = [slo('Checkout')]
    let begun = look.bot.clock.now().getTime() - 40 * 60_000
    const history = async (_: string, { from, until }: { from: Date; until: Date }) => {
      const step = (until.getTime() - from.getTime()) / 240
      const ats = Array.from({ length: 241 }, (_, n) => from.getTime() + n * step)
      return ats.map((at): [number, number | null] => [at, at >= begun ? 0 : null])
    }
    const gauge = gaugeOf({ value: async () => 0.0005, history })
    const told = 'nly 40 min of 30 days measured**'
    expect((await sloReport(look.bot, null, gauge)).text).toContain(`over 30 days. **O${told}, the rest is not known.`)
    begun = week().until.getTime() - 40 * 60_000
    expect((await composeDigest(look.bot, week().key, gauge)).text).toContain(`(objective 99\\.9 %; **o${told})`)
  })

  it('is unknown, and says why, when Prometheus is away, slow or refuses', async () => {
    look.bot.config.slos = [slo('Checkout'), slo('Refused')]
    const prometheus = await fakePrometheus((expr) => {
      if (expr.includes('Refused')) return 'refuse'
      return expr.includes('Checkout') ? 'hang' : null
    })
    // Refused within that.
    look.bot.config.prometheus = { ...look.bot.config.prometheus, url: prometheus.url, timeout: 3_000 }
    const slow = await sloReport(look.bot)
    await prometheus.close()
    expect(slow.text).toContain('**Checkout: not known**, Prometheus did not answer.')
    expect(slow.text).toMatch(/\*\*Refused: not known\*\*, Prometheus refused the query: .*parse error/)
    const away = await sloReport(look.bot)
    expect(away.title).toContain('2 not known')
    expect(away.text).toMatch(/None of them is known.*Prometheus did not answer/)
    expect(away.picture).toBeUndefined()
    // Only the objectives themselves: no figure may be there that nobody measured.
    expect(away.text?.replaceAll('\\', '').match(/[\d.]+ (%|min|h)/g)).toEqual(['99.9 %', '99.9 %'])
  })

  it('lets a bug come to light instead of calling it a silent Prometheus', async () => {
    look.bot.config.slos = [slo('Checkout')]
    const bug = async () => {
      throw new TypeError('undefined is not a function')
    }
    await expect(sloStanding(look.bot, gaugeOf({ value: bug }), look.bot.clock.now())).rejects.toThrow(TypeError)
  })
})

describe('the message', () => {
  it('tells a busy week: objectives worst first, answers kept, times, noise, what is left to do', async () => {
    const { bot } = look
    const d = '2026-11-17T'
    await seed(bot.db, {
      ...{ opened: `${d}10:00:00Z`, acknowledged: [`${d}10:04:00Z`], resolved: `${d}11:12:00Z` },
      clocks: [
        { status: 'met', due: `${d}10:15:00Z`, stopped: `${d}10:04:00Z` },
        { until: 'published', status: 'breached', due: '2026-11-19T11:12:00Z' },
      ],
      fired: { alert: 'HighErrorRate', at: [`${d}10:00:00Z`, `${d}10:05:00Z`] },
    })
    await seed(bot.db, {
      ...{ opened: `${d}20:00:00Z`, acknowledged: [`${d}20:24:00Z`], resolved: `${d}20:42:00Z` },
      clocks: [{ status: 'breached', due: `${d}20:15:00Z`, stopped: `${d}20:24:00Z` }],
    })
    await seed(bot.db, { severity: 'P2', title: 'Disk fills', opened: `${d}21:00:00Z` })
    bot.config.slos = [slo('Kept'), slo('Missed'), slo('Risky')]
    const bad = [0.0001, 0.01, 0.0009]
    const value = async (expr: string) => bad[['Kept', 'Missed', 'Risky'].findIndex((n) => expr.includes(n))] ?? null
    const message = await composeDigest(bot, week().key, gaugeOf({ value }))
    expect(message.title).toBe('Week of 16–22 Nov 2026: 1 objective missed, 3 incidents')
    expect(message.tone).toBe('critical')
    expect(field(message, 'Incidents')).toBe('**3** (2 P1, 1 P2); the week before none')
    expect(field(message, 'Acknowledged in time')).toBe('P1 **1 of 2** (50 %)')
    expect(field(message, 'MTTA')).toBe('P1 **14 min** (median 14 min)')
    expect(field(message, 'MTTR')).toBe('P1 **57 min** (median 57 min); **goal under 15 min missed**')
    const text = message.text ?? ''
    const places = [
      'Missed: missed',
      'Risky: at risk',
      '**Kept** 99',
      'HighErrorRate** fired 2 times',
      'Disk fills',
      '3 d 21 h overdue',
    ]
    expect(places.map((part) => (text.indexOf(part) >= 0 ? part : `no ${part}`))).toEqual(places)
    expect(places.map((part) => text.indexOf(part))).toEqual(
      places.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
    )
  })

  it('tells how the objectives stood when the week ended, and of a window of the calendar the one that ended', async () => {
    look.bot.config.slos = [
      slo('Checkout'),
      { ...slo('Weekly'), window: { period: 'week', zone: 'Europe/Berlin' } },
      { ...slo('Monthly'), window: { period: 'month', zone: 'Europe/Berlin' } },
    ]
    const asked: { expr: string; at: Date }[] = []
    const gauge = gaugeOf({
      async value(expr: string, at: Date) {
        asked.push({ expr, at })
        // All has failed since Monday's midnight.
        return at >= week().until ? 1 : 0
      },
    })
    const message = await composeDigest(look.bot, week().key, gauge)
    expect(message.title).toBe('Week of 16–22 Nov 2026: no incidents')
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter(({ at }) => at >= week().until)).toEqual([])
    const ranges = (name: string) =>
      asked.flatMap(({ expr }) => new RegExp(`slo="${name}"}\\[(.+?)\\]`).exec(expr)?.[1] ?? [])
    expect(ranges('Weekly')[0]).toBe(rangeText(7 * 86_400_000))
    expect(ranges('Monthly')[0]).toBe(rangeText(22 * 86_400_000))
  })

  it('tells an objective that was first measured after the week as it stands now, and the others as they stood', async () => {
    look.bot.config.slos = [slo('Old'), slo('Young')]
    const { key, until } = week()
    const gauge = gaugeOf({
      async value(expr: string, at: Date) {
        if (expr.includes('slo="Young"')) return at < until ? null : 0.0004
        return at < until ? 0.0002 : 1
      },
    })
    const { text } = await composeDigest(look.bot, key, gauge)
    expect(text).toContain('Young** 99\\.960 %')
    expect(text).toContain('Old** 99\\.980 %')
    look.bot.clock.advance(8 * 86_400_000)
    expect((await composeDigest(look.bot, key, gauge)).text).toContain('Young: not known')
  })

  it('of a week with nothing to report is short and says so', async () => {
    look.bot.config.slos = [slo('Checkout')]
    const message = await composeDigest(look.bot, week().key, gaugeOf({ value: async () => 0 }))
    expect(message.title).toBe('Week of 16–22 Nov 2026: no incidents')
    expect(message.tone).toBe('good')
    expect(message.fields).toEqual([{ label: 'Incidents', value: 'none; the week before none' }])
    expect(message.text).toBe(
      'A quiet week: nothing opened.\n\n**Objectives**\n\n- **Checkout** 100 % (objective 99\\.9 %), 100 % of the budget left',
    )
  })

  it('calls no week quiet in which an objective was missed, or while an incident is open', async () => {
    look.bot.config.slos = [slo('Checkout')]
    const missed = await composeDigest(look.bot, week().key, gaugeOf({ value: async () => 1 }))
    expect(missed.text).toMatch(/^Nothing opened\./)
    look.bot.config.slos = []
    await seed(look.bot.db, {
      title: 'Since before',
      opened: '2026-11-01T10:00:00Z',
      fired: { alert: 'Old', at: ['2026-11-01T10:00:00Z'] },
    })
    const open = await composeDigest(look.bot, week().key, null)
    expect(open.text).toMatch(/^Nothing opened\. Below: /)
  })

  it('keeps the text of alerts dead', async () => {
    await seed(look.bot.db, {
      title: '<!channel> [x](http://evil.example)\n# Big\nIncidents :: 0',
      opened: '2026-11-18T10:00:00Z',
      fired: { alert: '*@everyone* | `x`', at: ['2026-11-18T10:00:00Z', '2026-11-18T11:00:00Z'] },
    })
    const message = await composeDigest(look.bot, week().key, null)
    expect(message.fields?.map((f) => f.label)).toEqual(['Incidents', 'MTBF'])
    expect(message.text).toContain('\\<!channel\\> \\[x\\](http\\://evil.example) # Big Incidents \\:\\: 0')
    expect(message.text).toContain('\\*\\@everyone\\* \\| \\`x\\`')
    expect(message.mentions).toBeUndefined()
  })

  it('refuses a key that names no week', async () => {
    await expect(composeDigest(look.bot, 'last week', null)).rejects.toThrow(PermanentError)
  })

  it('is posted once a week and platform, in the channel that was configured', async () => {
    const posted: string[] = []
    const platform = {
      ...{ name: 'chat', capabilities: { secondsBetweenEdits: 0, editsAMinute: 50 }, rooms: null, groups: null },
      start: async () => {},
      stop: async () => {},
      update: async () => {},
      find: async () => null,
      post: async ({ to, key }: { to: object; key: string }) => {
        posted.push(`${JSON.stringify(to)} ${key}`)
        return { channel: 'c', id: '1' }
      },
    }
    look.bot.channels.chat = { incidents: 'incidents', alerts: 'alerts' }
    await postDigest(look.bot, platform, '2026-W47')
    await postDigest(look.bot, platform, '2026-W47')
    look.bot.config.digest.channel = 'reliability'
    await postDigest(look.bot, platform, '2026-W46')
    expect(posted).toEqual(['{"channel":"incidents"} digest/2026-W47', '{"channel":"reliability"} digest/2026-W46'])
  })
})
