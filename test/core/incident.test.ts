// The incident's state machine as a table: what each event does in each status. A status or an event without a row does not
// compile, and `npm run check` says which.
import { describe, expect, it } from 'vitest'
import type { ResponseClock } from '../../src/core/clocks.ts'
import {
  begin,
  type Event,
  type Incident,
  type Refusal,
  type Situation,
  type Status,
  transition,
} from '../../src/core/incident.ts'
import type { FactKind } from '../../src/core/timeline.ts'
import { terms } from '../http/config.ts'

const minute = 60_000
const opened = new Date('2026-03-04T14:00:00Z')
const after = (minutes: number) => new Date(opened.getTime() + minutes * minute)
/** When the event of a row happens. */
const now = after(6)

type Row = {
  /** What is special about it; nothing in the plain case. */
  when?: string
  event: Event
  given?: (incident: Incident) => Incident
  outcome: { status: Status; entries: FactKind[] } | Refusal
}

/** At least one row for every event in every status. */
type Table = { [S in Status]: { [K in Event['kind']]: [Row & { event: { kind: K } }, ...Row[]] } }

const noted = { kind: 'note', by: 'grace', note: 'rolled back' } as const
const led = { kind: 'take lead', by: 'grace', lead: 'grace' } as const
const lowered = { kind: 'change severity', by: 'grace', to: 'P2', because: 'not so bad' } as const
const raised = { kind: 'change severity', by: null, to: 'P1', because: 'another alert joined' } as const
const escalated = { kind: 'escalate', by: 'grace', seen: null } as const
const ended = { kind: 'resolve', by: 'grace', stillFiring: 0 } as const
const quiet = { kind: 'resolve', by: null, stillFiring: 0 } as const
const again = { kind: 'reopen', by: null, alert: 'Checkout is down' } as const
const takenBack = { kind: 'reopen', by: 'grace', alert: null } as const
const acknowledged = { kind: 'acknowledge', by: 'grace' } as const

const asP2 = (incident: Incident): Incident => ({ ...incident, severity: 'P2' })
/** As incidents of severities whose acknowledgement holds to the end, which have no terms for it. */
const withoutLease = (incident: Incident): Incident =>
  incident.status === 'acknowledged' ? { ...incident, severity: 'P3', lease: null } : incident
const ledByGrace = (incident: Incident): Incident => ({ ...incident, lead: 'grace' })

const leading = (status: Status): [Row & { event: typeof led }, Row] => [
  { event: led, outcome: { status, entries: ['lead_taken'] } },
  { when: 'who has it already', event: led, given: ledByGrace, outcome: { refused: 'already there', by: 'grace' } },
]
const over = { refused: 'already resolved', by: 'ada' } as const

const named = { kind: 'give role', by: 'grace', role: 'comms', person: 'linus' } as const
const told = {
  kind: 'update',
  by: 'grace',
  update: { conditions: 'Half of all payments fail', actions: '', needs: '', next: 1_800_000 },
} as const

