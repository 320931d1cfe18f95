// What people read, checked for what matters: who has it, what to press, and that nothing from outside is alive in it.

import { describe, expect, test } from 'vitest'
import { type Incident, placeOf } from '../../src/core/incident.ts'
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

const field = (message: Message, label: string) => seen(message.fields?.find((f) => f.label === label)?.value ?? '')
const firstLine = (message: Message) => seen((message.text ?? '').split('\n\n')[0] ?? '')
const labels = (message: Message) => (message.buttons ?? []).map((button) => button.label)
/** Its Markdown; the title is plain text everywhere. */
const all = (message: Message) =>
  [message.text, ...(message.fields ?? []).map((f) => f.value), ...(message.sections ?? []).map((s) => s.text)]
    .filter((part) => part !== undefined)
    .join('\n\n')

describe('the card', () => {
  test('of an open incident says that nobody has it, who is next, and by when to answer', () => {
    const card = cardMessage(words, view(open), now)
    expect(card.title).toBe('P1 #12 · Checkout errors above 5 %')
    expect(card.tone).toBe('critical')
    expect(firstLine(card)).toBe(
      'Nobody has this yet. Paged Ada Lovelace, no answer yet. Next page: Grace Hopper at 03:05.',
    )
    expect(seen(card.text ?? '')).toContain('Errors at 7 %.')
    expect(field(card, 'Since')).toBe('03:00 (4 min)')
    expect(field(card, 'Clock')).toBe('respond by 03:15 (11 min left)')
    expect(field(card, 'Alerts')).toBe('2 of 3 firing: HighErrorRate on api-1, api-2')
    expect(card.buttons?.map((b) => b.command)).toEqual([
      'incident ack 12',
      `incident escalate 12 --seen ${placeOf(open.position)}`,
      'incident runbook 12',
      'incident resolve 12',
    ])
    expect(labels(card)).toEqual(['Acknowledge', 'Escalate', 'Runbook', 'Resolve'])
  })

  test('of an acknowledged incident says who has it and no longer asks', () => {
    const card = cardMessage(words, view(acknowledged), now)
    expect(firstLine(card)).toBe('Ada Lovelace has this.')
    expect(field(card, 'Status')).toBe('Acknowledged 03:03, holds until 03:33')
    expect(card.tone).toBe('warning')
    expect(labels(card)).toEqual(['Escalate', 'Runbook', 'Resolve'])
  })

  test('of a resolved incident says how long it took, which times were kept, and leads to the post-mortem', () => {
    const clocks = [
      { ...view(resolved).clocks[0]!, status: 'met' as const, stoppedAt: at(3) },
      { ...view(resolved).clocks[0]!, name: 'resolve', status: 'breached' as const, stoppedAt: at(40) },
    ]
    const postmortem = { draftedAt: at(41), publishedAt: null }
    const card = cardMessage(words, view(resolved, { clocks, postmortem }), at(45))
    expect(card.title).toMatch(/^Resolved · /)
    expect(card.tone).toBe('good')
    expect(field(card, 'Status')).toBe('Resolved 03:40, after 40 min')
    expect(field(card, 'Response times')).toBe('respond kept (3 min); resolve missed, due 03:15')
    expect(card.buttons).toEqual([{ label: 'Post-mortem', command: 'postmortem 12' }])
    expect(linksIn(card.text ?? '')).toContainEqual([
      'Post-mortem',
      'https://tocsin.example.test/incidents/12/postmortem',
    ])
  })

  test('cries when every step was tried', () => {
    const position = { at: 'last resort', times: 2, round: 3, dueAt: at(6) } as const
    const card = cardMessage(words, view({ ...open, severity: 'P2', position }), now)
    expect(card.title).toMatch(/^NOBODY HAS THIS · /)
    expect(firstLine(card)).toMatch(/^Every step was tried and nobody answered\. .* Next page: everybody at 03:06\.$/)
    expect(card.tone).toBe('critical')
  })

  test('shows a clock that ran out even before its breach is recorded', () => {
    expect(field(cardMessage(words, view(open), at(20)), 'Clock')).toBe('respond overdue by 5 min (was due 03:15)')
  })

  test('of a P3 without a room has only Acknowledge and Resolve', () => {
    const card = cardMessage(words, view({ ...open, severity: 'P3', position: null }, { rooms: [] }), now)
    expect(labels(card)).toEqual(['Acknowledge', 'Resolve'])
    expect(card.tone).toBe('info')
    expect(firstLine(card)).toBe('Nobody has this yet. A P3 pages nobody.')
  })

  test('has no Runbook button without a runbook', () => {
    expect(labels(cardMessage(words, view(open, { runbook: [] }), now))).not.toContain('Runbook')
  })

  test('fits the fields that Slack allows, in every state', () => {
    for (const incident of [open, acknowledged, resolved])
      expect(cardMessage(words, view({ ...incident, lead: 'ada' }), now).fields?.length).toBeLessThanOrEqual(10)
  })

  test('links only to web pages', () => {
    const evil = alert(1, { runbook_url: 'javascript:alert(1)' }, 'file:///etc/passwd')
    const card = cardMessage(words, view(open, { alerts: [evil] }), now)
    expect(linksIn(card.text ?? '').map(([label]) => label)).toEqual(['Checkout dashboard', 'Console'])
  })
})

