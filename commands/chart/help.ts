// /chart help: what can be drawn by name.
import { type Command, privately } from '../../src/chat/command.ts'
import { presetsMessage } from '../../src/messages/asked-chart.ts'

export const chartHelp: Command = {
  name: 'chart help',
  summary: 'List the charts that can be drawn by name',
  args: [],
  example: '/chart help',
  run: async ({ bot, now }) => privately(presetsMessage(bot, now)),
}
