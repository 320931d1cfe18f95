// /chart: any PromQL, or a preset by its name, drawn where it was asked for.
import { type Command, privately } from '../../src/chat/command.ts'
import { askForCharts } from '../../src/flow/asked-charts.ts'
import { drawingMessage, presetsMessage } from '../../src/messages/asked-chart.ts'

export const drawChart: Command = {
  name: 'chart',
  summary: 'Draw any PromQL, or a preset such as node cpu; in a room it goes on the timeline',
  args: [
    {
      name: 'what',
      kind: 'text',
      required: false,
      help: 'PromQL or a preset, then a time: node cpu 6h; help lists them',
    },
  ],
  example: '/chart redis memory 6h',
  async run({ bot, actor, args, channel, now, room }) {
    if (args.what === undefined) return privately(presetsMessage(bot, now))
    const { platform, account, id: by } = actor
    const titles = await askForCharts(bot, { platform, channel, account, by, room, words: String(args.what) })
    return privately(drawingMessage(bot, titles, now))
  },
}
