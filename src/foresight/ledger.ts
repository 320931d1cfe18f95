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
  /** By key. */
  readonly #pages = new Map<string, Page>()
  /** Keys of those that wait. */
  readonly #held = new Set<string>()

  constructor(rules: Rules, overrides: Override[]) {
    this.#rules = rules
    this.#overrides = overrides
  }

  write({ entries, pages }: Written): void {
    for (const one of entries) this.#timeline.push({ ...one, id: this.#timeline.length + 1, text: '' })
    const waiting = this.#waiting()
    for (const page of pages) {
      // One that came to nothing may be written again.
      if ((this.#pages.get(page.key)?.status ?? 'cancelled') !== 'cancelled') continue
      const isHeld = entries.some((one) => postpones(one, page))
      if (isHeld) for (const one of waiting) if (isSameStep(one, page)) this.#cancel(one)
      this.#pages.set(page.key, page)
      if (isHeld) this.#held.add(page.key)
    }
  }

  /** Of what only repeats itself: what goes out now, and takes the place of what was called before. Who wakes up now hears that. */
  repeat({ entries, pages }: Written): void {
    const waking = (page: Page) => this.#waiting().some((one) => one.dueAt <= page.dueAt && isSameWay(one, page))
    for (const page of pages.filter((page) => !entries.some((one) => postpones(one, page)))) {
      if (waking(page)) this.#held.add(page.key)
      this.#pages.set(page.key, page)
    }
  }

  isHeld(page: Page): boolean {
    return this.#held.has(page.key)
  }

  /** Somebody has it: who was still to be called is not. */
  answered(at: Date): void {
    this.#drop(({ dueAt }) => dueAt > at)
  }

  /** When the next page goes out that waits for the end of quiet hours; null: none does. */
  nextAt(): Date | null {
    return this.#waiting().reduce<Date | null>((first, { dueAt }) => (first && first <= dueAt ? first : dueAt), null)
  }

  /** Those that go out now, and what the engine decides in place of those that do not, which is written. */
  wake(incident: Incident, now: Date): { out: Page[]; instead: Written[] } {
    const due = this.#waiting().filter(({ dueAt }) => dueAt <= now)
    for (const { key } of due) this.#held.delete(key)
    const [out, instead]: [Page[], Written[]] = [[], []]
    for (const page of due) {
      if (this.#pages.get(page.key) !== page) continue
      const fate = this.#fateOf(incident, page, now)
      const handed = fate === 'handed on' ? this.#handOn(incident, page, now) : null
      if (fate === 'needless' || fate === 'handed on') this.#cancel(page)
      else {
        this.#pages.set(page.key, { ...page, status: 'sent', sentAt: now })
        out.push(page)
      }
      if (handed !== null) instead.push(handed)
    }
    return { out, instead }
  }

  #fateOf(incident: Incident, page: Page, now: Date) {
    // What is about others decides nothing here, and is most of it where many are called many times.
    const { pages, timeline } = this.#view(incident)
    const isMine = ({ fact }: Entry) => fact.kind !== 'page_postponed' || fact.person === page.person
    const mine = pages.filter(({ person }) => person === page.person)
    const view = { incident, timeline: timeline.filter(isMine), pages: mine }
    const mayBe = mayBeOthers(view, page, isOutdone(page, mine, now))
    const whose = mayBe ? whoseOf(this.#rules, this.#overrides, view, page, now) : null
    return fateOf(this.#rules, view, page, whose, now)
  }

  /** Null: another of the ways on which the same call was to go has seen to it. */
  #handOn(incident: Incident, page: Page, now: Date): Written | null {
    const view = this.#view(incident)
    const heirs = heirsOf(this.#rules, this.#overrides, view, page, now)
    if (heirs === null || this.#timeline.some((one) => isHandedOn(one, page))) return null
    const { entry: call, calls } = callHeirs(this.#rules, this.#overrides, view, page, heirs, now)
    this.#drop((one) => one.dueAt > now && isOfCall(one, page))
    const facts = calls.flatMap((one) => one.facts.map((fact) => entry(fact, now)))
    const written = { entries: [call, ...facts], pages: calls.flatMap(({ pages }) => pages) }
    this.write(written)
    return written
  }

  #waiting(): Page[] {
    return [...this.#held].flatMap((key) => this.#pages.get(key) ?? [])
  }

  #drop(isDropped: (page: Page) => boolean): void {
    for (const page of this.#pages.values()) if (isDropped(page)) this.#cancel(page)
  }

  #cancel(page: Page): void {
    this.#pages.set(page.key, { ...page, status: 'cancelled' })
    this.#held.delete(page.key)
  }

  #view(incident: Incident) {
    return { incident, timeline: this.#timeline, pages: [...this.#pages.values()] }
  }
}

function postpones({ fact }: NewEntry, { person, channel }: Page): boolean {
  return fact.kind === 'page_postponed' && fact.person === person && (fact.channel ?? channel) === channel
}

function isOfCall(one: Page, page: Page): boolean {
  return one.person === page.person && one.round === page.round && one.step === page.step
}

function isSameWay(one: Page, page: Page): boolean {
  return one.person === page.person && one.channel === page.channel
}

/** Of one step in two rounds, to go out at once: whatever becomes of the later one, the other is needless. */
function isSameStep(one: Page, page: Page): boolean {
  const isStep = [one, page].every(({ key }) => kindOfPage(key) === 's')
  return isStep && one.step === page.step && isSameWay(one, page) && one.dueAt.getTime() === page.dueAt.getTime()
}
