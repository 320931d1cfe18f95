// /oncall accept: what the Accept and “I take it” buttons of a request say.
import type { Command } from '../../src/chat/command.ts'
import { answerIt, requestArg } from './answer.ts'

export const accept: Command = {
  name: 'oncall accept',
  summary: 'Accept a swap, or take a shift that is offered',
  args: [requestArg],
  example: '/oncall accept 12',
  run: (context) => answerIt(context, 'accept'),
}
