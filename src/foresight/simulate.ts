// Runs the engine on virtual time, from one due instant to the next: the functions that decide in earnest, with nothing
// written, nobody called and no database. What it says is what would happen.
import type { Rules } from '../bot.ts'
import type { Alert } from '../core/alert.ts'
import { Draft, nextDecisionAt } from '../core/change.ts'
import { type Situation, transition } from '../core/incident.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import type { Override } from '../core/schedule.ts'
import { usualEvidence } from '../core/terms.ts'
import type { NewEntry } from '../core/timeline.ts'
import { advance } from '../flow/advance.ts'
import { openIncident } from '../flow/opening.ts'
import { around } from './around.ts'
import { Ledger, type Written } from './ledger.ts'
import type { Ending, Foreseen, ForeseenPage, Night, Scenario } from './night.ts'

/** The last resort repeats itself; after this many times one knows. */
const repetitions = 3

/** Decisions, and milliseconds after the last answer, that are looked at. */
const mostDecisions = 500
const afterAnswer = 4 * 3_600_000

/** `overrides`: those that are active at the scenario's instant or later. */
export function simulate(given: Rules, scenario: Scenario, overrides: Override[]): Night {
  const rules = scenario.policy === null ? given : withPolicy(given, scenario.service, scenario.policy)
  const { at } = scenario
  const opened = openIncident(rules, openingOf(scenario), at)
  const run = new Run(rules, overrides, opened)
  run.tell(at, opened)
  const ending = run.play(scenario)
  const { policy } = opened.incident.terms.severities[opened.incident.severity]
  const until = run.foreseen.at(-1)?.at ?? at
  const meanwhile = around(rules.config, overrides, { from: at, until, zone: scenario.zone, policy })
  return {
    scenario,
    policy: { name: policy.name, steps: policy.steps.length, rounds: policy.rounds },
    clocks: opened.clocks.map(({ name, dueAt }) => ({ name, dueAt })),
    foreseen: inOrder(run.foreseen, meanwhile),
    elsewhere: elsewhere(rules, run.foreseen),
    ending,
  }
}

function elsewhere({ config, platforms }: Rules, foreseen: Foreseen[]): string[] {
  const here = platforms.map(({ name }) => name)
  const people = foreseen.flatMap((one) => ('pages' in one ? one.pages.map((page) => page.person) : []))
  const accounts = people.flatMap((person) => Object.keys(config.people[person]?.accounts ?? {}))
  return [...new Set(accounts)].filter((name) => !here.includes(name))
}

/** The simulated incident and what has been foreseen of it. */
class Run {
  readonly foreseen: Foreseen[] = []
  readonly #rules: Rules
  readonly #overrides: Override[]
  readonly #ledger: Ledger
  #situation: Situation

  constructor(rules: Rules, overrides: Override[], opened: Draft) {
    this.#rules = rules
    this.#overrides = overrides
    this.#ledger = new Ledger(rules, overrides)
    this.#situation = opened
  }

  play({ at, answers }: Scenario): Ending {
    const left = answers
      .map(({ person, after }) => ({ by: person, at: new Date(at.getTime() + after) }))
      .sort((a, b) => a.at.getTime() - b.at.getTime())
    let answered: { by: string; at: Date } | null = null
    for (let decisions = 0; decisions < mostDecisions; decisions++) {
      this.#skipRepetitions(left[0]?.at ?? null)
      const due = this.#nextAt()
      const answer = left[0]
      // What falls due in the instant of an answer was faster: the answer is still on its way.
      if (answer !== undefined && (due === null || answer.at < due)) {
        left.shift()
        if (this.#acknowledge(answer.by, answer.at)) answered = answer
        continue
      }
      const ending = this.#endBefore(due, answered)
      if (ending !== null) return ending
      if (due !== null) this.#goOn(due)
    }
    return { kind: 'cut', next: this.#nextAt() ?? at }
  }

  /** Of those that only repeat what is known by now, the last but one before anything else happens is the next. */
  #skipRepetitions(answerAt: Date | null): void {
    const { incident, clocks } = this.#situation
    const { position, terms, severity } = incident
    const heldUntil = this.#ledger.nextAt()
    if (!this.#isKnown() || position?.at !== 'last resort' || heldUntil === null) return
    const others = [heldUntil, answerAt, nextDecisionAt({ incident: { ...incident, position: null }, clocks })]
    const first = Math.min(...others.flatMap((at) => at?.getTime() ?? []))
    const { every } = terms.severities[severity].policy.lastResort
    const skipped = Math.floor((first - position.dueAt.getTime()) / every) - 1
    if (skipped <= 0) return
    const dueAt = new Date(position.dueAt.getTime() + skipped * every)
    this.#situation = {
      incident: { ...incident, position: { ...position, times: position.times + skipped, dueAt } },
      clocks,
    }
  }

  /** The next decision, or end of quiet hours that a page waits for. */
  #nextAt(): Date | null {
    const [decision, woken] = [nextDecisionAt(this.#situation), this.#ledger.nextAt()]
    if (decision === null || woken === null) return decision ?? woken
    return decision < woken ? decision : woken
  }

  #goOn(now: Date): void {
    const decision = nextDecisionAt(this.#situation)
    if (decision !== null && decision <= now) this.#decide(now)
    else this.#wake(now)
  }

  #endBefore(due: Date | null, answered: { by: string; at: Date } | null): Ending | null {
    const { incident } = this.#situation
    if (incident.status === 'open' && answered !== null && this.#goneOnSince(answered.at)) return { kind: 'open again' }
    // Who is to help may be asleep until the morning.
    if (incident.status !== 'open' && answered !== null && this.#ledger.nextAt() === null) {
      if (due === null || due.getTime() > answered.at.getTime() + afterAnswer) return { kind: 'answered', ...answered }
    }
    if (due === null) return { kind: 'silent' }
    const { position, terms, severity } = incident
    if (position?.at !== 'last resort' || !this.#isKnown() || this.#ledger.nextAt() !== null) return null
    return { kind: 'last resort', every: terms.severities[severity].policy.lastResort.every, times: repetitions }
  }

  /** Whether the policy has called somebody after an answer: its holder did not renew it. */
  #goneOnSince(at: Date): boolean {
    const isStep = (fact: NewEntry['fact']) =>
      fact.kind === 'last_resort_reached' || (fact.kind === 'people_paged' && fact.because === 'policy')
    return this.foreseen.some((one) => one.at > at && one.kind === 'recorded' && isStep(one.fact))
  }

  /** The last resort only repeats itself from here on. */
  #isKnown(): boolean {
    const { status, position } = this.#situation.incident
    return status === 'open' && position?.at === 'last resort' && position.times >= repetitions
  }

  #decide(now: Date): void {
    const draft = advance(this.#rules, { ...this.#situation, firing: 1 }, this.#overrides, now)
    // Others may be called by what quiet hours hold back until they are over; meanwhile what repeats itself is told no more.
    const isRepeated = ({ fact }: NewEntry) => fact.kind === 'last_resort_reached' || fact.kind === 'page_postponed'
    if (this.#isKnown()) {
      this.#ledger.repeat(draft)
      this.tell(now, { entries: draft.entries.filter((one) => !isRepeated(one)), pages: [] })
    } else this.tell(now, draft)
    this.#situation = { incident: draft.incident, clocks: draft.clocks }
  }

  #wake(now: Date): void {
    const { out, instead } = this.#ledger.wake(this.#situation.incident, now)
    // Who has no other way was said when they were called.
    const pages = this.#pages(out).map((page) => ({ ...page, without: [] }))
    if (pages.length > 0) this.foreseen.push({ kind: 'quiet over', at: now, pages })
    for (const one of instead) this.#show(now, one)
  }