const table: Table = {
  open: {
    acknowledge: [
      { event: acknowledged, outcome: { status: 'acknowledged', entries: ['incident_acknowledged'] } },
      {
        when: 'taking over from somebody who has let go',
        event: { ...acknowledged, takeOver: { seen: 'ada' } },
        outcome: { status: 'acknowledged', entries: ['incident_acknowledged'] },
      },
    ],
    escalate: [
      { event: escalated, outcome: { status: 'open', entries: ['incident_escalated'] } },
      {
        when: 'by a button that shows where the policy stands',
        event: { ...escalated, seen: '1.0' },
        outcome: { status: 'open', entries: ['incident_escalated'] },
      },
      {
        when: 'by a button from before the last step',
        event: { ...escalated, seen: '0.9' },
        outcome: { refused: 'moved on', by: null },
      },
    ],
    resolve: [
      { event: ended, outcome: { status: 'resolved', entries: ['incident_resolved'] } },
      { when: 'by itself', event: quiet, outcome: { status: 'resolved', entries: ['incident_resolved'] } },
    ],
    reopen: [
      { event: again, outcome: { refused: 'not resolved', by: null } },
      { when: 'by a person', event: takenBack, outcome: { refused: 'not resolved', by: null } },
    ],
    'change severity': [
      { event: lowered, outcome: { status: 'open', entries: ['severity_changed'] } },
      { when: 'to what it is', event: { ...lowered, to: 'P1' }, outcome: { refused: 'already there', by: null } },
      { when: 'by an alert', event: raised, given: asP2, outcome: { status: 'open', entries: ['severity_changed'] } },
    ],
    'take lead': leading('open'),
    note: [{ event: noted, outcome: { status: 'open', entries: ['note_added'] } }],
    'give role': [{ event: named, outcome: { status: 'open', entries: ['role_given'] } }],
    update: [{ event: told, outcome: { status: 'open', entries: ['update_given'] } }],
  },
  acknowledged: {
    acknowledge: [
      { event: acknowledged, outcome: { refused: 'already acknowledged', by: 'ada' } },
      {
        when: 'by whoever has it: a renewal',
        event: { kind: 'acknowledge', by: 'ada' },
        outcome: { status: 'acknowledged', entries: ['acknowledgement_renewed'] },
      },
      {
        when: 'by whoever has it until the end',
        event: { kind: 'acknowledge', by: 'ada' },
        given: withoutLease,
        outcome: { refused: 'already acknowledged', by: 'ada' },
      },
      {
        when: 'taking over from whoever it is',
        event: { ...acknowledged, takeOver: { seen: null } },
        outcome: { status: 'acknowledged', entries: ['acknowledgement_taken_over'] },
      },
      {
        when: 'taking over from somebody who has it no longer',
        event: { ...acknowledged, takeOver: { seen: 'linus' } },
        outcome: { refused: 'already acknowledged', by: 'ada' },
      },
    ],
    escalate: [
      { event: escalated, outcome: { status: 'open', entries: ['incident_escalated'] } },
      {
        when: 'by a button from before the last step',
        event: { ...escalated, seen: '0.9' },
        outcome: { refused: 'moved on', by: null },
      },
    ],
    resolve: [
      { event: ended, outcome: { status: 'resolved', entries: ['incident_resolved'] } },
      { when: 'by itself', event: quiet, outcome: { status: 'resolved', entries: ['incident_resolved'] } },
    ],
    reopen: [
      { event: again, outcome: { refused: 'not resolved', by: null } },
      { when: 'by a person', event: takenBack, outcome: { refused: 'not resolved', by: null } },
    ],
    'change severity': [
      { event: lowered, outcome: { status: 'acknowledged', entries: ['severity_changed'] } },
      { when: 'to what it is', event: { ...lowered, to: 'P1' }, outcome: { refused: 'already there', by: null } },
      {
        when: 'by an alert, of which its holder has not heard',
        event: raised,
        given: asP2,
        outcome: { status: 'open', entries: ['severity_changed'] },
      },
    ],
    'take lead': leading('acknowledged'),
    note: [{ event: noted, outcome: { status: 'acknowledged', entries: ['note_added'] } }],
    'give role': [{ event: named, outcome: { status: 'acknowledged', entries: ['role_given'] } }],
    update: [{ event: told, outcome: { status: 'acknowledged', entries: ['update_given'] } }],
  },
  resolved: {
    acknowledge: [{ event: acknowledged, outcome: over }],
    escalate: [{ event: escalated, outcome: over }],
    resolve: [
      { event: ended, outcome: over },
      { when: 'by itself', event: quiet, outcome: over },
    ],
    reopen: [
      { event: again, outcome: { status: 'open', entries: ['incident_reopened'] } },
      {
        when: 'by somebody who did not have it',
        event: takenBack,
        outcome: { status: 'open', entries: ['incident_reopened'] },
      },
      {
        when: 'by whoever had it',
        event: { ...takenBack, by: 'ada' },
        outcome: { status: 'acknowledged', entries: ['incident_reopened', 'incident_acknowledged'] },
      },
    ],
    'change severity': [
      { event: lowered, outcome: over },
      { when: 'by an alert', event: raised, given: asP2, outcome: over },
    ],
    'take lead': leading('resolved'),
    note: [{ event: noted, outcome: { status: 'resolved', entries: ['note_added'] } }],
    'give role': [{ event: named, outcome: { status: 'resolved', entries: ['role_given'] } }],
    update: [{ event: told, outcome: { status: 'resolved', entries: ['update_given'] } }],
  },
}

/** An incident of each status, as the machine itself makes it. */
function situation(status: Status): Situation {
  const bare: Incident = {
    ...{ status: 'open', number: 1, groupingKey: 'checkout', title: 'Checkout is down', service: 'checkout' },
    ...{ severity: 'P1', openedAt: opened, lead: null, trace: 't', terms, position: null, quietUntil: null },
  }
  const { position, clocks } = begin(bare, opened)
  const open: Situation = { incident: { ...bare, position }, clocks }
  if (status === 'open') return open
  const taken = happen(open, { kind: 'acknowledge', by: 'ada' }, after(3))
  return status === 'acknowledged' ? taken : happen(taken, { kind: 'resolve', by: 'ada', stillFiring: 0 }, after(5))
}

