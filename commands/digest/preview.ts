// /digest preview: the digest as it would be posted now, to whoever asks.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { composeDigest, digestNamed, weekOf } from '../../src/flow/digest.ts'
import { gaugeOf } from '../../src/flow/slo.ts'

export const previewDigest: Command = {
  name: 'digest preview',
  summary: 'Show the digest of the seven days before today, to you alone',
  args: [{ name: 'name', kind: 'word', required: false, help: 'which one; the usual when left out' }],
  example: '/digest preview payments',
  async run({ bot, args, now }) {
    const name = args.name === undefined ? '' : String(args.name)
    const digest = digestNamed(bot, name)
    if (digest === null) {
      const others = bot.config.digests.flatMap((one) => (one.name === '' ? [] : [one.name]))
      throw new UserError(
        others.length === 0
          ? 'There is one digest only: /digest preview shows it.'
          : `No digest is called “${name}”. There are: ${others.join(', ')}.`,
      )
    }
    return privately(await composeDigest(bot, weekOf(now, digest.zone).key, gaugeOf(bot), digest))
  },
}
