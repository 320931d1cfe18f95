// /checklist undo: take a tick back.
import { type Command, privately } from '../../src/chat/command.ts'
import { tick } from '../../src/flow/checklists.ts'
import { checklistMessage } from '../../src/messages/checklists.ts'
import { itemNumbers, tickingArgs } from './ticking.ts'

export const untick: Command = {
  name: 'checklist undo',
  summary: 'Open items of a checklist again',
  args: tickingArgs,
  example: '/checklist undo 12 2',
  async run({ bot, now, args }) {
    const run = await tick(bot, Number(args.number), itemNumbers(String(args.items)), null)
    return privately(checklistMessage(bot, run, 'list', now))
  },
}
