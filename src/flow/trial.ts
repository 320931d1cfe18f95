// Trying a person's pager before the night: a message that cannot be taken for a page, over every way there is, and what came
// of each. Nothing is written down: whoever asked hears it at once.
import { randomUUID } from 'node:crypto'
import type { Bot } from '../bot.ts'
import { reasonOf } from '../errors.ts'
import { trialMessage } from '../messages/reach.ts'
import { pagersOf } from '../pagers/index.ts'
import { everyWayTo } from './ways.ts'

/** What came of one way. `problem` null: the other side has taken it. `took`: milliseconds. */
export type Trial = { channel: string; problem: string | null; took: number }

/** Tries all ways of a person side by side; those over which pages may come at any severity, the first first. */
export async function tryWays(bot: Bot, person: string): Promise<Trial[]> {
  return Promise.all(everyWayTo(bot, person).map((channel) => tryWay(bot, person, channel)))
}

async function tryWay(bot: Bot, person: string, channel: string): Promise<Trial> {
  const begun = bot.clock.now()
  const problem = await send(bot, person, channel)
  if (problem !== null) bot.log.warn({ person, channel, problem }, 'a test page could not be delivered')
  return { channel, problem, took: bot.clock.now().getTime() - begun.getTime() }
}

async function send(bot: Bot, person: string, channel: string): Promise<string | null> {
  const pager = pagersOf(bot).find(({ name }) => name === channel)
  const address = pager?.addressOf(person) ?? null
  if (pager === undefined || address === null) return 'is not configured'
  const message = trialMessage(bot, person, channel, bot.clock.now())
  const key = `test/${randomUUID()}`
  try {
    await pager.send({ recipient: person, address, key, resumed: false, message, about: null })
    return null
  } catch (error) {
    return reasonOf(error)
  }
}
