// The post-mortem draft: made of what is on record, each statement with its entry, and of questions for the rest.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { declareIncident } from '../../src/flow/declare.ts'
import { draftPostmortem } from '../../src/flow/postmortem.ts'
import { record } from '../../src/flow/record.ts'
import { respond } from '../../src/flow/respond.ts'
import { workOnStep } from '../../src/flow/steps.ts'
import { giveUpdate } from '../../src/flow/updates.ts'
import { keepChart } from '../../src/store/charts.ts'
import { type LookBack, lookBack } from './look-back.ts'
import { outage } from './outage.ts'

let look: LookBack
beforeEach(async () => {
  look = await lookBack('2026-11-17T09:42:10Z')
})
afterEach(() => look.end())

const { fire, pass, acknowledge, resolve, view, markdown } = outage(() => look)
const section = (text: string, title: string) => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''

/** The lines that say or ask something: no headings, heads of tables or rows of action items left to fill in. */
function contentOf(text: string): string[] {
  const lines = text.split('\n')
  const ruler = (line = '') => /^\|(---\|)+$/.test(line)
  return lines.filter(
    (line, index) =>
      line !== '' &&
      !/^(#+ |\*\*\w{3} \d+ \w{3} \d{4}\*\*$|\| _.+\?_ \| _name_ \| _date_ \|$)/.test(line) &&
      !ruler(line) &&
      !ruler(lines[index + 1]),
  )
}
/** A question states nothing: it needs no source. */
const withoutSource = (text: string) =>
  contentOf(text).filter((line) => !/\[#\d+\]|_\(no entry\)_|^- \[ \] /.test(line))

describe('a draft', () => {
  it('tells the course of the incident, each statement with the entry it comes from', async () => {
    await fire()
    await pass(4)
    await acknowledge()
    await pass(48)
    await fire({ status: 'resolved', endsAt: new Date('2026-11-17T10:30:00Z') })
    await resolve()
    expect(await draftPostmortem(look.bot, 1)).toBe('drafted')
    const { timeline } = await view()
    const id = (kind: string) => timeline.find((e) => e.fact.kind === kind)?.id
    const text = await markdown()
    expect(section(text, 'Summary')).toContain(
      `Opened 10:42:10 by an alert, for **search** [#${id('incident_opened')}]. ` +
        `Ada Lovelace acknowledged it after 4 min [#${id('incident_acknowledged')}]. ` +
        `Ada Lovelace resolved it 52 min after the opening [#${id('incident_resolved')}].`,
    )
    expect(text).toContain('Europe/Berlin (UTC\\+01:00)')
    expect(section(text, 'Impact and duration')).toContain(
      `| First alert began (HighErrorRate) [#${id('alert_fired')}] | 10:38:00 | 4 min before it opened |`,
    )
    const times = section(text, 'Response times')
    expect(times).toContain(`| respond | 15 min | 10:57:10 | yes, after 4 min [#${id('incident_acknowledged')}] |`)
    const late = `[#${id('clock_breached')}] [#${id('incident_resolved')}]`
    expect(times).toContain(`| investigate | 30 min | 11:12:10 | **no**, 22 min late ${late} |`)
    const heard = `[#${id('alert_fired')}] [#${id('alert_cleared')}]`
    expect(section(text, 'Alerts')).toContain(
      `| HighErrorRate | Too many errors | 10:38:00 | 11:30:00 (52 min) ${heard} |`,
    )
    expect(section(text, 'Who took part')).toContain(
      `**Ada Lovelace** acknowledged [#${id('incident_acknowledged')}], resolved`,
    )
  })

  it('names whoever had a role or gave an update among those who took part', async () => {
    await fire()
    await look.bot.db.tx((q) => record(look.bot, q, 1, [{ kind: 'role_given', role: 'comms', person: 'grace' }]))
    await giveUpdate(look.bot, 1, 'alan', { conditions: 'Search is slow', actions: '', needs: '', next: null })
    await resolve()
    await draftPostmortem(look.bot, 1)
    const took = section(await markdown(), 'Who took part')
    expect(took).toMatch(/\*\*Grace Hopper\*\* was comms \[#\d+\]/)
    expect(took).toMatch(/\*\*Alan Turing\*\* gave updates \[#\d+\]/)
  })

  it('cites the entry of every line of the timeline, all of them, in order', async () => {
    await fire()
    for (let i = 0; i < 6; i++) await pass(5)
    await acknowledge()
    await respond(look.bot, 1, { kind: 'note', by: 'ada', note: 'the deploy of 10:30 is to blame' })
    await resolve()
    await draftPostmortem(look.bot, 1)
    const lines = section(await markdown(), 'Timeline')
      .split('\n')
      .filter(Boolean)
    const ids = (await view()).timeline.filter((e) => e.fact.kind !== 'postmortem_drafted').map((e) => e.id)
    expect(lines.map((line) => Number(/^- \d\d:\d\d:\d\d .*\[#(\d+)\]$/.exec(line)?.[1]))).toEqual(ids)
    expect(ids.length).toBeGreaterThan(10)
  })

  it('cites an entry in every line, or says that there is none', async () => {
    await fire()
    await fire({ fingerprint: 'f2', annotations: { summary: 'Errors in the second zone' } })
    await look.bot.db.query(
      `insert into runbook_steps (incident, step, title, body)
       values (1, 1, 'Look', ''), (1, 2, 'Roll back', ''), (1, 3, 'Tell support', '')`,
    )
    await look.bot.db.tx(async (q) => {
      const now = look.bot.clock.now()
      const drawn = {
        incident: 1,
        moment: 'opened' as const,
        title: 'Errors',
        summary: 'now 7 %',
        text: 'Errors: now 7 %.\n▁▁▂▇',
        drawnAt: now,
        of: now,
      }
      const chart = (await keepChart(q, { ...drawn, png: new Uint8Array([1]) })) ?? 0
      await record(look.bot, q, 1, [
        { kind: 'runbook_matched', title: 'Search is slow', because: 'the service' },
        { kind: 'chart_drawn', chart, title: 'Errors', summary: 'now 7 %' },
        { kind: 'page_failed', person: 'alan', channel: 'slack', key: 'k', reason: 'no account' },
      ])
    })
    await workOnStep(look.bot, 1, { step: 1, mark: null }, { do: 'finish' }, 'grace')
    await workOnStep(look.bot, 1, { step: 2, mark: null }, { do: 'skip', reason: null }, 'grace')
    for (let i = 0; i < 8; i++) await pass(5)
    await acknowledge()
    await respond(look.bot, 1, { kind: 'note', by: 'ada', note: 'the deploy of 10:30 is to blame' })
    await fire({ status: 'resolved', endsAt: new Date('2026-11-17T10:10:00Z') })
    await resolve()
    await draftPostmortem(look.bot, 1)
    const text = await markdown()
    const content = contentOf(text)
    expect(content.length).toBeGreaterThan(50)
    expect(withoutSource(text)).toEqual([])
    const unsourced = content.filter((line) => !/\[#\d+\]/.test(line))
    expect(unsourced.filter((line) => !line.startsWith('- [ ] '))).toEqual([])
    const { timeline } = await view()
    const cited = (kind: string) => timeline.find((e) => e.fact.kind === kind)?.id
    expect(section(text, 'Charts')).toContain(`now 7 % ▁▁▂▇ [#${cited('chart_drawn')}]`)
    expect(section(text, 'Questions')).toContain(
      `**Why was a step of the runbook skipped?** [#${cited('runbook_step_skipped')}]`,
    )
    const second = timeline.filter((e) => e.fact.kind === 'alert_fired')[1]?.id
    expect(section(text, 'Alerts')).toMatch(new RegExp(`second zone .*still firing \\[#${second}\\] \\|`))
  })

  it('asks why nobody was on call at a step, not why a step was not for that hour', async () => {
    await fire()
    const skip = (step: number, because: 'nobody' | 'outside business hours') =>
      ({ kind: 'policy_step_skipped', step, round: 1, because }) as const
    await look.bot.db.tx((q) => record(look.bot, q, 1, [skip(1, 'outside business hours'), skip(2, 'nobody')]))
    await resolve()
    await draftPostmortem(look.bot, 1)
    const [, empty] = (await view()).timeline.filter((e) => e.fact.kind === 'policy_step_skipped')
    expect(section(await markdown(), 'Questions')).toMatch(
      new RegExp(`nobody on call\\*\\* at a step of the policy\\? \\[#${empty?.id}\\]\\n`),
    )
  })

  it('asks for what nobody recorded instead of making it up', async () => {
    await fire()
    await pass(16)
    await look.bot.db.query(
      `insert into runbook_steps (incident, step, title, body) values (1, 1, 'Look', ''), (1, 2, 'Roll back', '')`,
    )
    await workOnStep(look.bot, 1, { step: 2, mark: null }, { do: 'skip', reason: null }, 'grace')
    await look.bot.db.tx((q) =>
      record(look.bot, q, 1, [
        { kind: 'page_failed', person: 'alan', channel: 'slack', key: 'k', reason: 'no account' },
      ]),
    )
    await resolve()
    await draftPostmortem(look.bot, 1)
    const questions = section(await markdown(), 'Questions')
    for (const question of [
      '**Why did nobody acknowledge it,**',
      '**Why did the time to respond run out?** [#',
      '**Why could Alan Turing not be paged over slack?** [#',
      '**Why was it resolved while alerts were firing?** [#',
      '**Why was a step of the runbook skipped?** [#',
      '1 of 2 steps has no record.',
    ])
      expect(questions).toContain(question)
    expect(section(await markdown(), 'Contributing factors')).toContain(
      '**What was the root cause?** Nobody wrote a note.',
    )
    expect(section(await markdown(), 'Detection')).toContain('**Why did detection take 4 min**')
    expect(section(await markdown(), 'Impact and duration')).toContain('- [ ] **Who was affected')
    expect(section(await markdown(), 'Action items')).toContain('**What will keep this from happening again')
    expect(section(await markdown(), 'Runbook')).toMatch(
      /\| 2\. Roll back \| \*\*skipped\*\* \| Grace Hopper, 10:58:10 \[#\d+\] \|/,
    )
  })

  it('of an incident that a person opened claims no alert, no answer and no detection time', async () => {
    await declareIncident(look.bot, { title: 'Odd bills', severity: 'P2', service: 'billing', by: 'grace' })
    await resolve()
    await draftPostmortem(look.bot, 1)
    const text = await markdown()
    expect(section(text, 'Summary')).toContain(
      'Opened 10:42:10 by Grace Hopper, for **billing** [#1]. Nobody acknowledged it.',
    )
    expect(section(text, 'Alerts')).toContain('None: a person opened this incident.')
    expect(section(text, 'Detection')).toContain('**When and how was it first noticed?**')
    expect(text).not.toContain('First alert')
    expect(withoutSource(text)).toEqual([])
  })

  it('has the response times of every time it came back, each kept or missed by itself', async () => {
    await fire()
    await pass(4)
    await acknowledge()
    await pass(10)
    await resolve()
    await pass(5)
    await fire({ startsAt: new Date('2026-11-17T10:00:00Z') })
    await pass(22)
    await acknowledge()
    await resolve()
    await pass(1)
    await fire({ startsAt: new Date('2026-11-17T10:20:00Z') })
    await pass(2)
    await acknowledge()
    await resolve()
    await draftPostmortem(look.bot, 1)
    const text = await markdown()
    const responses = section(text, 'Response times')
      .split('\n')
      .filter((line) => line.startsWith('| respond'))
    expect(responses.map((line) => line.replaceAll(/ \[#\d+\]/g, ''))).toEqual([
      '| respond | 15 min | 10:57:10 | yes, after 4 min |',
      '| respond, after it came back (1 of 2) | 15 min | 11:16:10 | **no**, 7 min late |',
      '| respond, after it came back (2 of 2) | 15 min | 11:39:10 | yes, after 2 min |',
    ])
    // Each rests on entries of its own.
    expect(new Set(responses.flatMap((line) => /\[#\d+\]/.exec(line) ?? [])).size).toBe(3)
    expect(section(text, 'What went well')).toMatch(
      /- The time to respond was kept 2 of 3 times; the longest: 4 min of 15 min\. \[#\d+\] \[#\d+\]\n/,
    )
    expect(section(text, 'What went badly')).toContain(
      '- The time to respond, after it came back (1 of 2), ran out; it was answered 7 min late.',
    )
    expect(withoutSource(text)).toEqual([])
  })

  it('praises nobody for a time to respond that ended by itself', async () => {
    await fire()
    await pass(1)
    await fire({ status: 'resolved', endsAt: new Date('2026-11-17T09:43:00Z') })
    await pass(6)
    expect(await draftPostmortem(look.bot, 1)).toBe('drafted')
    const text = await markdown()
    expect(section(text, 'Summary')).toContain('Nobody acknowledged it.')
    expect(section(text, 'Response times')).toMatch(
      /\| respond \| 15 min \| 10:57:10 \| nobody did: it was over by itself after 7 min \[#\d+\] \|/,
    )
    expect(section(text, 'Response times')).toMatch(/\| resolve \| .* \| yes, after 7 min \[#\d+\] \|/)
    expect(section(text, 'What went well')).not.toMatch(/time to (respond|investigate)/)
    expect(withoutSource(text)).toEqual([])
  })

  it('names the days when it lasted past midnight, and offsets when the clocks changed under it', async () => {
    // Berlin: half past two comes twice on 25 October 2026.
    look.bot.clock.set(new Date('2026-10-24T21:50:00Z'))
    await fire({ startsAt: new Date('2026-10-24T21:49:00Z') })
    look.bot.clock.set(new Date('2026-10-25T00:30:00Z'))
    await acknowledge()
    look.bot.clock.set(new Date('2026-10-25T01:30:00Z'))
    await resolve()
    await draftPostmortem(look.bot, 1)
    const timeline = section(await markdown(), 'Timeline')
    expect(withoutSource(await markdown())).toEqual([])
    expect(timeline).toContain('**Sat 24 Oct 2026**')
    expect(timeline).toContain('**Sun 25 Oct 2026**')
    expect(timeline).toMatch(/- 02:30:00 \+02:00 Ada Lovelace acknowledged/)
    expect(timeline).toMatch(/- 02:30:00 \+01:00 Ada Lovelace resolved/)
    expect(section(await markdown(), 'Impact and duration')).toContain(
      '| Sun 25 Oct 02:30:00 +01:00 | after 3 h 40 min |',
    )
  })

  it('keeps words from outside dead: no forged line, citation, table cell or markup', async () => {
    await fire({
      labels: { alertname: 'Evil|Name', service: 'search', severity: 'critical' },
      annotations: { summary: '<b>x</b> [click](http://evil.example) <!channel> | y\n- 10:00:00 Ada caused it [#1]' },
      generatorUrl: 'javascript:alert(1)',
    })
    await respond(look.bot, 1, {
      kind: 'note',
      by: 'ada',
      note: 'one\n\n## Root cause\n- 10:00:00 Grace did it [# 2 ]\n- [ ] **forged?**',
    })
    await resolve()
    await draftPostmortem(look.bot, 1)
    const text = await markdown()
    expect(text).not.toMatch(/^## Root cause|^- 10:00:00|^- \[ \] \*\*forged|javascript:|[^\\]<b>|[^\\]\[click/m)
    const ids = new Set((await view()).timeline.map((e) => e.id))
    for (const [, id] of text.matchAll(/\[#(\d+)\]/g)) expect(ids.has(Number(id))).toBe(true)
    // Once unescaped, as a reader sees it, nothing but our own citations looks like one.
    const seen = text.replaceAll('\\', '')
    expect(seen.match(/\[ *# *\d+ *\]/g)?.length).toBe(text.match(/\[#\d+\]/g)?.length)
    expect(section(text, 'Alerts')).toContain('| Evil\\|Name |')
  })
})
