// Where alerts are told apart: which opens an incident, joins one, reopens one, clears, or says nothing new.
import type { Bot } from '../bot.ts'
import { type Alert, alertTitle, serviceName } from '../core/alert.ts'
import { Draft } from '../core/change.ts'
import { classified, classify, type SeverityRules, saidSeverity, saying } from '../core/classify.ts'
import { type Refusal, type Step, transition } from '../core/incident.ts'
import { entry } from '../core/timeline.ts'
import type { Known } from '../store/alerts.ts'
import type { Gathered } from './gather.ts'
import { openIncident } from './opening.ts'

/** One alert of one request. `key`: what `alertKey` says of it. */
export type Heard = { alert: Alert; trace: string; key: string }

/** One that says something new. `group`: the key by which alerts share an incident. */
export type Arrival = Heard & { group: string }

/** Says nothing new: the same alert in the state it is known to be in. */
export function isRepeat(rules: SeverityRules, alert: Alert, known: Known | undefined): boolean {
  if (known === undefined) return alert.status === 'resolved'
  if (alert.status === 'resolved') return known.status === 'resolved' || isBygone(alert, known)
  return fires(known) && !isWorse(rules, alert, known)
}

function fires({ status, active }: Known): boolean {
  return status === 'firing' && active
}

/** A check that was a warning and is critical now is the same alert to its sender, and must wake people all the same. */
function isWorse(rules: SeverityRules, { labels }: Alert, { said }: Known): boolean {
  // Severities sort by name: P1 before P2.
  if (saidSeverity(rules, labels) === said) return false
  return classify(rules, labels) < classify(rules, saying(rules, labels, said))
}

/** The end of an earlier time, told late or once more: it fires anew, and must not be taken for over. */
function isBygone({ startsAt, endsAt, endsUntil }: Alert, { since }: Known): boolean {
  return [startsAt, endsAt, endsUntil].every((at) => !at || at.getTime() < since)
}

/** Its end says nothing of how bad it was: what it said while it fired is kept, to be told by when it comes back. */
function asItFired(rules: SeverityRules, alert: Alert, { said }: Known): Alert {
  return saidSeverity(rules, alert.labels) === said ? alert : { ...alert, labels: saying(rules, alert.labels, said) }
}

/** An incident in the making: `firing` counts its alerts, those of the arrivals included; null: nobody counts. */
export type Case = { draft: Draft; firing: number | null }

/** Takes the arrivals of one transaction one by one, each seeing what the ones before it did. */
export class Desk {
  readonly #bot: Bot
  readonly #now: Date
  readonly #known: Map<string, Known>
  readonly #numbers: number[]
  readonly #byGroup = new Map<string, Case>()
  readonly #byNumber = new Map<number, Case>()

  constructor(bot: Bot, now: Date, { known, joinable, incidents, numbers }: Gathered) {
    this.#bot = bot
    this.#now = now
    this.#known = known
    this.#numbers = [...numbers]
    for (const one of incidents.values()) this.#put({ draft: new Draft(one), firing: one.firing })
    for (const [key, { incident }] of joinable) {
      const one = this.#byNumber.get(incident.number)
      if (one) this.#byGroup.set(key, one)
    }
  }

