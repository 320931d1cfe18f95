// What people do around an incident and for its record: roles, status updates, who has the pager meanwhile.
import type { UpdateText } from './status-update.ts'

/** Facts about it; `by` is who did it. Instants are ISO 8601. */
export type ResponseFact =
  | { kind: 'role_given'; role: string; person: string }
  /** `next`: when the next one was promised for, `minutes` from then; null: not promised. */
  | ({ kind: 'update_given'; next: string | null; minutes: number | null } & UpdateText)
  /** Reminds `people` of an update; the last one is `minutes` old. */
  | { kind: 'update_due'; people: string[]; minutes: number }
  /** A schedule of its policy: who has its pager, and who had it. */
  | { kind: 'pager_changed'; schedule: string; from: string[]; to: string[] }
  /** Quiet hours: the holder is asked whether they are still on it only after them. `time`: as with `page_postponed`. */
  | { kind: 'question_postponed'; holder: string; until: string; time: string }

/** The sentence of each. */
export function responseSentence(
  fact: ResponseFact,
  by: string | null,
  who: string,
  nameOf: (person: string) => string,
): string {
  switch (fact.kind) {
    case 'role_given':
      return by === null || by === fact.person
        ? `${nameOf(fact.person)} took the role ${fact.role}`
        : `${who} gave the role ${fact.role} to ${nameOf(fact.person)}`
    case 'update_given':
      return `${who} gave an update: ${updateWords(fact)}`
    case 'update_due':
      return `An update is due from ${fact.people.map(nameOf).join(', ')}: the last one is ${fact.minutes} min old`
    case 'pager_changed': {
      const names = (people: string[]) => people.map(nameOf).join(', ') || 'nobody'
      return `The pager of ${fact.schedule} passed from ${names(fact.from)} to ${names(fact.to)}`
    }
    case 'question_postponed': {
      const holder = nameOf(fact.holder)
      return `${holder} is asked whether they are still on it after ${fact.time}: quiet hours of ${holder}`
    }
    default:
      return fact satisfies never
  }
}

/** Plain text: `Checkout fails. Actions: rolled back. Needs: a DBA. Next update in 30 min`. */
function updateWords({ conditions, actions, needs, minutes }: Extract<ResponseFact, { kind: 'update_given' }>): string {
  const parts = [conditions, actions && `Actions: ${actions}`, needs && `Needs: ${needs}`]
  if (minutes !== null) parts.push(`Next update in ${minutes} min`)
  return parts
    .filter((part) => part !== '')
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ')
}

type Told = { by: string | null; at: Date; fact: { kind: string } }

/** Who has which role by now; the lead is kept on the incident. */
export function rolesOf(timeline: readonly Told[]): { role: string; person: string }[] {
  const roles = new Map<string, string>()
  for (const { fact } of timeline) if (isRole(fact)) roles.set(fact.role, fact.person)
  return [...roles].map(([role, person]) => ({ role, person }))
}

function isRole(fact: { kind: string }): fact is Extract<ResponseFact, { kind: 'role_given' }> {
  return fact.kind === 'role_given'
}

export type LatestUpdate = UpdateText & { by: string | null; at: Date; nextAt: Date | null }

/** The last update that was given; null: there was none. */
export function latestUpdate(timeline: readonly Told[]): LatestUpdate | null {
  const last = timeline.findLast(({ fact }) => fact.kind === 'update_given')
  if (last === undefined) return null
  const { conditions, actions, needs, next } = last.fact as Extract<ResponseFact, { kind: 'update_given' }>
  return { conditions, actions, needs, by: last.by, at: last.at, nextAt: next === null ? null : new Date(next) }
}
