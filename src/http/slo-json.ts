// The objectives as the API tells them. Measured at most twice a minute, however often somebody asks.
import type { Bot } from '../bot.ts'
import type { SloStanding } from '../core/slo.ts'
import { windowText } from '../core/slo-window.ts'
import { gaugeOf, sloStanding } from '../flow/slo.ts'

/** Milliseconds that an answer is good for. */
const freshness = 30_000

type Answer = { at: Date; slos: ReturnType<typeof sloJson>[] }

/** Answers where all objectives stand; who asks while it is measured waits for the same answer. */
export function sloAnswers(bot: Bot): () => Promise<Answer> {
  let last: { at: Date; answer: Promise<Answer> } | null = null
  return () => {
    const now = bot.clock.now()
    if (last !== null && now.getTime() - last.at.getTime() < freshness) return last.answer
    const answer = sloStanding(bot, gaugeOf(bot), now).then((all) => ({ at: now, slos: all.map(sloJson) }))
    const mine = { at: now, answer }
    last = mine
    answer.catch(() => {
      if (last === mine) last = null
    })
    return answer
  }
}

function sloJson(standing: SloStanding) {
  const { slo, window, budgetMinutes, status } = standing
  const known = standing.status === 'unknown' ? null : standing
  const { burn = null, forecast = null } = known ?? {}
  return {
    ...{ name: slo.name, service: slo.service, objective: slo.objective },
    window: { from: window.from, until: window.until, text: windowText(slo.window) },
    status,
    reason: standing.status === 'unknown' ? standing.reason : null,
    attained: known?.attained ?? null,
    measuredSince: known?.since ?? null,
    budgetMinutes,
    budgetLeft: known?.left.share ?? null,
    burn: burn && { rate: burn.rate, seconds: burn.range / 1000, alert: burn.kind },
    forecast: forecast && {
      kind: forecast.kind,
      at: forecast.kind === 'runs out' ? forecast.at : null,
      seconds: forecast.kind === 'spent' ? null : forecast.over / 1000,
    },
  }
}
