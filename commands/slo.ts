// /slo: where the objectives stand, at any time.
import { type Command, privately } from '../src/chat/command.ts'
import { sloReport } from '../src/flow/digest.ts'

export const slo: Command = {
  name: 'slo',
  summary: 'Show the service level objectives and what is left of their error budgets',
  args: [],
  example: '/slo',
  run: async ({ bot }) => privately(await sloReport(bot)),
}
