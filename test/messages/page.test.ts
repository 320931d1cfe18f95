// A page, as somebody reads it who was asleep.
import { describe, expect, test } from 'vitest'
import type { Incident } from '../../src/core/incident.ts'
import type { Fact } from '../../src/core/timeline.ts'
import { cardMessage } from '../../src/messages/card.ts'
import { roundOf } from '../../src/messages/facts.ts'
import { pageMessage } from '../../src/messages/page.ts'
import { linksIn, seen } from '../templates/markdown.ts'
import { acknowledged, at, now, open, page, view, words } from './night.ts'
import { field, labels, raw } from './reading.ts'

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

  test('is of the round that people count since the policy began anew, whomever somebody asked for before', () => {
    const paged = { kind: 'people_paged' as const, people: ['ada'], step: 0, round: 3 }
    const facts: Fact[] = [
      { ...paged, because: 'person' },
      { ...paged, because: 'policy', anew: 1 },
    ]
    const timeline = facts.map((fact, i) => ({ id: i + 1, at: now, by: null, fact, text: '' }))
    expect(roundOf({ timeline }, { ...page('s', 0, 'ada'), round: 3 })).toBe(1)
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
