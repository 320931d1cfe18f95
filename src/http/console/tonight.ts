// The console's simulated night: who would be paged when, as rows of safe HTML.
import type { Bot } from '../../bot.ts'
import { toHtml, toInlineHtml } from '../../chat/html.ts'
import { RejectedInput, UserError } from '../../errors.ts'
import { readScenario } from '../../foresight/scenario.ts'
import { simulate } from '../../foresight/simulate.ts'
import { nightWords } from '../../messages/night.ts'
import { overridesAt } from '../../store/overrides.ts'
import { onlyKnown, type Query, text } from '../query.ts'

const asked = ['severity', 'service', 'at', 'zone', 'policy', 'answer'] as const

export async function tonight(bot: Bot, query: Query) {
  onlyKnown(query, asked)
  const [severity, service, at, zone, policy, answer] = asked.map((name) => text(query, name))
  const { scenario, oddity } = scenarioOf(bot, { severity, service, at, zone, policy, answers: answer?.split(',') })
  const night = simulate(bot, scenario, await overridesAt(bot.db, scenario.at))
  const { title, intro, rows, ending } = nightWords(bot, night, oddity)
  return {
    title,
    at: scenario.at,
    html: toHtml(intro),
    rows: rows.map(({ text, clock, day, elapsed, tone, wakes }) => ({
      ...{ clock, day, elapsed, tone, wakes: wakes.length > 0 },
      html: toInlineHtml(text),
    })),
    ending: toHtml(ending),
  }
}

/** What cannot be read is the page's mistake, not the bot's. */
function scenarioOf(bot: Bot, words: Parameters<typeof readScenario>[1]) {
  try {
    return readScenario(bot.config, words, bot.clock.now())
  } catch (error) {
    if (error instanceof UserError) throw new RejectedInput(error.message)
    throw error
  }
}
