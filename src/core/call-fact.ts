// Who is called, over which way, and what came of it: the facts, and the sentence of each.
import type { SkipReason } from './policy.ts'
import { wayName } from './recipient.ts'

/** What made somebody one of those whom a step calls, as it was at that moment. Instants are ISO 8601. */
export type CalledBecause = (
  | { by: 'schedule'; schedule: string; from: string; until: string; override?: { by: string; at: string } }
  | { by: 'group'; group: string }
  | { by: 'person' }
) & {
  /** Who chose the way: the person's own rules, or nobody, so that it is the first that reaches them. */
  way?: 'own rules' | 'first'
}

export type CallFact =
  | { kind: 'acknowledgement_taken_over'; from: string }
  /** `unpaged`: a program has it, or somebody who cannot be paged. */
  | { kind: 'acknowledgement_questioned'; holder: string; until: string; unpaged?: true }
  | { kind: 'acknowledgement_renewed'; until: string }
  | { kind: 'acknowledgement_lapsed'; holder: string; paged: boolean }
  | {
      kind: 'people_paged'
      people: string[]
      step: number
      /** Never the same again in an incident: rounds are counted on where the policy begins anew. */
      round: number
      /** Which it is since then, as people count; absent: the policy never did, and that is `round`. */
      anew?: number
      because: 'policy' | 'person' | 'clock'
      /** With `clock`: the one that ran out. */
      clock?: string
      /** By person. Absent on old entries, and where somebody asked for them. */
      whys?: Record<string, CalledBecause>
      /** Whose page it was: quiet hours held it back until somebody else had the pager. */
      instead?: string
    }
  /** Quiet hours held it back until `people` had the pager of `schedule`, whom the policy has called since. */
  | { kind: 'page_left_out'; person: string; schedule: string; people: string[]; step: number; round: number }
  /** `because` is absent where it was written before there were conditions: nobody was on call. */
  | { kind: 'policy_step_skipped'; step: number; round: number; anew?: number; because?: SkipReason }
  | { kind: 'last_resort_reached'; people: string[]; times: number }
  | { kind: 'page_sent'; person: string; channel: string; key: string }
  /** It was begun and nothing says whether it was taken; by then nobody needed it any more, or it went to others. */
  | { kind: 'page_uncertain'; person: string; channel: string; key: string }
  | { kind: 'page_failed'; person: string; channel: string; key: string; reason: string }
  /** `until`: ISO 8601; `time`: the same as the team's clock on the wall shows it. `channel`: only the page over this way. */
  | { kind: 'page_postponed'; person: string; channel?: string; until: string; time: string }
  /** `channel` did not take it for `minutes`, so it goes over `other` as well. */
  | { kind: 'page_rerouted'; person: string; channel: string; other: string; minutes: number }
  /** Somebody was called to help whoever has it, and says that the call reached them. */
  | { kind: 'page_answered' }

/** Sentences about who is called and who has it. */
export function callSentence(fact: CallFact, who: string, nameOf: (person: string) => string): string {
  const names = (people: string[]) => people.map(nameOf).join(', ')
  switch (fact.kind) {
    case 'acknowledgement_taken_over':
      return `${who} took this over from ${nameOf(fact.from)}`
    case 'acknowledgement_questioned':
      return `Asked ${nameOf(fact.holder)} whether they are still on it`
    case 'acknowledgement_renewed':
      return `${who} is still on it`
    case 'acknowledgement_lapsed':
      return `${nameOf(fact.holder)} did not say that they are still on it; it is open again${fact.paged ? ' and they are paged' : ''}`
    case 'people_paged':
      if (fact.because === 'clock') return `Paging ${names(fact.people)} to help: the time to ${fact.clock} has run out`
      return fact.because === 'policy'
        ? `Paging ${names(fact.people)} (step ${fact.step + 1}, round ${fact.anew ?? fact.round})${insteadOf(fact.instead, nameOf)}`
        : `${who} asked for ${names(fact.people)}`
    case 'page_left_out':
      return `The page that waited for ${nameOf(fact.person)} is left out: ${names(fact.people)}, who ${fact.people.length === 1 ? 'has' : 'have'} the pager of ${fact.schedule} now, ${fact.people.length === 1 ? 'was' : 'were'} called already`
    case 'policy_step_skipped':
      return `${skipped(`step ${fact.step + 1} (round ${fact.anew ?? fact.round})`, fact.because)}; moved on at once`
    case 'last_resort_reached':
      return fact.times === 1
        ? 'Nobody answered at any step: everybody was called'
        : `Still nobody: everybody was called for the ${ordinal(fact.times)} time`
    case 'page_sent':
      return `Page delivered to ${nameOf(fact.person)}${over(fact)}`
    case 'page_uncertain':
      return `The page to ${nameOf(fact.person)}${over(fact)} may have gone out: what came of it is not known, and it was not sent again`
    case 'page_failed':
      return `Could not page ${nameOf(fact.person)}${over(fact)}: ${fact.reason}`
    case 'page_answered':
      return `${who} answered the call`
    case 'page_postponed':
      return `The page to ${nameOf(fact.person)}${fact.channel === undefined ? '' : over({ person: fact.person, channel: fact.channel })} waits until ${fact.time}: quiet hours of ${nameOf(fact.person)}`
    case 'page_rerouted':
      return `No page to ${nameOf(fact.person)} got through ${wayName(fact.channel)} for ${fact.minutes || 'less than 1'} min: also sent ${wayName(fact.other)}`
    default:
      return fact satisfies never
  }
}

function insteadOf(person: string | undefined, nameOf: (person: string) => string): string {
  return person === undefined ? '' : `: the page waited for ${nameOf(person)}, who no longer has the pager`
}

/** A webhook that was paged itself is its own way. */
function over({ person, channel }: { person: string; channel: string }): string {
  return person === channel ? '' : ` ${wayName(channel)}`
}

function skipped(step: string, because: SkipReason = 'nobody'): string {
  switch (because) {
    case 'nobody':
      return `Nobody is on call at ${step}`
    case 'severity':
      return `Passed over ${step}: it is for another severity`
    case 'business hours':
      return `Passed over ${step}: it is only for outside business hours`
    case 'outside business hours':
      return `Passed over ${step}: it is only for business hours`
    default:
      return because satisfies never
  }
}

function ordinal(number: number): string {
  const tens = number % 100
  const ending = tens > 10 && tens < 20 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${number}${ending}`
}
