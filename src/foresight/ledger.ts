// What a simulated incident has been called and told so far, as the database would hold it, and the pages of it that wait until
// somebody's quiet hours end.
import type { Rules } from '../bot.ts'
import type { Incident } from '../core/incident.ts'
import { isHandedOn, kindOfPage, type Page } from '../core/page.ts'
import type { Override } from '../core/schedule.ts'
import { type Entry, entry, type NewEntry } from '../core/timeline.ts'
import { fateOf } from '../flow/fate.ts'
import { callHeirs, heirsOf, mayBeOthers, whoseOf } from '../flow/heirs.ts'
import { isOutdone } from '../flow/wanted.ts'

export type Written = { entries: NewEntry[]; pages: Page[] }

export class Ledger {
  readonly #rules: Rules
  readonly #overrides: Override[]
  readonly #timeline: Entry[] = []
  #pages: Page[] = []
  #held: Page[] = []

  constructor(rules: Rules, overrides: Override[]) {
    this.#rules = rules
    this.#overrides = overrides
  }

  write({ entries, pages }: Written): void {
    for (const one of entries) this.#timeline.push({ ...one, id: this.#timeline.length + 1, text: '' })
    this.#pages.push(...pages)
    this.#held.push(...pages.filter((page) => entries.some((one) => postpones(one, page))))
  }

  /** Of what only repeats itself: what goes out now, and takes the place of what was called before. */
  repeat({ entries, pages }: Written): void {
    this.#pages.push(...pages.filter((page) => !entries.some((one) => postpones(one, page))))
  }

  isHeld(page: Page): boolean {
    return this.#held.includes(page)
  }

  /** Somebody has it: whom the policy was still to call, it does not call. */
  answered(at: Date): void {
    const isOver = ({ key, dueAt }: Page) => dueAt > at && ['s', 'l', 'r'].includes(kindOfPage(key))
    this.#drop(isOver)
  }

  /** When the next page goes out that waits for the end of quiet hours; null: none does. */
  nextAt(): Date | null {
    return this.#held.reduce<Date | null>((first, { dueAt }) => (first === null || dueAt < first ? dueAt : first), null)
  }

  /** Those that go out now, and what the engine decides in place of those that do not, which is written. */
  wake(incident: Incident, now: Date): { out: Page[]; instead: Written[] } {
    const due = this.#held.filter(({ dueAt }) => dueAt <= now)
    this.#held = this.#held.filter((page) => !due.includes(page))
    const [out, instead]: [Page[], Written[]] = [[], []]
    for (const page of due) {
      if (this.#pages.find(({ key }) => key === page.key)?.status === 'cancelled') continue
      const fate = this.#fateOf(incident, page, now)
      const handed = fate === 'handed on' ? this.#handOn(incident, page, now) : null
      if (fate === 'needless' || fate === 'handed on') this.#drop(({ key }) => key === page.key)
      else out.push(page)
      if (handed !== null) instead.push(handed)
    }
    return { out, instead }
  }

  #fateOf(incident: Incident, page: Page, now: Date) {
    const view = this.#view(incident)
    const mayBe = mayBeOthers(view, page, isOutdone(page, view.pages, now))
    const whose = mayBe ? whoseOf(this.#rules, this.#overrides, view, page, now) : null
    return fateOf(this.#rules, view, page, whose, now)
  }

  /** Null: another of the ways on which the same call was to go has seen to it. */
  #handOn(incident: Incident, page: Page, now: Date): Written | null {
    const view = this.#view(incident)
    const heirs = heirsOf(this.#rules, this.#overrides, view, page, now)
    if (heirs === null || this.#timeline.some((one) => isHandedOn(one, page))) return null
    const { entry: call, calls } = callHeirs(this.#rules, view, page, heirs, now)
    this.#drop((one) => one.dueAt > now && isOfCall(one, page))
    const facts = calls.flatMap((one) => one.facts.map((fact) => entry(fact, now)))
    const written = { entries: [call, ...facts], pages: calls.flatMap(({ pages }) => pages) }
    this.write(written)
    return written
  }

  #drop(isDropped: (page: Page) => boolean): void {
    this.#pages = this.#pages.map((page) => (isDropped(page) ? { ...page, status: 'cancelled' } : page))
    this.#held = this.#held.filter((page) => !isDropped(page))
  }

  #view(incident: Incident) {
    return { incident, timeline: this.#timeline, pages: this.#pages }
  }
}

function postpones({ fact }: NewEntry, { person, channel }: Page): boolean {
  return fact.kind === 'page_postponed' && fact.person === person && (fact.channel ?? channel) === channel
}

function isOfCall(one: Page, page: Page): boolean {
  return one.person === page.person && one.round === page.round && one.step === page.step
}
