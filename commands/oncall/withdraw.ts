// /oncall withdraw: what the Withdraw button of a request says.
import type { Command } from '../../src/chat/command.ts'
import { answerIt, requestArg } from './answer.ts'

export const withdraw: Command = {
  name: 'oncall withdraw',
  summary: 'Take back a swap or an offer of yours',
  args: [requestArg],
  example: '/oncall withdraw 12',
  run: (context) => answerIt(context, 'withdraw'),
}
