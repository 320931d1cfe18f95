// How people want to be reached: their own rules by severity, their quiet hours, and the ways out besides chat.
import { z } from 'zod'
import type { Quiet, Reach, Way } from '../../core/reach.ts'
import { webhookChannel } from '../../core/recipient.ts'
import { severities } from '../../core/severity.ts'
import { link, type Notation, parseDuration, secret, smtp, time, Wrong, wait, zone } from '../notation.ts'
import { hint } from '../suggest.ts'
import { proxy } from './access.ts'
import { weekdays as days } from './days.ts'
import type { Known } from './known.ts'
import { keys, leaf, list, named, plainName } from './parts.ts'

/** Page channels that need no entry of their own in the file. */
export const builtInWays = ['slack', 'discord', 'console', 'email']

/** `slack`, `email after 3m`, `webhook:phone after 5m`. */
function way(known: Known): Notation<Way> {
  const channels = [...builtInWays, ...known.webhooks.map(webhookChannel)]
  return {
    what: 'a way to be reached',
    short: 'way',
    example: 'slack, email after 3m, webhook:phone after 5m',
    read(written) {
      const match = /^(\S+)(?:\s+after\s+(\S+))?$/i.exec(written.trim())
      const channel = (match?.[1] ?? '').replace(/^(e-mail|mail)$/i, 'email')
      const after = match?.[2] === undefined ? 0 : parseDuration(match[2])
      if (!match || after === null) return new Wrong('is not a way to be reached', this.example)
      if (channels.includes(channel)) return { channel, after }
      if (channel.startsWith('webhook:')) {
        const name = channel.slice('webhook:'.length)
        return new Wrong(`is not in webhooks; ${hint(name, known.webhooks) || 'add webhooks: { name: { url: … } }'}`)
      }
      return new Wrong(`is no way to be reached; ${hint(channel, channels) || `there are ${channels.join(', ')}`}`)
    },
  }
}

/** One way, or several in the order in which they are taken: two shapes for a union to choose from. */
function ways(known: Known, help: string) {
  const one = leaf(way(known), help)
  return [one.transform((single) => [single]).superRefine(inOrder), list(one).superRefine(inOrder)] as const
}

function inOrder(all: Way[], ctx: z.RefinementCtx): void {
  const complain = (message: string, path: number[]) => ctx.addIssue({ code: 'custom', message, path })
  if (all.length === 0) complain('names no way; name one, or leave it out', [])
  if (all.length > 0 && all.every(({ after }) => after > 0))
    complain('comes too late: nothing is sent before it; take “after” from the first way', [0])
  for (const [at, { channel }] of all.entries()) {
    if (all.findIndex((other) => other.channel === channel) < at) complain('is there twice; name it once', [at])
  }
}

/** A list alone counts for every severity. */
export function reach(known: Known) {
  const [single, several] = ways(known, 'Ways to be paged, in order; `after`: only when nobody answered for so long.')
  const some = z.union([single, several])
  const others = z.union(ways(known, 'For severities that are not named.'))
  const bySeverity = keys({
    ...{ P1: some.optional(), P2: some.optional(), P3: some.optional(), P4: some.optional() },
    default: others.optional(),
  }).transform((written): Reach => rules((severity) => written[severity] ?? written.default ?? null))
  return z.union([single.transform(same), several.transform(same), bySeverity])
}

function same(all: Way[]): Reach {
  return rules(() => all)
}

function rules(of: (severity: (typeof severities)[number]) => Way[] | null): Reach {
  return Object.fromEntries(severities.map((severity) => [severity, of(severity)])) as Reach
}

/** `zone` null: the team's. */
export type WrittenQuiet = Omit<Quiet, 'zone'> & { zone: string | null }

export const quiet = keys({
  from: leaf(time, 'When pages of a P3 or P4 begin to wait.'),
  until: leaf(time, 'When they are sent.'),
  zone: leaf(zone, 'Zone of these hours.', { 'x-default': "the team's zone" }).optional(),
  days: days('Days on which they begin.', 'mon-sun'),
}).transform((written, ctx): WrittenQuiet => {
  const { from, until } = written
  if (from === until)
    ctx.addIssue({ code: 'custom', message: `is the same as from; the hours would never end`, path: ['until'] })
  return { from, until, days: written.days, zone: written.zone ?? null }
})

/** `tocsin@example.org` or `Tocsin <tocsin@example.org>`. */
const sender: Notation<string> = {
  what: 'a sender',
  example: 'Tocsin <tocsin@example.org>',
  read(written) {
    const t = written.trim()
    return /^([^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(t)
      ? t
      : new Wrong('is not a sender', this.example)
  },
}

export const email = keys({
  smtp: leaf(smtp, 'Mail server: `smtp://` (STARTTLS when it offers it) or `smtps://`.', {
    'x-default': 'SMTP_URL',
  }).optional(),
  from: leaf(sender, 'Who the mails are from.'),
  timeout: leaf(wait, 'How long a mail may take.').prefault('15s'),
})

export const webhooks = named(
  plainName,
  keys({
    url: leaf(link, 'Address that pages are posted to.'),
    secret: leaf(secret, 'Signs what is posted, so that the receiver can check it.').optional(),
    proxy: proxy(),
    timeout: leaf(wait, 'How long an answer may take.').prefault('10s'),
  }),
)
