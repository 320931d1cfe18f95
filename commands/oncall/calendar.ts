// /oncall calendar: the addresses under which a calendar finds one's shifts.
import { type Command, privately } from '../../src/chat/command.ts'
import { feedsMessage } from '../../src/messages/feeds.ts'

export const calendar: Command = {
  name: 'oncall calendar',
  summary: 'Show the addresses to have your shifts in your calendar',
  args: [],
  example: '/oncall calendar',
  async run({ bot, actor, now }) {
    const person = bot.config.people[actor.id] === undefined ? null : actor.id
    const schedules = Object.keys(bot.config.schedules)
    return privately(feedsMessage(bot, bot.config, { person, schedules }, now))
  },
}
