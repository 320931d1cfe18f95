// What people read, checked for what matters: who has it, what to press, and that nothing from outside is alive in it.
import { describe, expect, test } from 'vitest'
import { render as renderForDiscord } from '../../src/chat/discord/render.ts'
import { render as renderForSlack } from '../../src/chat/slack/render.ts'
import { asTyped } from '../../src/core/button-mark.ts'
import type { Message } from '../../src/core/message.ts'
import { untouched } from '../../src/core/runbook-step.ts'
import type { Shift } from '../../src/core/schedule.ts'
import { type Fact, type FactKind, unsaid } from '../../src/core/timeline.ts'
import { announcementMessage } from '../../src/messages/announcement.ts'
import { cardMessage } from '../../src/messages/card.ts'
import { chartMessage } from '../../src/messages/chart.ts'
import { whoIsOnCallMessage } from '../../src/messages/oncall.ts'
import { pageMessage } from '../../src/messages/page.ts'
import { listMessage, refusalMessage, timelineMessage } from '../../src/messages/replies.ts'
import { roomKey, roomName, topicText } from '../../src/messages/room.ts'
import { runbookMessage } from '../../src/messages/runbook.ts'
import { entryMessage, saidMessage } from '../../src/messages/said.ts'
import { sampleFacts } from '../../src/messages/sample-incidents.ts'
import type { IncidentView } from '../../src/store/views.ts'
import { codeIn, linksIn, seen } from '../templates/markdown.ts'
import { acknowledged, alert, at, now, open, page, resolved, view, words } from './night.ts'
import { all, field, labels } from './reading.ts'

