// /oncall decline: what the Decline button of a request says.
import type { Command } from '../../src/chat/command.ts'
import { answerIt, requestArg } from './answer.ts'

export const decline: Command = {
  name: 'oncall decline',
  summary: 'Decline a swap that you were asked for',
  args: [requestArg],
  example: '/oncall decline 12',
  run: (context) => answerIt(context, 'decline'),
}
