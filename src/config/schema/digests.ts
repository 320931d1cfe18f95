// Digests: when each is due, where it goes, and what it looks at; and the goals that figures are held to.
import type { z } from 'zod'
import { channel, cron, duration, email, percent, textLike, time, yesNo, zone } from '../notation.ts'
import { keys, leaf, list, named, plainName } from './parts.ts'

const shape = {
  cron: leaf(cron, 'When the digest is posted; it looks back on the seven days before.').prefault('0 9 * * 1'),
  zone: leaf(zone, 'Zone of the cron expression and of its days.', { 'x-default': "the team's zone" }).optional(),
  channel: leaf(channel, 'Where it is posted.', { 'x-default': "each platform's incidents channel" }).optional(),
  platforms: list(leaf(textLike('slack'), 'Only there: slack, discord, console.')).prefault([]),
  services: list(leaf(textLike('payments'), 'Only of these services; empty: of all.')).prefault([]),
  email: list(leaf(email, 'Mail addresses it goes to as well; needs `email:`.')).prefault([]),
}

export const digest = keys({
  enabled: leaf(yesNo, 'Whether this one is posted at all, e.g. beside those under `digests`.').prefault('true'),
  ...shape,
})

/** A team's own, by name. */
export const digests = named(plainName, keys(shape))

export const goals = keys({
  mttr: leaf(duration, 'Mean time to resolve a P1 or P2; 0m: no goal.').prefault('15m'),
  mtbf: leaf(duration, 'Mean time between P1s; 0m: no goal.').prefault('30d'),
  precision: leaf(percent, 'Share of incidents that people called useful.').prefault('95%'),
  change_failures: leaf(percent, 'Largest share of deployments that may fail.').prefault('15%'),
})

export const night = keys({
  from: leaf(time, 'When the night begins, for the count of pages at night.').prefault('22:00'),
  until: leaf(time, 'When it ends.').prefault('07:00'),
})

export type WrittenDigest = Omit<z.output<typeof digest>, 'enabled'>
