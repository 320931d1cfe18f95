// What becomes of a page whose time has come: asked right before it goes out, in earnest and when a night is simulated.
import type { Rules } from '../bot.ts'
import type { Page } from '../core/page.ts'
import { asleepUntil } from './asleep.ts'
import type { Told, Whose } from './heirs.ts'
import { heldUntil, isOutdone, isWanted } from './wanted.ts'

/** `held`: all alerts are clear. */
export type Fate = 'needless' | 'handed on' | 'postponed' | 'held'

/** Why a page is not to go out now; null: it is. `whose`: null where that need not be asked. */
export function fateOf(rules: Rules, view: Told, page: Page, whose: Whose | null, now: Date): Fate | null {
  const { incident, timeline } = view
  const isOvertaken = [view, whose ?? view].every(({ pages }) => isOutdone(page, pages, now))
  if (isOvertaken || !isWanted(incident, page, timeline)) return 'needless'
  if (whose?.isTheirs === false) return 'handed on'
  if (asleepUntil(rules, view, page, now) !== null) return 'postponed'
  return heldUntil(incident, page) === null ? null : 'held'
}
