// A request to change a shift: a swap, asked of one person, or an offer that anybody of the schedule may take.
import type { Period } from './pager.ts'

export type RequestStatus = 'open' | 'accepted' | 'declined' | 'withdrawn' | 'expired'

export type ShiftRequest = {
  id: number
  schedule: string
  asker: string
  /** Null: whoever takes it. */
  asked: string | null
  /** The asker's, to be given. */
  gives: Period
  /** What the asker takes for it; null when nothing. */
  takes: Period | null
  status: RequestStatus
  madeAt: Date
  /** When it is too late: the first of the shifts has begun, or what is offered is over. */
  expiresAt: Date
  answeredBy: string | null
  answeredAt: Date | null
}

export type Answer = 'accept' | 'decline' | 'withdraw'

export type RequestRefusal =
  | 'already answered'
  /** Only the person who was asked accepts or declines, only the asker withdraws. */
  | 'not yours'
  /** Nobody takes an offer of their own. */
  | 'your own'
  /** An offer is for the people of the schedule. */
  | 'not in the schedule'
  | 'too late'

/** What an answer makes of a request, or why nothing. `members`: the people of the schedule. */
export function answerRequest(
  request: ShiftRequest,
  answer: Answer,
  by: string,
  setting: { members: string[]; now: Date },
): RequestStatus | { refused: RequestRefusal } {
  if (request.status !== 'open') return { refused: 'already answered' }
  if (answer === 'withdraw') return by === request.asker ? 'withdrawn' : { refused: 'not yours' }
  if (setting.now >= request.expiresAt) return { refused: 'too late' }
  if (by === request.asker) return { refused: 'your own' }
  if (request.asked === null) {
    if (answer === 'decline') return { refused: 'not yours' }
    return setting.members.includes(by) ? 'accepted' : { refused: 'not in the schedule' }
  }
  if (by !== request.asked) return { refused: 'not yours' }
  return answer === 'accept' ? 'accepted' : 'declined'
}

/** A swap is off when the first of its shifts begins; an offer can be taken until what it offers is over. */
export function expiryOf(gives: Period, takes: Period | null): Date {
  if (takes === null) return gives.until
  return gives.from < takes.from ? gives.from : takes.from
}
