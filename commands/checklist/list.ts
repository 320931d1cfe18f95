// /checklist: which recurring checklists came up, and what is open.
import { type Command, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { recurring } from '../../src/flow/checklists.ts'
import { checklistMessage, checklistsMessage } from '../../src/messages/checklists.ts'
import { latestRuns, runById } from '../../src/store/checklists.ts'

const shownDays = 62

export const listChecklists: Command = {
  name: 'checklist',
  summary: 'Show a recurring checklist, or which came up and what is open',
  args: [{ name: 'number', kind: 'number', required: false, help: 'one of them; all when left out' }],
  example: '/checklist 12',
  async run({ bot, now, args }) {
    if (args.number !== undefined) {
      const run = await runById(bot.db, Number(args.number))
      if (run === null)
        throw new UserError(`There is no checklist ${args.number}. /checklist shows those that came up.`)
      return privately(checklistMessage(bot, run, 'list', now))
    }
    const runs = await latestRuns(bot.db, new Date(now.getTime() - shownDays * 86_400_000))
    return privately(checklistsMessage(bot, runs, recurring(bot).length, now))
  },
}