function happen(before: Situation, event: Event, at: Date): Situation {
  const step = transition(before, event, at)
  if ('refused' in step) throw new Error(step.refused)
  const kept = before.clocks.filter((clock) => !step.clocks.some((changed) => changed.name === clock.name))
  return { incident: step.incident, clocks: [...kept, ...step.clocks] }
}

const statuses = Object.keys(table) as Status[]
const kinds = Object.keys(table.open) as Event['kind'][]
const rows = statuses.flatMap((status) =>
  kinds.flatMap((kind) =>
    table[status][kind].map((row) => ({ ...row, status, name: `${kind}${row.when ? ` (${row.when})` : ''}` })),
  ),
)

describe.each(statuses)('while it is %s', (status) => {
  it.each(rows.filter((row) => row.status === status))('$name', ({ event, given, outcome }) => {
    const base = situation(status)
    const before = { ...base, incident: given ? given(base.incident) : base.incident }
    const frozen = structuredClone(before)
    const step = transition(before, event, now)
    expect(before).toEqual(frozen)
    if ('refused' in outcome) return expect(step).toEqual(outcome)
    if ('refused' in step) throw new Error(`refused: ${step.refused}`)
    expect({ status: step.incident.status, entries: step.entries.map(({ fact }) => fact.kind) }).toEqual(outcome)
    expect(step.entries.every(({ at, by }) => at === now && by === ('by' in event ? event.by : null))).toBe(true)
    const all = happen(before, event, now)
    const running = all.clocks.filter((clock) => clock.status === 'running').map((clock) => clock.until)
    if (outcome.status === 'resolved') expect(running.filter((until) => until !== 'published')).toEqual([])
    if (outcome.status === 'acknowledged') expect(running).not.toContain('acknowledged')
    expect(all.incident.position?.round ?? 0).toBeGreaterThanOrEqual(before.incident.position?.round ?? 0)
  })
})

it('has nothing to be written up any more when it opens again', () => {
  const { P1 } = terms.severities
  const writeUp = { name: 'postmortem', within: 60 * minute, from: 'resolved', until: 'published' } as const
  const promised = { ...terms.severities, P1: { ...P1, clocks: [...P1.clocks, writeUp] } }
  const open = situation('open')
  const ended = { ...open, incident: { ...open.incident, terms: { ...terms, severities: promised } } }
  const { clocks } = happen(happen(ended, quiet, after(5)), again, now)
  const writeUps = clocks.filter(({ until }) => until === 'published').map(({ status }) => status)
  expect(writeUps).toEqual(['cancelled'])
})

it('calls nobody to help under a severity that a person took away from it', () => {
  const { incident, clocks } = situation('acknowledged')
  const asked = { ...incident, help: { clock: 'resolve', dueAt: after(60) } } as Incident
  expect(happen({ incident: asked, clocks }, lowered, now).incident).toMatchObject({ severity: 'P2', help: null })
})

it('is held to the promises of its severity alone, from the opening on', () => {
  const open = situation('open')
  const step = transition(open, lowered, now)
  if ('refused' in step) throw new Error(step.refused)
  const told = step.clocks.map(({ name, status, startedAt }) => [name, status, startedAt])
  const of = (severity: 'P1' | 'P2', status: string) =>
    terms.severities[severity].clocks.map(({ name }) => [name, status, opened])
  expect(of('P1', 'cancelled').length).toBeGreaterThan(0)
  expect(told).toEqual([...of('P1', 'cancelled'), ...of('P2', 'running')])
})

it('is to be answered anew, in the same time, where it was answered, escalated, and its severity went to and fro', () => {
  const isSame = (a: ResponseClock, b: ResponseClock) => a.name === b.name && a.dueAt.getTime() === b.dueAt.getTime()
  const next = (before: Situation, event: Event, minutes: number): Situation => {
    const step = transition(before, event, after(minutes))
    if ('refused' in step) throw new Error(step.refused)
    const kept = before.clocks.filter((clock) => !step.clocks.some((one) => isSame(one, clock)))
    // The last word on a clock counts.
    const changed = step.clocks.filter((clock, i) => !step.clocks.slice(i + 1).some((one) => isSame(one, clock)))
    return { incident: step.incident, clocks: [...kept, ...changed] }
  }
  const answers = ({ clocks }: Situation) =>
    clocks
      .filter(({ until }) => until === 'acknowledged')
      .map(({ status, dueAt }) => `${status} ${dueAt.toISOString()}`)
  const answered = next(situation('open'), acknowledged, 3)
  const [met] = answers(answered)
  expect(met).toMatch(/^met /)
  const back = { ...raised, by: 'grace' }
  const raisedAgain = next(next(next(answered, escalated, 4), lowered, 5), back, 6)
  expect(raisedAgain.incident.status).toBe('open')
  expect(answers(raisedAgain)).toContain(met?.replace('met', 'running'))
})
