// /digest: which digests there are, and when and where each comes.
import { type Command, privately } from '../../src/chat/command.ts'
import { digestsMessage } from '../../src/messages/digests.ts'
import { digestTimes } from '../../src/store/digest-times.ts'

export const listDigests: Command = {
  name: 'digest',
  summary: 'List the digests: when each comes, where, and of what',
  args: [],
  example: '/digest',
  async run({ bot, now }) {
    return privately(digestsMessage(bot, bot.config.digests, await digestTimes(bot.db), now))
  },
}