describe('what the room hears', () => {
  const say = (fact: Fact, by: string | null = 'ada') =>
    entryMessage(words, view(open), { id: 1, at: now, by, fact, text: '' }, now)

  // Breaks the build when a kind is added without a line here.
  const kinds: Record<FactKind, true> = Object.fromEntries(sampleFacts.map((f) => [f.kind, true])) as Record<
    FactKind,
    true
  >

  test.each(Object.keys(kinds))('%s has words, with and without a person', (kind) => {
    for (const fact of sampleFacts.filter((f) => f.kind === kind)) {
      for (const by of ['ada', null]) {
        const message = say(fact, by)
        expect(message.title).not.toBe('')
        expect(`${message.title}\n${all(message)}`).not.toMatch(/undefined|null|\[object|\{\{|\{%|\s[.,:]/)
      }
    }
  })

  test('is silent about what card, chart and runbook show', () => {
    const isCondition = (fact: Fact) => fact.kind === 'policy_step_skipped' && fact.because !== 'nobody'
    const isNobodys = (fact: Fact) => fact.kind === 'runbook_step_assigned' && fact.person === null
    for (const fact of sampleFacts.filter((one) => !isCondition(one) && !isNobodys(one))) {
      const said = saidMessage(words, view(open), { id: 1, at: now, by: null, fact, text: '' }, now)
      expect([fact.kind, said === null]).toEqual([fact.kind, unsaid.includes(fact.kind)])
    }
  })

  test('paging mentions those who are paged; the last resort mentions everybody', () => {
    const paged = say({ kind: 'people_paged', people: ['ada', 'grace'], step: 0, round: 1, because: 'policy' })
    expect(paged).toMatchObject({
      title: 'Paging Ada Lovelace and Grace Hopper',
      mentions: ['ada', 'grace'],
      text: 'No answer by **03:05**? Next: Grace Hopper.',
    })
    expect(labels(paged)).toEqual(['Acknowledge'])
    const last = say({ kind: 'last_resort_reached', people: [], times: 1 })
    expect(last).toMatchObject({ title: 'NOBODY HAS THIS', mentions: 'channel', tone: 'critical' })
  })

  test('nothing else mentions anybody', () => {
    const mentioning = sampleFacts.filter((fact) => say(fact).mentions !== undefined).map((fact) => fact.kind)
    expect([...new Set(mentioning)]).toEqual([
      'update_due',
      'people_paged',
      'acknowledgement_questioned',
      'acknowledgement_lapsed',
      'last_resort_reached',
      'runbook_step_assigned',
      'runbook_timer_ended',
    ])
  })

  test('resolution says how long it took, and warns of alerts that still fire', () => {
    const message = say({ kind: 'incident_resolved', because: 'person', stillFiring: 1 })
    expect(message.title).toBe('Resolved after 4 min')
    expect(seen(message.text ?? '')).toContain('1 alert is still firing')
  })

  test('one and the same reason for missing charts is told once', () => {
    const missing = (id: number, title: string, reason: string) =>
      ({ id, at: now, by: null, text: '', fact: { kind: 'chart_missing', title, reason } }) as const
    const [first, second, other] = [missing(1, 'Errors', 'away'), missing(2, 'Load', 'away'), missing(3, 'x', 'empty')]
    const told = [first, second, other].map((one) =>
      saidMessage(words, view(open, { timeline: [first, second, other] }), one, now),
    )
    expect(told.map((message) => message?.title)).toEqual(['No chart of Errors', undefined, 'No chart of x'])
  })

  test('alerts that flap are called clear once in a quiet period', () => {
    const clear = (id: number, minutes: number) =>
      ({ id, at: at(minutes), by: null, text: '', fact: { kind: 'alerts_all_clear', quietMinutes: 5 } }) as const
    const timeline = [clear(1, 0), clear(2, 2), clear(3, 4), clear(4, 6), clear(5, 8)]
    const told = timeline.filter((one) => saidMessage(words, view(open, { timeline }), one, now) !== null)
    expect(told.map((one) => one.id)).toEqual([1, 4])
  })

  test('an alert joining as the worst asks for an answer; a person who says how bad it is does not', () => {
    const fact: Fact = { kind: 'severity_changed', from: 'P2', to: 'P1', because: 'slow checkout joined' }
    expect(say(fact, null).text).toBe('Slow checkout joined. It wants an answer.')
    expect(say({ ...fact, because: '' }).text).toBe('Ada Lovelace changed the severity.')
  })

  test('a clock that runs out while nobody has it can be answered there', () => {
    const fact: Fact = { kind: 'clock_breached', clock: 'respond', dueAt: at(15).toISOString() }
    expect(labels(say(fact))).toEqual(['Acknowledge'])
    expect(labels(entryMessage(words, view(acknowledged), { id: 1, at: now, by: null, fact, text: '' }, now))).toEqual(
      [],
    )
  })

  test('the draft is linked', () => {
    expect(linksIn(say({ kind: 'postmortem_drafted' }).text ?? '')[0]?.[1]).toBe(
      'https://tocsin.example.test/incidents/12/postmortem',
    )
  })
})

describe('the runbook', () => {
  const body = 'Run it:\n\n```bash\nkubectl get pods | grep -v "Running"\n\n\n# a :: b\n```'
  const steps: IncidentView['runbook'] = [
    { ...untouched, step: 1, title: 'Look *closely*', body, status: 'open', by: null, at: null },
    { ...untouched, step: 2, title: 'Restart', body, status: 'done', by: 'ada', at: at(3) },
    { ...untouched, step: 3, title: 'Roll back', body: '', status: 'skipped', by: 'grace', at: at(4) },
  ]
  const message = runbookMessage(words, view(open, { runbook: steps }))

  test('keeps every command byte for byte, done or not', () => {
    const code = 'kubectl get pods | grep -v "Running"\n\n\n# a :: b'
    expect(message.sections?.map((s) => codeIn(s.text))).toEqual([[code], [code], []])
  })

  test('folds away what is done where there is more than a platform takes, but not in the console', () => {
    const long = steps.map((step) => ({ ...step, body: `${step.title}\n\n${'word '.repeat(400)}` }))
    const texts = (message: Message) => message.sections?.map(({ text }) => text.includes('word'))
    expect(texts(runbookMessage(words, view(open, { runbook: long })))).toEqual([true, false, false])
    expect(texts(runbookMessage(words, view(open, { runbook: long }), { whole: true }))).toEqual([true, true, true])
  })

  test('shows the next of sixty steps in every chat, however many are done', () => {
    const sixty = Array.from({ length: 60 }, (_, i) => {
      const [status, by] =
        i === 4 ? ['skipped' as const, 'grace'] : i < 50 ? ['done' as const, 'ada'] : ['open' as const, null]
      return {
        ...untouched,
        step: i + 1,
        title: `Look at ${i + 1}`,
        body: '',
        status,
        by,
        at: by === null ? null : at(3),
      }
    })
    const long = runbookMessage(words, view(open, { runbook: sixty }))
    expect(long.sections?.map(({ text }) => seen(text)).slice(0, 5)).toEqual([
      expect.stringMatching(/^✓ 1 to 47 · 46 done, 1 skipped/),
      ...[48, 49, 50].map((n) => expect.stringMatching(new RegExp(`^✓ ${n}\\. Look at ${n}`))),
      '51. Look at 51',
    ])
    expect(JSON.stringify(renderForSlack(long, {}).blocks)).toContain('Look at 51')
    expect(JSON.stringify(renderForDiscord(long, { key: null, accounts: {}, notify: false }))).toContain('Look at 51')
    expect(runbookMessage(words, view(open, { runbook: sixty }), { whole: true }).sections).toHaveLength(60)
  })

  test('can be ticked off, once', () => {
    expect(message.sections?.map((s) => s.buttons?.map((b) => asTyped(b.command)))).toEqual([
      ['done', 'skip', 'assign me'].map((what) => `incident step #12 1 ${what} --runbook 1h0t75q`),
      [],
      [],
    ])
    expect(message.sections?.[1]?.text).toMatch(/^✓ \*\*2\. Restart\*\* · done by Ada Lovelace, 03:03/)
    expect(message.sections?.[2]?.text).toMatch(/skipped by Grace Hopper, 03:04$/)
    expect(seen(message.sections?.[0]?.text ?? '')).toContain('1. Look *closely*')
  })
})

test('text from alerts, people and labels is dead in every message', () => {
  const evil = '[x](https://evil.test) **b** `c` <!channel> @everyone # h :: v'
  const dirty = alert(1, {
    description: `${evil}\n# heading\nStatus :: **fine**`,
    runbook_url: `https://a.test/x)${evil}`,
  })
  const incident = { ...open, title: evil, service: evil, lead: evil }
  const dirtyView = view(incident, { alerts: [{ ...dirty, labels: { alertname: evil, pod: evil } }] })
  const facts: Fact[] = [
    { kind: 'note_added', note: `${evil}\n# h\n- l` },
    { kind: 'severity_changed', from: 'P2', to: 'P1', because: evil },
    { kind: 'chart_missing', title: evil, reason: evil },
    { kind: 'incident_reopened', alert: evil },
    { kind: 'people_paged', people: [evil], step: 0, round: 1, because: 'policy' },
  ]
  const messages = [
    cardMessage(words, dirtyView, now),
    announcementMessage(words, dirtyView, now),
    pageMessage(words, dirtyView, page('s', 0, 'ada'), now),
    listMessage(words, [incident], now),
    timelineMessage(words, dirtyView, [{ id: 1, at: now, by: evil, fact: facts[0]!, text: evil }], now),
    ...facts.map((fact) => entryMessage(words, dirtyView, { id: 1, at: now, by: evil, fact, text: evil }, now)),
  ]
  for (const message of messages) {
    const hrefs = linksIn(all(message)).filter(([, url]) => url.startsWith('https://evil.test'))
    // The address may be seen and pressed as what it is; it may not hide behind other words.
    for (const [label, url] of hrefs) expect(url).toContain(label)
    expect(seen(all(message))).not.toMatch(/(^|\n)(h :: v|fine)/)
    for (const { label } of message.fields ?? []) expect(label).not.toContain('x](')
  }
  expect(cardMessage(words, dirtyView, now).title).toContain(
    '[x](https://evil.test) **b** `c` <!channel> @everyone # h :: v',
  )
})

describe('room and topic', () => {
  test.each([
    [12, 'payments', 'inc-12-payments'],
    [3, 'Größe & Übermaß', 'inc-3-groesse-uebermass'],
    [4, 'Café_API/v2', 'inc-4-cafe-api-v2'],
    [5, '支払い', 'inc-5'],
    [6, '', 'inc-6'],
  ])('incident %i about %j has the room %s', (number, about, name) => {
    expect(roomName(number, about)).toBe(name)
  })

  test('names and topics keep within the limits', () => {
    const name = roomName(123456, 'a very long title '.repeat(20))
    expect(name).toMatch(/^[a-z0-9-]{1,80}$/)
    expect(name).not.toMatch(/-$/)
    const long = view({ ...open, title: 'x'.repeat(400), service: 'y'.repeat(400) })
    expect([...topicText(words, long)].length).toBeLessThanOrEqual(250)
    expect(topicText(words, view(open))).toBe(
      'P1 · payments · Nobody has this yet · Checkout errors above 5 % · since 03:00 UTC',
    )
    expect(roomKey(12)).toBe('inc-12/room')
  })
})

describe('replies', () => {
  test.each([
    ['already acknowledged', acknowledged, 'Ada Lovelace already has #12'],
    ['already resolved', resolved, '#12 is already resolved'],
    ['not resolved', open, '#12 is not resolved'],
    ['already there', open, 'Ada Lovelace already leads #12'],
    ['moved on', open, '#12 has moved on since you looked'],
  ] as const)('%s tells what is true now', (refused, incident, title) => {
    expect(refusalMessage(words, { refused, by: 'ada' }, view(incident)).title).toBe(title)
  })

  test('a long list says what it leaves out', () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ ...open, number: i + 1 }))
    const list = listMessage(words, many, now)
    expect(list.title).toBe('25 active incidents, nobody has any of them')
    expect(linksIn(list.text ?? '')).toHaveLength(20)
    expect(list.text).toContain('And 5 more')
    expect(listMessage(words, [acknowledged, open], now).title).toBe('2 active incidents, nobody has 1 of them')
    expect(listMessage(words, [], now).title).toBe('No active incidents')
  })

  test('a schedule without anybody is a warning', () => {
    const override = { kind: 'override', id: 1, schedule: 'primary', replaces: null, madeBy: 'ada' } as const
    const made = { ...override, person: 'ada', from: at(-60), until: at(600), madeAt: at(-60) }
    const because = { kind: 'override', override: made } as const
    const shift: Shift = { people: ['ada'], from: at(-60), until: at(600), because }
    const standing = {
      zone: 'UTC',
      shift,
      layers: [],
      calendar: null,
      next: { ...shift, people: ['grace'], from: at(600) },
    }
    const oncall = whoIsOnCallMessage(
      words,
      [
        { schedule: 'primary', ...standing },
        { schedule: 'secondary', zone: 'UTC', shift: null, next: null, layers: [], calendar: null },
        { schedule: 'third', ...standing, next: { ...shift, people: ['grace', 'ada'], from: at(1200) } },
      ],
      now,
    )
    expect(oncall.tone).toBe('warning')
    expect(field(oncall, 'primary')).toBe('Ada Lovelace (override) until 13:00, then Grace Hopper')
    expect(field(oncall, 'secondary')).toMatch(/^Nobody\./)
    expect(field(oncall, 'third')).toBe(
      'Ada Lovelace (override) until 13:00, then Grace Hopper and Ada Lovelace from 23:00, nobody in between',
    )
  })
})

test('a chart is told in words for those who cannot see it', () => {
  const chart = {
    id: 1,
    moment: 'opened',
    title: 'Error rate',
    summary: 'highest 7 % at 03:02',
    text: 'Error rate.\n▁▇',
    drawnAt: now,
  }
  const message = chartMessage(words, view(open), chart, new Uint8Array([1]))
  expect(message.picture).toMatchObject({
    alt: 'Error rate.\n▁▇',
    caption: 'highest 7 % at 03:02',
    name: 'inc-12-opened-error-rate.png',
  })
  expect(message.text).toBe('Highest 7 % at 03:02')
})