  cases(): Case[] {
    return [...this.#byNumber.values()]
  }

  take(arrival: Arrival): void {
    const known = this.#known.get(arrival.key)
    if (isRepeat(this.#bot.config, arrival.alert, known)) return
    const one = arrival.alert.status === 'firing' ? this.#fire(arrival, known) : this.#clear(arrival, known)
    if (one === undefined) return
    const alert =
      known && arrival.alert.status === 'resolved' ? asItFired(this.#bot.config, arrival.alert, known) : arrival.alert
    one.draft.putAlert(alert, arrival.key)
    const { status, number: incident } = one.draft.incident
    const { status: state, startsAt, labels } = alert
    const about = { since: startsAt.getTime(), said: saidSeverity(this.#bot.config, labels) }
    this.#known.set(arrival.key, { incident, status: state, active: status !== 'resolved', ...about })
  }

  #fire({ alert, group, trace }: Arrival, row: Known | undefined): Case {
    const own = row && fires(row) ? this.#byNumber.get(row.incident) : undefined
    if (own && own.draft.incident.status !== 'resolved') {
      this.#weigh(own.draft, alert, `${alertTitle(alert)} is worse now`)
      return own
    }
    const known = this.#byGroup.get(group)
    if (known === undefined) return this.#open(alert, group, trace)
    const { draft } = known
    const title = alertTitle(alert)
    // A person may have resolved the incident while this very alert was firing.
    const counted = row?.status === 'firing' && row.incident === draft.incident.number
    if (!counted && known.firing !== null) known.firing++
    if (draft.incident.status === 'resolved') {
      this.#apply(draft, transition(draft, { kind: 'reopen', by: null, alert: title }, this.#now))
    } else if (draft.incident.quietUntil !== null) {
      const quietMinutes = Math.round(draft.incident.terms.quietFor / 60_000)
      draft.entries.push(entry({ kind: 'alerts_fire_again', alert: title, quietMinutes }, this.#now))
    }
    draft.entries.push(entry({ kind: 'alert_fired', alert: title, fingerprint: alert.fingerprint }, this.#now))
    if (draft.incident.quietUntil !== null) draft.incident = { ...draft.incident, quietUntil: null }
    // An alert that was here before was weighed before, perhaps by a person.
    const isNew = row?.incident !== draft.incident.number
    if (isNew || isWorse(this.#bot.config, alert, row)) this.#weigh(draft, alert, `${title} joined`)
    return known
  }

  #weigh(draft: Draft, { labels }: Alert, because: string): void {
    const { severity: to, because: reason } = classified(this.#bot.config, labels)
    if (to >= draft.incident.severity) return
    const event = { kind: 'change severity', by: null, to, because, reason } as const
    this.#apply(draft, transition(draft, event, this.#now))
  }

  #open(alert: Alert, groupingKey: string, trace: string): Case {
    const number = this.#numbers.shift()
    if (number === undefined) throw new Error('fewer incident numbers than grouping keys')
    const about = {
      title: alertTitle(alert),
      service: serviceName(alert.labels),
      ...classified(this.#bot.config, alert.labels),
    }
    const draft = openIncident(this.#bot, { number, groupingKey, trace, alert, by: null, ...about }, this.#now)
    draft.entries.push(entry({ kind: 'alert_fired', alert: about.title, fingerprint: alert.fingerprint }, this.#now))
    const opened = this.#put({ draft, firing: 1 })
    this.#byGroup.set(groupingKey, opened)
    return opened
  }

  #clear({ alert }: Arrival, known: Known | undefined): Case | undefined {
    const one = known && this.#byNumber.get(known.incident)
    if (one === undefined) return undefined
    const { draft } = one
    if (one.firing === null) throw new Error('an alert clears of an incident whose alerts nobody counted')
    one.firing--
    draft.entries.push(
      entry({ kind: 'alert_cleared', alert: alertTitle(alert), fingerprint: alert.fingerprint }, this.#now),
    )
    if (one.firing === 0 && draft.incident.status !== 'resolved') {
      const { quietFor } = draft.incident.terms
      draft.incident = { ...draft.incident, quietUntil: new Date(this.#now.getTime() + quietFor) }
      draft.entries.push(entry({ kind: 'alerts_all_clear', quietMinutes: Math.round(quietFor / 60_000) }, this.#now))
    }
    return one
  }

  #apply(draft: Draft, step: Step | Refusal): void {
    if ('refused' in step) throw new Error(`intake decided what the incident refuses: ${step.refused}`)
    draft.apply(step)
  }

  #put(one: Case): Case {
    this.#byNumber.set(one.draft.incident.number, one)
    return one
  }
}
