// /oncall test: tries one's own pager, over every way there is.
import { type Command, privately } from '../../src/chat/command.ts'
import { tryWays } from '../../src/flow/trial.ts'
import { triedMessage } from '../../src/messages/reach.ts'
import { personMeant } from './reach.ts'

export const test: Command = {
  name: 'oncall test',
  summary: 'Send yourself a test page over every way you are paged by',
  args: [],
  example: '/oncall test',
  async run(context) {
    const { bot, now } = context
    const person = personMeant(context, null)
    return privately(triedMessage(bot, person.key, await tryWays(bot, person.key), now))
  },
}
