// /slo: where the objectives stand, at any time.
import { type Command, privately } from '../src/chat/command.ts'
import { sloReport } from '../src/flow/slo.ts'

export const slo: Command = {
  name: 'slo',
  summary: 'Show the objectives, what is left of their error budgets and how fast they burn',
  args: [{ name: 'name', kind: 'text', required: false, help: 'one of them, or a service; all when left out' }],
  example: '/slo payments',
  run: async ({ bot, args }) => privately(await sloReport(bot, args.name === undefined ? null : String(args.name))),
}
