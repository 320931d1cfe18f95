// Opens a made-up incident and takes it back before anybody can see it: what decides and writes a real one has then run before,
// here and in PostgreSQL, and the first page of a night does not wait for either to find its feet.
import type { Bot } from '../bot.ts'
import type { Alert } from '../core/alert.ts'
import { writeChanges } from '../store/changes.ts'
import { Desk } from './desk.ts'
import { withEffects } from './effects.ts'
import { takeFirstSteps } from './first-step.ts'
import { writing } from './opening.ts'

/** Never committed; no two of them, of whatever replica, may wait for each other. */
const mostNumbers = 2 ** 40

class TakenBack extends Error {}

export async function rehearseOpening(bot: Bot): Promise<void> {
  const now = bot.clock.now()
  const number = -1 - Math.floor(Math.random() * mostNumbers)
  const key = `rehearsal ${number}`
  const gathered = { known: new Map(), joinable: new Map(), incidents: new Map(), numbers: [number], overrides: [] }
  const desk = new Desk(bot, now, gathered)
  desk.take({ alert: sample(key, now), trace: key, key, group: key })
  const drafts = desk.cases().map(({ draft }) => draft)
  takeFirstSteps(bot, drafts, gathered.overrides, now)
  const changes = drafts.map((draft) => withEffects(bot, draft)).filter((change) => change !== null)
  try {
    await bot.db.line.tx(async (q) => {
      await writeChanges(q, changes, writing(bot))
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
}

function sample(key: string, now: Date): Alert {
  return {
    ...{ source: 'rehearsal', fingerprint: key, status: 'firing', startsAt: now, endsAt: null, generatorUrl: null },
    labels: { alertname: 'Rehearsal', service: 'rehearsal', severity: 'critical', instance: 'rehearsal:9100' },
    annotations: { summary: `Rehearsal ${key}`, description: 'Nothing is wrong.' },
  }
}
