// A step of a runbook while people work on it: what they can do to it, and what comes of that. Pure.
import { entry, type NewEntry } from './timeline.ts'

/** Instants are null, and names, where nothing was said. */
export type StepState = {
  step: number
  title: string
  status: 'open' | 'done' | 'skipped'
  /** Who did or skipped it, and when. */
  by: string | null
  at: Date | null
  /** Why it was skipped. */
  reason: string | null
  assignee: string | null
  /** It waits from one instant to another; `timerBy` is told with the assignee. */
  timerFrom: Date | null
  timerUntil: Date | null
  timerBy: string | null
  /** Who was the first to say that it helped. */
  helpedBy: string | null
}

/** A step that nobody has touched. */
export const untouched: Omit<StepState, 'step' | 'title'> = {
  ...{ status: 'open', by: null, at: null, reason: null, assignee: null },
  ...{ timerFrom: null, timerUntil: null, timerBy: null, helpedBy: null },
}

export type StepAct =
  | { do: 'finish' }
  | { do: 'skip'; reason: string | null }
  | { do: 'reopen' }
  | { do: 'assign'; person: string | null }
  | { do: 'note'; note: string }
  /** `length`: milliseconds. */
  | { do: 'start timer'; length: number }
  | { do: 'stop timer' }
  | { do: 'helped' }

/** Two people pressing Done is a normal evening: `unchanged` says what is the case already, and by whom. */
export type StepOutcome = { state: StepState; entries: NewEntry[] } | { unchanged: string; by: string | null }

export function actOnStep(state: StepState, act: StepAct, by: string, now: Date): StepOutcome {
  const { step, title } = state
  switch (act.do) {
    case 'finish':
      if (state.status === 'done') return { unchanged: 'done', by: state.by }
      return {
        state: { ...ended(state, by, now), status: 'done' },
        entries: [entry({ kind: 'runbook_step_done', step, title }, now, by)],
      }
    case 'skip':
      return skip(state, act.reason, by, now)
    case 'reopen':
      if (state.status === 'open') return { unchanged: 'open', by: null }
      return {
        state: { ...state, status: 'open', by: null, at: null, reason: null },
        entries: [entry({ kind: 'runbook_step_reopened', step, title }, now, by)],
      }
    case 'assign': {
      const { person } = act
      if (state.assignee === person) return { unchanged: person === null ? 'nobody’s' : 'assigned', by: person }
      return {
        state: { ...state, assignee: person },
        entries: [entry({ kind: 'runbook_step_assigned', step, title, person }, now, by)],
      }
    }
    case 'note':
      return { state, entries: [entry({ kind: 'runbook_step_noted', step, title, note: act.note }, now, by)] }
    case 'start timer':
      return startTimer(state, act.length, by, now)
    case 'stop timer':
      if (state.timerUntil === null) return { unchanged: 'without a timer', by: null }
      return {
        state: withoutTimer(state),
        entries: [entry({ kind: 'runbook_timer_stopped', step, title }, now, by)],
      }
    case 'helped':
      if (state.helpedBy !== null) return { unchanged: 'called helpful', by: state.helpedBy }
      return {
        state: { ...state, helpedBy: by },
        entries: [entry({ kind: 'runbook_step_helped', step, title }, now, by)],
      }
    default:
      return act satisfies never
  }
}

/** A reason that comes later is taken; one that is left out takes none away. */
function skip(state: StepState, reason: string | null, by: string, now: Date): StepOutcome {
  if (state.status === 'skipped' && (reason === null || reason === state.reason))
    return { unchanged: 'skipped', by: state.by }
  const about = { step: state.step, title: state.title, ...(reason !== null && { reason }) }
  return {
    state: { ...ended(state, by, now), status: 'skipped', reason },
    entries: [entry({ kind: 'runbook_step_skipped', ...about }, now, by)],
  }
}

/** Another timer takes the place of the one before. One that ends at the same instant is a second press. */
function startTimer(state: StepState, length: number, by: string, now: Date): StepOutcome {
  const until = new Date(now.getTime() + length)
  if (state.timerUntil?.getTime() === until.getTime()) return { unchanged: 'waiting', by: state.timerBy }
  const fact = {
    kind: 'runbook_timer_started',
    ...{ step: state.step, title: state.title, length, until: until.toISOString() },
  } as const
  return {
    state: { ...state, timerFrom: now, timerUntil: until, timerBy: by },
    entries: [entry(fact, now, by)],
  }
}

/** What is over waits for nothing. */
function ended(state: StepState, by: string, now: Date): StepState {
  return { ...withoutTimer(state), by, at: now, reason: null }
}

function withoutTimer(state: StepState): StepState {
  return { ...state, timerFrom: null, timerUntil: null, timerBy: null }
}

/** Its timer, when that is over by `now`: the step without it, and whom to tell. Null: there is nothing to tell. */
export function endTimer(state: StepState, now: Date): { state: StepState; entries: NewEntry[] } | null {
  const { step, title, timerFrom, timerUntil, timerBy, assignee, status } = state
  if (timerFrom === null || timerUntil === null || timerUntil > now) return null
  // Marked by a version that knew of no timers: nobody waits for it any more.
  if (status !== 'open') return { state: withoutTimer(state), entries: [] }
  const people = [...new Set([assignee, timerBy].filter((one) => one !== null))]
  const length = timerUntil.getTime() - timerFrom.getTime()
  const fact = { kind: 'runbook_timer_ended', step, title, length, people } as const
  return { state: withoutTimer(state), entries: [entry(fact, now)] }
}

/** Whether anybody has done anything to it that another runbook in its place would take away. */
export function isTouched({ status, assignee, timerUntil }: Pick<StepState, 'status' | 'assignee' | 'timerUntil'>) {
  return status !== 'open' || assignee !== null || timerUntil !== null
}

/**
 * Names a runbook in few letters, for a button to carry: one pressed after another runbook took its place must not mark a step
 * of that. Null: there is none.
 */
export function runbookMark(runbook: { path: string; section: string } | null): string | null {
  if (runbook === null) return null
  let hash = 0x811c9dc5
  for (const character of `${runbook.path}#${runbook.section}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0).toString(36)
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 }
const waiting =
  /\b(?:wait|allow|give (?:it|them)|hold(?: on)?|pause|let it (?:run|settle)|monitor|watch|observe)\b[^.\n]{0,60}?\b(?:\d{1,3}\s*(?:[-–—]|to)\s*)?(\d{1,3})\s*(s|m|h)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?)?\b/i

/** Milliseconds that a step says to wait, of "5–10 minutes" the longer; null: it does not. What is code says nothing. */
export function waitIn({ title, body }: { title: string; body: string }): number | null {
  const prose = body.replace(/(```|~~~)[\s\S]*?\1/g, ' ').replace(/`[^`\n]*`/g, ' ')
  const [, number, unit = ''] = waiting.exec(`${title}\n${prose}`) ?? []
  if (number === undefined) return null
  const length = Number(number) * (units[unit.toLowerCase()] ?? 0)
  return length >= shortestTimer && length <= longestTimer ? length : null
}

/** Milliseconds. */
export const shortestTimer = 10_000
export const longestTimer = 24 * 3_600_000