  #acknowledge(by: string, at: Date): boolean {
    const draft = new Draft(this.#situation)
    const step = transition(draft, { kind: 'acknowledge', by }, at)
    if ('refused' in step) {
      this.foreseen.push({ kind: 'too late', at, by })
      return false
    }
    draft.apply(step)
    this.#ledger.answered(at)
    this.tell(at, draft)
    this.#situation = { incident: draft.incident, clocks: draft.clocks }
    return true
  }

  /** What a draft has decided, each page with the entry that announces it. */
  tell(at: Date, written: Written): void {
    this.#ledger.write(written)
    this.#show(at, written)
  }

  #show(at: Date, { entries, pages }: Written): void {
    const left = new Set(pages)
    for (const { fact, by } of entries) {
      const mine = [...left].filter((page) => announces(fact, page))
      for (const page of mine) left.delete(page)
      const calls = this.#pages(mine)
      this.foreseen.push({ kind: 'recorded', at, by, fact, pages: calls, asked: this.#asked(fact) })
    }
    if (left.size > 0) this.foreseen.push({ kind: 'paged', at, pages: this.#pages([...left]) })
  }

  #asked(fact: NewEntry['fact']): string[] {
    if (fact.kind !== 'policy_step_skipped') return []
    const { terms, severity } = this.#situation.incident
    const targets = terms.severities[severity].policy.steps[fact.step]?.targets ?? []
    return targets.flatMap((target) => Object.values(target))
  }

  #pages(pages: Page[]): ForeseenPage[] {
    const { config, platforms } = this.#rules
    return pages.map((page) => {
      const { person, channel, dueAt } = page
      const accounts = config.people[person]?.accounts ?? {}
      const others = platforms.map(({ name }) => name).filter((name) => name !== channel && !(name in accounts))
      const only = pages.every((one) => one.person !== person || one.channel === channel)
      const last = platforms.at(-1)?.name === channel
      return { person, channel, dueAt, held: this.#ledger.isHeld(page), without: only && last ? others : [] }
    })
  }
}

function announces(fact: NewEntry['fact'], page: Page): boolean {
  if (fact.kind === 'last_resort_reached') return kindOfPage(page.key) === 'l'
  // Whoever has it is asked whether they still do, and called again when they do not say so.
  if ('holder' in fact) return fact.holder === page.person
  return fact.kind === 'people_paged' && fact.people.includes(page.person)
}

/** The alert that opens it, as the engine would be handed it. */
function openingOf({ title, service, severity, labels, at }: Scenario): Parameters<typeof openIncident>[1] {
  const alert: Alert = {
    source: 'simulation',
    fingerprint: 'simulation',
    status: 'firing',
    labels,
    annotations: { summary: title },
    startsAt: at,
    endsAt: null,
    generatorUrl: null,
  }
  return { number: 0, groupingKey: null, title, service, severity, trace: 'simulation', by: null, alert }
}

function withPolicy(rules: Rules, service: string, policy: string): Rules {
  const { services } = rules.config
  const { names } = usualEvidence
  const nothing = {
    name: service,
    severityRules: [],
    runbook: null,
    postmortem: null,
    charts: [],
    dashboards: [],
    dependsOn: [],
    names,
  }
  const changed = { ...nothing, ...services[service], policy }
  return { ...rules, config: { ...rules.config, services: { ...services, [service]: changed } } }
}

/** What happens around it comes before what is decided in the same instant: it is why. */
function inOrder(decided: Foreseen[], meanwhile: Foreseen[]): Foreseen[] {
  return [...meanwhile, ...decided].sort((a, b) => a.at.getTime() - b.at.getTime())
}
