// What each severity promises: where it is shown, whom it pages, and how fast somebody has to answer.
import { z } from 'zod'
import type { ClockTerm } from '../../core/clocks.ts'
import type { SeverityRule } from '../config.ts'
import { duration, type Notation, oneOf, severity, text, Wrong, wait, within } from '../notation.ts'
import { type Known, nameIn } from './known.ts'
import { anyName, keys, leaf, list, named, plainName } from './parts.ts'

const stops = {
  respond: 'acknowledged',
  acknowledge: 'acknowledged',
  investigate: 'noted',
  resolve: 'resolved',
} as const

/** What stops a clock of this name when it does not say so itself. */
function stopOf(name: string): ClockTerm['until'] {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '')
  if (plain === 'postmortem' || plain === 'publish') return 'published'
  return Object.entries(stops).find(([known]) => known === plain)?.[1] ?? 'resolved'
}

const clock = z.union([
  leaf(within, 'How long: a duration, or `next business day`.').transform((time) => ({ within: time })),
  keys({
    within: leaf(within, 'How long: a duration, or `next business day`.'),
    from: leaf(oneOf('opened', 'resolved'), 'What starts it.', {
      'x-default': '`resolved` for postmortem, else `opened`',
    }).optional(),
    until: leaf(oneOf('acknowledged', 'noted', 'resolved', 'published'), 'What stops it.', {
      'x-default':
        'by name: respond, acknowledge → acknowledged, investigate → noted, postmortem → published, else resolved',
    }).optional(),
    breach: leaf(
      oneOf('escalate', 'tell'),
      'When it runs out: page the next step (to help, where somebody has it), or only tell the room.',
      { 'x-default': '`tell` until published, else `escalate`' },
    ).optional(),
  }),
])

const clocks = named(plainName, clock).transform((written): ClockTerm[] =>
  Object.entries(written).map(([name, term]) => {
    const until = ('until' in term ? term.until : undefined) ?? stopOf(name)
    const from = ('from' in term ? term.from : undefined) ?? (until === 'published' ? 'resolved' : 'opened')
    const breach = 'breach' in term ? term.breach : undefined
    return { name, within: term.within, from, until, ...(breach && { breach }) }
  }),
)

/** Null: never. */
const rerouting: Notation<number | null> = {
  what: 'a duration or never',
  example: '2m',
  read: (written) => (written.trim().toLowerCase() === 'never' ? null : wait.read(written)),
}

/** Milliseconds; null: `never`. What is `least` at least, or `short` of it. */
function lengthOrNever(least: number, short: string, example: string): Notation<number | null> {
  return {
    what: 'a duration or never',
    example: '30m, 2h, never',
    read(written) {
      if (written.trim().toLowerCase() === 'never') return null
      const length = duration.read(written)
      if (length instanceof Wrong) return new Wrong('is neither a duration nor “never”', this.example)
      return length >= least ? length : new Wrong(short, example)
    },
  }
}

/** `never` ends by itself. Short of four minutes nobody could be asked and answer. */
const lease = lengthOrNever(240_000, 'is too short to be asked and to answer', '4m, 30m, never')

/** `never`: nobody is reminded. */
const updates = lengthOrNever(60_000, 'is too short for anybody to write an update', '10m, 30m, never')

type Habit = { presence: string; paging: string; promised: string; held: string; told: string }

function terms(known: Known, { presence, paging, promised, held, told }: Habit) {
  const x = (value: string) => ({ 'x-default': value })
  const reroute = paging === 'always' ? '2m' : 'never'
  return keys({
    presence: leaf(
      oneOf('room', 'card', 'none'),
      'A room of its own, a card in the alerts channel, or only recorded.',
      x(presence),
    ).optional(),
    paging: leaf(oneOf('always', 'business hours', 'never'), 'When it pages.', x(paging)).optional(),
    policy: leaf(
      nameIn('a policy', 'policies', known.policies, 'default'),
      'Who is paged.',
      x(
        'the policy called like the severity; for P1 and P2 else `default`, or the only one; else every schedule in turn',
      ),
    ).optional(),
    reroute_after: leaf(
      rerouting,
      'A page that its way does not take for so long goes over the person’s next way as well; or `never`.',
      x(reroute),
    ).optional(),
    clocks: clocks.optional().meta({ 'x-default': promised }),
    ack_lease: leaf(
      lease,
      'How long an acknowledgement holds (4m at least) before its holder has to say that they are still on it, or is paged again.',
      x(held),
    ).optional(),
    update_every: leaf(
      updates,
      'After a status update: how long until whoever gave it is reminded of the next, unless it says so itself.',
      x(told),
    ).optional(),
  }).prefault({})
}

export function severities(known: Known) {
  return keys({
    P1: terms(known, {
      presence: 'room',
      paging: 'always',
      promised: 'respond: 15m, postmortem: 24h',
      held: '30m',
      told: '30m',
    }),
    P2: terms(known, { presence: 'room', paging: 'always', promised: 'respond: 1h', held: '2h', told: '1h' }),
    P3: terms(known, {
      ...{ presence: 'card', paging: 'business hours', promised: 'respond: next business day' },
      ...{ held: 'never', told: 'never' },
    }),
    P4: terms(known, { presence: 'none', paging: 'never', promised: 'none', held: 'never', told: 'never' }),
  })
}

export const severityRules = list(
  keys({
    match: named(anyName, leaf(text, 'All of these labels must have these values.')),
    severity: leaf(severity, 'The severity then.'),
  }),
).transform((rules): SeverityRule[] => rules)
