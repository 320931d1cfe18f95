// /checklist done: tick items off.
import { type Command, privately } from '../../src/chat/command.ts'
import { tick } from '../../src/flow/checklists.ts'
import { checklistMessage } from '../../src/messages/checklists.ts'
import { itemNumbers, tickingArgs } from './ticking.ts'

export const tickOff: Command = {
  name: 'checklist done',
  summary: 'Tick items of a checklist off',
  args: tickingArgs,
  example: '/checklist done 12 1 2',
  async run({ bot, actor, now, args }) {
    const run = await tick(bot, Number(args.number), itemNumbers(String(args.items)), actor.id)
    return privately(checklistMessage(bot, run, 'list', now))
  },
}
