// Who edits next where a platform takes only so many edits a minute, of all messages together. What people do is shown at once;
// what only counts, or adds a link, waits for its place, so that the other is never the one that is sent away.

/** Milliseconds until a message may be edited again, of which a platform wants `pause` between two edits. */
export function untilEdit(editedAt: Date | null, pause: number, now: Date): number {
  const since = now.getTime() - (editedAt?.getTime() ?? 0)
  // As far ahead as only a clock can have put it that was set back since: it would say what is no longer true until then.
  return since < -pause ? 0 : Math.max(0, pause - since)
}

/** Edits that nobody waits for, made at once before they are spread out. */
const atOnce = 10

/** An incident's place is good for its card and a page. */
const each = 2

/** Of what the platform takes, the part for what nobody waits for. */
const part = 0.6

/** Milliseconds: no place is further off, and no edit is owed for longer. */
const longest = 180_000

export class EditPlaces {
  readonly #spacing: number
  /** When what was made so far is made up for; milliseconds since 1970. */
  #owed = 0
  #last = 0
  /** By incident; milliseconds since 1970. */
  readonly #places = new Map<number, number>()

  /** `aMinute`: edits that the platform takes. */
  constructor(aMinute: number) {
    this.#spacing = 60_000 / (aMinute * part)
  }

  made(now: Date): void {
    this.#owed = Math.max(this.#owed, now.getTime()) + this.#spacing
    this.#forget(now.getTime())
  }

  /** Milliseconds until those edits of an incident that nobody waits for have their place; 0: now. */
  wait(incident: number, now: Date): number {
    const at = now.getTime()
    this.#forget(at)
    const place = this.#places.get(incident) ?? this.#next(at)
    this.#places.delete(incident)
    if (place <= at) return 0
    // Where none is near enough to be kept, it is asked for again.
    if (place > at + longest) return longest
    this.#places.set(incident, place)
    return Math.ceil(place - at)
  }

  #next(at: number): number {
    const last = this.#last > at ? this.#last + each * this.#spacing : at
    const next = Math.max(last, this.#owed - atOnce * this.#spacing)
    if (next > at && next <= at + longest) this.#last = next
    return next
  }

  /** What nobody came for, and what is as far off as only a clock can have put it that was set back since. */
  #forget(at: number): void {
    this.#last = Math.min(this.#last, at + longest)
    this.#owed = Math.min(this.#owed, at + longest)
    for (const [incident, place] of this.#places)
      if (place < at - longest || place > at + longest) this.#places.delete(incident)
  }
}
