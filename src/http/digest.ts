// A digest over the API: as Markdown, for other programs and the command line.
import { weekNamed } from '../core/week.ts'
import { RejectedInput } from '../errors.ts'
import { composeDigest, digestNamed, weekOf } from '../flow/digest.ts'
import { gaugeOf } from '../flow/slo.ts'
import type { ServerDeps } from './deps.ts'
import { onlyKnown, type Query, text } from './query.ts'

/** `name`: one of `digests:`; `week`: such as 2026-W47; the last seven days when left out. */
export async function digestJson({ bot }: Pick<ServerDeps, 'bot'>, query: Query) {
  onlyKnown(query, ['name', 'week'])
  const digest = digestNamed(bot, text(query, 'name') ?? '')
  if (digest === null)
    throw new RejectedInput('name: there is no digest of that name; see digests: in tocsin.yaml', 404)
  const week = text(query, 'week') ?? weekOf(bot.clock.now(), digest.zone).key
  const span = weekNamed(week, digest.zone)
  if (span === null) throw new RejectedInput('week: must be a week such as 2026-W47')
  // Of days that are still to come nothing is known: that nothing failed in them would be made up.
  if (span.until > bot.clock.now())
    throw new RejectedInput(
      `week: ${week} is not over; leave week out for the seven days before today, or take ${weekOf(bot.clock.now(), digest.zone).key}`,
    )
  const { title, fields = [], text: body = '' } = await composeDigest(bot, week, gaugeOf(bot), digest)
  const lines = fields.map(({ label, value }) => `- ${label}: ${value}`)
  return { week, title, markdown: [`# ${title}`, lines.join('\n'), body].filter((part) => part !== '').join('\n\n') }
}
