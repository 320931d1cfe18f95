// Escalation policies, and what each severity promises.
import { z } from 'zod'
import type { ClockTerm } from '../../core/clocks.ts'
import type { SeverityRule } from '../config.ts'
import { count, type Notation, oneOf, severity, text, wait, within } from '../notation.ts'
import { type Known, nameIn, person, target } from './known.ts'
import { anyName, keys, leaf, list, named, plainName } from './parts.ts'

export function policies(known: Known) {
  const whom = leaf(target(known), 'Whom to page: `schedule:<name>` or `person:<name>`, one or a list.')
  const step = keys({
    page: z.union([
      whom.transform((one) => [one]),
      list(whom).refine((all) => all.length > 0, {
        error: 'without anybody pages nobody; name a schedule or a person',
      }),
    ]),
    wait: leaf(wait, 'How long this step has before the next one is due.').prefault('5m'),
  })
  return named(
    plainName,
    keys({
      steps: list(step).refine((steps) => steps.length > 0, {
        error: 'without a step is no policy; write at least one',
      }),
      rounds: leaf(count, 'How often all steps are gone through before the last resort.').prefault('3'),
      last_resort: keys({
        people: list(leaf(person(known), 'Paged at every repetition; the room is called either way.')).prefault([]),
        every: leaf(wait, 'How often the last resort speaks.').prefault('10m'),
      }).prefault({}),
    }),
  )
}

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
      'x-default': 'by name: respond → acknowledged, investigate → noted, postmortem → published, else resolved',
    }).optional(),
  }),
])

const clocks = named(plainName, clock).transform((written): ClockTerm[] =>
  Object.entries(written).map(([name, term]) => {
    const until = ('until' in term ? term.until : undefined) ?? stopOf(name)
    const from = ('from' in term ? term.from : undefined) ?? (until === 'published' ? 'resolved' : 'opened')
    return { name, within: term.within, from, until }
  }),
)

/** Null: never. */
const rerouting: Notation<number | null> = {
  what: 'a duration or never',
  example: '2m',
  read: (written) => (written.trim().toLowerCase() === 'never' ? null : wait.read(written)),
}

function terms(known: Known, presence: string, paging: string, promised: string) {
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
  }).prefault({})
}

export function severities(known: Known) {
  return keys({
    P1: terms(known, 'room', 'always', 'respond: 15m'),
    P2: terms(known, 'room', 'always', 'respond: 1h'),
    P3: terms(known, 'card', 'business hours', 'respond: next business day'),
    P4: terms(known, 'none', 'never', 'none'),
  })
}

export const severityRules = list(
  keys({
    match: named(anyName, leaf(text, 'All of these labels must have these values.')),
    severity: leaf(severity, 'The severity then.'),
  }),
).transform((rules): SeverityRule[] => rules)
