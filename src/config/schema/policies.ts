// Escalation policies as written: whom each step pages, under which conditions, one after the other or all at once.
import { z } from 'zod'
import type { Condition } from '../../core/policy.ts'
import { count, oneOf, severity, wait } from '../notation.ts'
import { type Known, person, target, type WrittenTarget } from './known.ts'
import { keys, leaf, list, named, plainName } from './parts.ts'

/** Names and their people, for `group:` targets. */
export function groups(known: Known) {
  return named(
    plainName,
    list(leaf(person(known), 'People who are paged together as `group:<name>`.')).refine(
      (people) => people.length > 0,
      {
        error: 'without people is no group; name at least one',
      },
    ),
  )
}

const anySeverity = leaf(severity, 'Only at these severities.')

const when = keys({
  severity: z.union([anySeverity.transform((one) => [one]), list(anySeverity)]).optional(),
  hours: leaf(oneOf('business', 'outside'), 'Only inside business hours, or only outside of them.').optional(),
}).transform((written): Condition[] => [
  ...(written.severity === undefined ? [] : [{ severity: written.severity }]),
  ...(written.hours === undefined ? [] : [{ hours: written.hours }]),
])

function step(known: Known) {
  const whom = leaf(
    target(known),
    'Whom to page: `schedule:<name>`, `person:<name>`, `group:<name>`, `channel:#<name>` (everybody in it) or `webhook:<name>`, one or a list; or `policy:<name>` alone, whose steps take this one’s place.',
  )
  const fields = keys({
    page: z.union([
      whom.transform((one) => [one]),
      list(whom).refine((all) => all.length > 0, {
        error: 'without anybody pages nobody; name a schedule or a person',
      }),
    ]),
    turn: leaf(
      oneOf('together', 'one by one'),
      'All at once, or each with a wait of its own before the next.',
    ).prefault('together'),
    wait: leaf(wait, 'How long this step has before the next one is due.', {
      'x-default':
        'its share of the time to acknowledge, among the steps without a wait of their own; a lone step’s is a third of it; without such a clock 5m',
    }).optional(),
    when: when.optional(),
  })
  return fields.superRefine(({ page, wait: own, turn }, ctx) => {
    if (!page.some(isPolicy)) return
    const complain = (message: string, key: string) => ctx.addIssue({ code: 'custom', message, path: [key] })
    if (page.length > 1) complain('has a policy among others; give policy:… a step of its own', 'page')
    if (own !== undefined) complain('does not go with policy:…, whose steps have their own; leave it out', 'wait')
    if (turn !== 'together') complain('does not go with policy:…, whose steps have their own; leave it out', 'turn')
  })
}

export function isPolicy(whom: WrittenTarget): whom is { policy: string } {
  return 'policy' in whom
}

export function policies(known: Known) {
  const policy = keys({
    steps: list(step(known)).refine((steps) => steps.length > 0, {
      error: 'without a step is no policy; write at least one',
    }),
    rounds: leaf(count, 'How often all steps are gone through before the last resort.').prefault('3'),
    last_resort: keys({
      people: list(
        leaf(
          person(known),
          'Duty managers, paged at every repetition over every way they have; the room is called either way.',
        ),
      ).prefault([]),
      every: leaf(wait, 'How often the last resort speaks.').prefault('10m'),
    }).prefault({}),
  })
  return named(plainName, policy).superRefine((all, ctx) => {
    for (const [name, { steps }] of Object.entries(all)) {
      for (const [i, { page }] of steps.entries()) {
        const [inner] = page.filter(isPolicy)
        const way = inner && wayBack(all, name, [inner.policy])
        if (way) {
          const message = `goes round in a circle: ${[name, ...way].join(' → ')}; take one of them out`
          ctx.addIssue({ code: 'custom', message, path: [name, 'steps', i, 'page'] })
        }
      }
    }
  })
}

type Written = Record<string, { steps: { page: WrittenTarget[] }[] }>

/** The policies that lead from the last of `way` back to `start`; null when none does. */
function wayBack(all: Written, start: string, way: string[]): string[] | null {
  const last = way.at(-1) ?? ''
  if (last === start) return way
  for (const { policy } of (all[last]?.steps ?? []).flatMap(({ page }) => page.filter(isPolicy))) {
    // A circle that does not pass the start is told where it begins.
    const found = way.includes(policy) ? null : wayBack(all, start, [...way, policy])
    if (found !== null) return found
  }
  return null
}
