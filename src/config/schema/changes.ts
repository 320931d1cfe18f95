// Where news of deployments and flags come from, and how far back from an incident they matter.
import { days, secret, textLike, wait } from '../notation.ts'
import { type Known, nameIn } from './known.ts'
import { anyName, keys, leaf, list, named, plainName } from './parts.ts'

export function changes(known: Known) {
  const kind = nameIn('a kind of change source', 'the kinds of change sources', known.changeKinds, 'github')
  const source = keys({
    token: leaf(secret, 'Bearer token its senders present; for `github`, the secret of the webhook.'),
    kind: leaf(kind, 'Which format it reads.', { 'x-default': 'its name, else `generic`' }).optional(),
    environments: list(
      leaf(textLike('production'), 'Only changes of these environments count; empty: of all.'),
    ).prefault([]),
    services: named(
      anyName,
      leaf(
        textLike('payments'),
        'The service that the sender’s name (for `github` the repository, e.g. acme/pay) stands for.',
      ),
    ).prefault({}),
  })
  return keys({
    sources: named(plainName, source).prefault({}),
    before: leaf(wait, 'How long before an incident a change may have caused it.').prefault('6h'),
    keep: leaf(days, 'How long changes are kept.').prefault('90d'),
  })
}
