// The sentences of the record: kept for ever, so they are checked to the letter.
import { expect, test } from 'vitest'
import { type Entry, type Fact, sentence, withoutRepeats } from '../../src/core/timeline.ts'

const names: Record<string, string> = { ada: 'Ada Lovelace', grace: 'Grace Hopper' }
const say = (fact: Fact, by: string | null = 'ada') => sentence(fact, by, (person) => names[person] ?? person)

test.each([
  [{ kind: 'incident_acknowledged' }, 'Ada Lovelace acknowledged'],
  [
    { kind: 'incident_resolved', because: 'person', stillFiring: 1 },
    'Ada Lovelace resolved this with 1 alert still firing',
  ],
  [
    { kind: 'incident_resolved', because: 'person', stillFiring: 2 },
    'Ada Lovelace resolved this with 2 alerts still firing',
  ],
  [{ kind: 'lead_taken', lead: 'ada' }, 'Ada Lovelace took the lead'],
  [{ kind: 'lead_taken', lead: 'grace' }, 'Ada Lovelace gave the lead to Grace Hopper'],
  [{ kind: 'last_resort_reached', people: [], times: 1 }, 'Nobody answered at any step: everybody was called'],
  [{ kind: 'last_resort_reached', people: [], times: 2 }, 'Still nobody: everybody was called for the 2nd time'],
  [{ kind: 'last_resort_reached', people: [], times: 11 }, 'Still nobody: everybody was called for the 11th time'],
  [{ kind: 'page_sent', person: 'grace', channel: 'slack', key: 'k' }, 'Page delivered to Grace Hopper in Slack'],
  [{ kind: 'page_sent', person: 'grace', channel: 'email', key: 'k' }, 'Page delivered to Grace Hopper by e-mail'],
  [
    { kind: 'page_postponed', person: 'grace', until: '2026-03-03T06:00:00Z', time: 'Tue 3 Mar 07:00' },
    'The page to Grace Hopper waits until Tue 3 Mar 07:00: quiet hours of Grace Hopper',
  ],
  [
    { kind: 'page_rerouted', person: 'grace', channel: 'slack', other: 'webhook:phone', minutes: 2 },
    'No page to Grace Hopper got through in Slack for 2 min: also sent over the webhook phone',
  ],
] satisfies [Fact, string][])('%o reads as a sentence', (fact, text) => {
  expect(say(fact)).toBe(text)
})

test('what a platform refuses again and again is shown once; everything else stays', () => {
  const degraded: Fact = { kind: 'room_degraded', platform: 'slack', what: 'set the topic', reason: 'missing_scope' }
  const facts: Fact[] = [degraded, { kind: 'note_added', note: 'a' }, degraded, { kind: 'note_added', note: 'a' }]
  const entries = facts.map((fact, id): Entry => ({ id, at: new Date(0), by: 'ada', fact, text: say(fact) }))
  expect(withoutRepeats(entries).map((entry) => entry.id)).toEqual([0, 1, 3])
})
