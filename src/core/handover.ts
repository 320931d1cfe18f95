// A change of hands, and what becomes of it: the incoming person says “I have the pager”, or the outgoing one keeps it.
import type { PersonalOverride } from './schedule.ts'

/**
 * - `informed`: both were told, nothing is to be answered.
 * - `asked`: the incoming person has the pager and is to confirm it until `answerBy`.
 * - `accepted`: confirmed.
 * - `kept`: no answer came; the outgoing person has it by an override until it is confirmed, or until `until`.
 * - `over`: the pager changed hands otherwise before anybody confirmed.
 */
export type HandoverStatus = 'informed' | 'asked' | 'accepted' | 'kept' | 'over'

export type Handover = {
  id: number
  schedule: string
  at: Date
  /** The incoming person themself: nobody had it before. */
  outgoing: string
  incoming: string
  /** End of the incoming person's shift. */
  until: Date
  status: HandoverStatus
  answerBy: Date | null
  answeredAt: Date | null
  /** Of the outgoing person who keeps it. */
  override: number | null
}

/** Who makes the override by which an outgoing person keeps the pager. */
export const bySystem = 'tocsin'

/** Who has to confirm before it is theirs, when the pager is kept for that; null of any other override. */
export function awaited({ madeBy, replaces }: PersonalOverride): string | null {
  return madeBy === bySystem ? replaces : null
}

export type HandoverRefusal = 'not yours' | 'already accepted' | 'over' | 'nothing to confirm'

/** Whether the incoming person heard of the shift that began at `from`, and has nothing left to confirm. */
export function isSettled({ at, status }: Handover, from: Date): boolean {
  return at >= from && (status === 'accepted' || status === 'informed')
}

/** Whether “I have the pager” holds, and why not. */
export function confirm(handover: Handover, by: string, now: Date): 'accepted' | { refused: HandoverRefusal } {
  if (handover.status === 'accepted') return { refused: 'already accepted' }
  if (by !== handover.incoming) return { refused: 'not yours' }
  if (handover.status === 'informed') return { refused: 'nothing to confirm' }
  return handover.status === 'over' || now >= handover.until ? { refused: 'over' } : 'accepted'
}
