// The card and its announcement: who has it, and what to press.
import { describe, expect, test } from 'vitest'
import { asTyped, inButton } from '../../src/core/button-mark.ts'
import { type Incident, placeOf } from '../../src/core/incident.ts'
import type { Page } from '../../src/core/page.ts'
import { announcementMessage } from '../../src/messages/announcement.ts'
import { cardMessage } from '../../src/messages/card.ts'
import type { IncidentView } from '../../src/store/views.ts'
import { linksIn, seen } from '../templates/markdown.ts'
import { acknowledged, alert, at, now, open, resolved, view, words } from './night.ts'
import { field, firstLine, labels } from './reading.ts'

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
    expect(card.buttons?.map((b) => asTyped(b.command))).toEqual([
      'incident ack #12',
      `incident escalate #12 --seen ${placeOf(open.position)}`,
      'incident runbook #12',
      'incident resolve #12',
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
    expect(card.buttons).toEqual([{ label: 'Post-mortem', command: `postmortem ${inButton(resolved)}` }])
    expect(linksIn(card.text ?? '')).toContainEqual([
      'Post-mortem',
      'https://tocsin.example.test/incidents/12/postmortem',
    ])
  })

  test('of one that was over by itself does not say that somebody answered in time', () => {
    const clock = { ...view(resolved).clocks[0]!, status: 'met' as const, stoppedAt: at(40) }
    const clocks = [clock, { ...clock, name: 'resolve', until: 'resolved' as const }]
    const end = {
      id: 9,
      at: at(40),
      by: null,
      text: '',
      fact: { kind: 'incident_resolved', because: 'quiet', stillFiring: 0 } as const,
    }
    const card = cardMessage(words, view(resolved, { clocks, timeline: [end] }), at(45))
    expect(field(card, 'Response times')).toBe('respond over by itself (40 min); resolve kept (40 min)')
  })

  test('says whom the policy calls now, and not a way that hangs to somebody who was reached over another, or long ago', () => {
    const mail = view(open).pages[0]!
    const hanging = { ...mail, key: 'inc-12/r1s0/ada/webhook:phone', channel: 'webhook:phone', status: 'due' as const }
    const line = (pages: Page[]) => firstLine(cardMessage(words, view(open, { pages }), now))
    expect(line([hanging])).toBe('Nobody has this yet. Next page: Ada Lovelace now.')
    expect(line([mail, hanging])).toMatch(/Next page: Grace Hopper at 03:05\.$/)
    const grace = { ...mail, key: 'inc-12/r1s1/grace/slack', person: 'grace', step: 1 }
    expect(line([hanging, grace])).toMatch(/Paged Grace Hopper, no answer yet\. Next page: Grace Hopper at 03:05\.$/)
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

  test('says the time to answer, where another ends at the same instant', () => {
    const { clocks } = view(open)
    const recover = clocks.map((clock) => ({ ...clock, name: 'recover', until: 'resolved' as const }))
    const card = cardMessage(words, view(open, { clocks: [...recover, ...clocks] }), now)
    expect(field(card, 'Clock')).toBe('respond by 03:15 (11 min left)')
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
