// /incident why: from the alert to the page, in facts that were recorded when they happened.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { minute, team, type World, world } from './world.ts'

const rules = `
severity_rules:
  - { match: { environment: staging }, severity: P4 }
  - { match: { alertname: Checkout is down }, severity: P1 }
`

describe('/incident why', () => {
  let w: World
  beforeEach(async () => {
    w = await world({ yaml: team + rules })
  })
  afterEach(() => w.stop())

  const why = async (words = '1', account = 'U-ADA') => {
    const reply = await w.chat.say(account, `incident why ${words}`.trim(), '#general')
    const { title = '', text = '' } = reply?.message ?? {}
    return {
      visibility: reply?.visibility,
      title,
      text,
      lines: text.split('\n').filter((line) => line.startsWith('1. ')),
    }
  }

  it('tells the whole chain to whoever was paged first', async () => {
    await w.fire({ severity: 'warning', labels: { region: 'eu' } })
    await w.pass(0)
    const { visibility, title, lines } = await why()
    expect(visibility).toBe('private')
    expect(title).toBe('Why Ada Lovelace was paged for #1')
    expect(lines).toEqual([
      expect.stringMatching(/`10:00:00` The alert \*\*Checkout is down\*\* came from generic: .*region=eu/),
      expect.stringMatching(/a \*\*P1\*\* by rule 2 of `severity_rules` \(alertname=Checkout is down\)/),
      expect.stringMatching(
        /`10:00:00` Incident 1 opened for checkout; alerts with the same alertname=.*, service=checkout join it/,
      ),
      expect.stringMatching(/policy \*\*default\*\* of the severity, frozen then: 2 steps, 2 rounds/),
      expect.stringMatching(/`10:00:00` Step 1 of round 1 was due/),
      expect.stringMatching(/Ada Lovelace was on call in \*\*primary\*\*, from 09:00:00 to Mon 9 Mar 09:00:00/),
      expect.stringMatching(/`10:00:00` The page went out \*\*in Slack\*\*, the first way that reaches them/),
    ])
  })

  it('says who did not answer before, and who did then', async () => {
    await w.fire()
    await w.pass(7 * minute)
    await w.chat.say('U-LINUS', 'incident ack 1', '#general')
    const { lines } = await why('1 @linus')
    expect(lines.slice(4)).toEqual([
      expect.stringMatching(/`10:00:00` Ada Lovelace had been paged, and \*\*nobody answered for 5 min\*\*/),
      expect.stringMatching(/`10:05:00` Step 2 of round 1 was due/),
      expect.stringMatching(/Linus was on call in \*\*secondary\*\*/),
      expect.stringMatching(/`10:05:00` The page went out \*\*in Slack\*\*/),
      expect.stringMatching(/`10:07:00` Linus acknowledged/),
    ])
  })

  it('names the override that made it them, though it is over by now', async () => {
    await w.chat.say('U-LINUS', 'oncall override primary grace 1h', '#general')
    await w.fire()
    await w.pass(61 * minute)
    expect((await why('1 @grace')).text).toMatch(/last resort/)
    await w.chat.say('U-LINUS', 'incident resolve 1', '#general')
    await w.fire({ title: 'Another' })
    await w.pass(0)
    expect((await why('2')).text).toMatch(/Ada Lovelace was on call in \*\*primary\*\*/)
  })

  it('tells an override and whose wish it was', async () => {
    await w.chat.say('U-LINUS', 'oncall override primary grace 1h', '#general')
    await w.fire()
    await w.pass(0)
    expect((await why('1 @grace')).text).toMatch(
      /Grace Hopper was on call in \*\*primary\*\*, from 10:00:00 to 11:00:00 by an override of Linus, made 10:00:00/,
    )
  })

  it('tells who asked for them, and who escalated', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident page 1 @grace', '#general')
    await w.pass(0)
    expect((await why('1 @grace')).text).toMatch(/\*\*Ada Lovelace asked for Grace Hopper\*\*/)
    await w.chat.say('U-ADA', 'incident escalate 1', '#general')
    await w.pass(0)
    expect((await why('1 @linus')).text).toMatch(/Ada Lovelace escalated[\s\S]*Step 2 of round 1 was due/)
  })

  it('tells that an acknowledgement was not renewed, and that a clock ran out', async () => {
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident ack 1', '#general')
    await w.pass(31 * minute)
    expect((await why('1 @ada')).lines.at(-2)).toMatch(/Ada Lovelace did not say that they are still on it/)
    await w.chat.say('U-ADA', 'incident ack 1', '#general')
    await w.chat.say('U-ADA', 'incident resolve 1', '#general')
    await w.fire({ title: 'Slow', severity: 'warning' })
    await w.pass(65 * minute)
    expect((await w.view(2)).timeline.map((one) => one.fact.kind)).toContain('clock_breached')
    expect((await why('2 @linus')).text).toMatch(/nobody answered for|has run out/)
  })

  it('tells that another severity brought its policy, from the first step on, for every page since', async () => {
    const mild = '  mild: { rounds: 1, steps: [{ page: person:grace, wait: 5m }] }\n'
    await w.stop()
    w = await world({
      yaml: team.replace('policies:\n', `policies:\n${mild}`).replace('P2: { policy: default', 'P2: { policy: mild'),
    })
    await w.fire({ severity: 'warning', labels: { alertname: 'Down', instance: 'a' } })
    await w.pass(2 * minute)
    await w.chat.say('U-GRACE', 'incident ack 1', '#general')
    await w.pass(10 * minute)
    await w.fire({ severity: 'critical', labels: { alertname: 'Down', instance: 'b' } })
    await w.pass(6 * minute)
    const raise = [
      expect.stringMatching(/follows the policy \*\*mild\*\* of the severity, frozen then: 1 step, 1 round/),
      expect.stringMatching(/`10:12:00` .*changed the severity from P2 to P1/),
      expect.stringMatching(/follows the policy \*\*default\*\* from its first step: 2 steps, 2 rounds/),
    ]
    expect((await why('1 @ada')).lines.slice(3)).toEqual([
      ...raise,
      expect.stringMatching(/`10:12:00` Step 1 of round 1 was due/),
      ...[expect.stringMatching(/on call in/), expect.stringMatching(/The page went out/)],
    ])
    expect((await why('1 @linus')).lines.slice(3)).toEqual([
      ...raise,
      expect.stringMatching(/Ada Lovelace had been paged, and \*\*nobody answered for 5 min/),
      expect.stringMatching(/`10:17:00` Step 2 of round 1 was due/),
      ...[expect.stringMatching(/on call in/), expect.stringMatching(/The page went out/)],
    ])
  })

  it('tells that somebody reopened it, which began the policy anew, for every page since', async () => {
    await w.fire()
    await w.pass(6 * minute)
    await w.chat.say('U-GRACE', 'incident resolve 1', '#general')
    await w.chat.say('U-GRACE', 'incident reopen 1', '#general')
    await w.pass(6 * minute)
    const { lines } = await why('1 @linus')
    expect(lines.slice(4, 7)).toEqual([
      expect.stringMatching(/`10:06:00` Grace Hopper reopened this/),
      expect.stringMatching(/`10:06:00` Ada Lovelace had been paged, and \*\*nobody answered for 5 min\*\*/),
      expect.stringMatching(/`10:11:00` Step 2 of round 1 was due/),
    ])
  })

  it('begins the story of an acknowledgement that ended where it began', async () => {
    await w.fire()
    await w.pass(minute)
    await w.chat.say('U-ADA', 'incident ack 1', '#general')
    await w.pass(26 * minute)
    await w.chat.say('U-ADA', 'incident ack 1', '#general')
    await w.pass(36 * minute)
    const story = [
      expect.stringMatching(/`10:01:00` Ada Lovelace acknowledged/),
      expect.stringMatching(/`10:52:00` Asked Ada Lovelace whether they are still on it/),
      expect.stringMatching(/`10:57:00` Ada Lovelace did not say that they are still on it/),
    ]
    expect((await why('1 @ada')).lines.slice(4, 7)).toEqual(story)
    expect((await why('1 @linus')).lines.slice(4, 8)).toEqual([...story, expect.stringMatching(/Step 2 of round 1/)])
  })

  it('tells that the way was their own choice, and when another was taken', async () => {
    await w.stop()
    w = await world({
      yaml: team.replace('slack: U-ADA }', 'slack: U-ADA, reach: { P1: [slack, console after 1m] } }'),
    })
    await w.fire()
    await w.pass(2 * minute)
    expect((await why()).text).toMatch(/The page went out \*\*in (Slack|Console)\*\*, as their own rules say/)
  })

  it('is behind a button of the page itself', async () => {
    await w.fire()
    await w.pass(0)
    const reply = await w.chat.press('U-ADA', '@U-ADA', 'Why me?')
    expect(reply?.message.title).toBe('Why Ada Lovelace was paged for #1')
  })

  it('keeps to the record when the configuration changes, and says what an old incident lacks', async () => {
    await w.fire()
    await w.pass(0)
    w.bot.config.schedules = {}
    w.bot.config.severityRules = []
    expect((await why()).text).toMatch(/by rule 2[\s\S]*on call in \*\*primary\*\*/)
    await w.bot.db.query(`update timeline set fact = fact - 'because' - 'whys' - 'policy'`)
    await w.bot.db.query(
      `update timeline set fact = fact || '{"because": "policy"}' where fact ->> 'kind' = 'people_paged'`,
    )
    const { text } = await why()
    expect(text).toMatch(/what decided that is not recorded/)
    expect(text).toMatch(/What made it Ada Lovelace is not recorded/)
  })

  it('is about the page that somebody has, not one that may follow, and begins where the policy began anew', async () => {
    await w.stop()
    w = await world({
      yaml: team.replace('slack: U-ADA }', 'slack: U-ADA, reach: { P1: [slack, console after 20m] } }'),
    })
    await w.fire()
    await w.pass(0)
    await w.chat.say('U-ADA', 'incident ack 1', '#general')
    await w.pass(31 * minute)
    await w.chat.say('U-GRACE', 'incident resolve 1', '#general')
    await w.fire()
    await w.pass(minute)
    const { text, lines } = await why('1 @ada')
    expect(text).not.toMatch(/on its way/)
    expect(lines.slice(4)).toEqual([
      expect.stringMatching(/`10:31:00` Reopened: Checkout is down is firing again/),
      expect.stringMatching(/`10:31:00` Step 1 of round \d was due/),
      expect.stringMatching(/on call in/),
      expect.stringMatching(/`10:31:00` The page went out \*\*in Slack\*\*, as their own rules say/),
    ])
  })

  it('tells of quiet hours only for the page that they held back', async () => {
    const minds = ", quiet: { from: '22:00', until: '07:00' } }"
    await w.stop()
    w = await world({
      yaml: team
        .replace('slack: U-ADA }', `slack: U-ADA${minds}`)
        .replace('wait: 5m', 'wait: 3h')
        .replace('wait: 10m', 'wait: 3h')
        .replace('rounds: 2', 'rounds: 3')
        .replace('  P2: {', '  P3: { policy: default, paging: always }\n  P2: {'),
    })
    await w.pass(12 * 60 * minute)
    await w.fire({ severity: 'info' })
    await w.pass(9 * 60 * minute + minute)
    const held = (lines: string[]) => lines.filter((line) => line.includes('waits until')).length
    const morning = (await why('1 @ada')).lines
    expect(morning.at(-1)).toMatch(/`(Tue 3 Mar )?07:00:0\d` The page went out/)
    expect(held(morning)).toBe(1)
    await w.pass(3 * 60 * minute)
    const later = (await why('1 @ada')).lines
    expect(later.join()).toMatch(/Step 1 of round 3 was due/)
    expect(held(later)).toBe(0)
  })

  it('says of an incident opened by hand whether the severity was named', async () => {
    await w.chat.say('U-GRACE', 'incident new Customers cannot log in', '#general')
    await w.chat.say('U-GRACE', 'incident new P1 Nobody can pay', '#general')
    await w.pass(0)
    expect((await why('1')).text).toMatch(/a \*\*P2\*\* because they named no severity/)
    expect((await why('2')).text).toMatch(/a \*\*P1\*\* because they said so/)
  })

  it('says who else was paged when that person was not, and that nobody was', async () => {
    await w.fire()
    await w.pass(0)
    expect((await why('1 @grace')).title).toMatch(/Grace Hopper was not paged for incident 1; these were: Ada Lovelace/)
    await w.fire({ title: 'Quiet', severity: 'none' })
    await w.pass(0)
    expect((await why('2')).title).toBe('Nobody has been paged for incident 2.')
  })

  it('of somebody who was not paged tells about whoever was last', async () => {
    await w.fire()
    await w.pass(6 * minute)
    const last = await why('1', 'U-STRANGER')
    expect(last.title).toBe('Why Linus was paged for #1')
    // Ada's page is none of his.
    expect(last.text).not.toContain('This is the latest of')
    await w.pass(45 * minute)
    expect((await why('1 linus', 'U-STRANGER')).text).toContain('This is the latest of 2 pages to Linus;')
  })
})