describe('the announcement', () => {
  test('is one line of what everybody wants to know, and holds nothing that grows old', () => {
    const line = (incident: Incident, time = now) => firstLine(announcementMessage(words, view(incident), time))
    expect(line(open)).toBe('Nobody has this yet · payments · since 03:00 · respond by 03:15')
    expect(line(open, at(20))).toBe('Nobody has this yet · payments · since 03:00 · respond overdue since 03:15')
    expect(line(resolved)).toBe('Resolved by Ada Lovelace after 40 min · payments · since 03:00')
  })

  test('leads to the room on the platform it is posted to, else to the console', () => {
    const links = (platform: string | null, changes: Partial<IncidentView> = {}) =>
      linksIn(announcementMessage(words, view(open, changes), now, platform).text ?? '')
    expect(links('discord')).toEqual([['#inc-12-payments', 'https://discord.example.test/1']])
    expect(links('slack')).toEqual([['#inc-12-payments', 'https://slack.example.test/C1']])
    expect(links('slack', { rooms: [] })).toEqual([['#12', 'https://tocsin.example.test/incidents/12']])
  })

  test('can be answered while nobody has it, and not after', () => {
    expect(labels(announcementMessage(words, view(open), now))).toEqual(['Acknowledge'])
    expect(labels(announcementMessage(words, view(acknowledged), now))).toEqual([])
  })
})

describe('a page', () => {
  test('says in its first words how bad and what, and why you', () => {
    const message = pageMessage(words, view(open), page('s', 0, 'ada'), now)
    expect(message.title).toBe('P1 · payments · Checkout errors above 5 %')
    const named = { ...open, title: 'Payments: 7 % fail' }
    expect(pageMessage(words, view(named), page('s', 0, 'ada'), now).title).toBe('P1 · Payments: 7 % fail')
    expect(seen(message.text ?? '')).toMatch(
      /^Nobody has this yet\. You are on call \(primary\)\. If you do not answer, the next page goes to Grace Hopper at 03:05\./,
    )
    expect(linksIn(raw(message, 'Room'))).toEqual([['#inc-12-payments', 'https://slack.example.test/C1']])
    expect(labels(message)).toEqual(['Acknowledge', 'Escalate', 'Why me?'])
  })

  test.each([
    ['s', 1, 'grace', 'The policy names you.'],
    ['l', 0, 'ada', 'you are the last resort'],
    ['m', 0, 'ada', 'Grace Hopper asks for you.'],
  ] as const)('of kind %s tells %s', (kind, step, person, text) => {
    const asked: Fact = { kind: 'people_paged', people: ['ada'], step: 0, round: 1, because: 'person' }
    const timeline = [{ id: 1, at: now, by: 'grace', fact: asked, text: '' }]
    expect(seen(pageMessage(words, view(open, { timeline }), page(kind, step, person), now).text ?? '')).toContain(text)
  })

  test('tells whom the policy pages next that it is them again', () => {
    const message = pageMessage(words, view(open), page('s', 1, 'grace'), now)
    expect(seen(message.text ?? '')).toContain('If you do not answer, you are paged again at 03:05.')
  })

  test('that asks whether somebody is still on it says what happens otherwise, and afterwards until when they have it', () => {
    const asked = { ...acknowledged, lease: { until: at(33), askAt: null } } as Incident
    const asking = pageMessage(words, view(asked), page('a', 1680, 'ada'), at(28))
    expect(asking.title).toBe('Still on it? · P1 · payments · Checkout errors above 5 %')
    expect(seen(asking.text ?? '')).toContain('otherwise it is open again then, and you are paged.')
    expect(labels(asking)).toEqual(['Still on it'])
    const renewed = pageMessage(words, view(acknowledged), page('a', 1680, 'ada'), at(29))
    expect(seen(renewed.text ?? '')).toContain('You have this. You are asked again before 03:33.')
    expect(labels(renewed)).toEqual([])
    const taken = pageMessage(
      words,
      view({ ...asked, acknowledgedBy: 'grace' } as Incident),
      page('a', 1680, 'ada'),
      at(29),
    )
    expect([taken.title, labels(taken)]).toEqual(['P1 · payments · Checkout errors above 5 %', []])
    expect(field(cardMessage(words, view(asked), at(29)), 'Status')).toBe(
      'Acknowledged 03:03; open again at 03:33 unless renewed',
    )
    expect(labels(cardMessage(words, view(asked), at(29)))).toEqual(['Still on it', 'Escalate', 'Runbook', 'Resolve'])
  })

  test('that arrives late does not ask for what is done', () => {
    const message = pageMessage(words, view(acknowledged), page('l', 0, 'grace'), now)
    expect(message.title).not.toContain('NOBODY')
    expect(seen(message.text ?? '')).toContain('Ada Lovelace has this. You need not answer.')
    expect(labels(message)).toEqual([])
  })

  test('says to whoever has it that they do', () => {
    const message = pageMessage(words, view(acknowledged), page('l', 0, 'ada'), now)
    expect(seen(message.text ?? '')).toContain('You have this.')
    expect(seen(message.text ?? '')).not.toContain('need not answer')
  })
})

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

  test('can be ticked off, once', () => {
    expect(message.sections?.map((s) => s.buttons?.map((b) => b.command))).toEqual([
      ['done', 'skip', 'assign me'].map((what) => `incident step 12 1 ${what} --runbook 1h0t75q`),
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

function raw(message: Message, label: string): string {
  return message.fields?.find((f) => f.label === label)?.value ?? ''
}
