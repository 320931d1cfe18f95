// A little memory for what is worked out again and again: the latest answers by question, and no more than so many.

export class Remembered<Answer> {
  readonly #most: number
  #recent = new Map<string, Answer>()
  #before = new Map<string, Answer>()

  /** `most`: answers kept; up to twice as many for a while. */
  constructor(most: number) {
    this.#most = most
  }

  get(question: string): Answer | undefined {
    const recent = this.#recent.get(question)
    if (recent !== undefined) return recent
    const before = this.#before.get(question)
    if (before !== undefined) this.set(question, before)
    return before
  }

  /** Questions that nobody asks any more are forgotten. A long one is not kept: it is hardly asked twice. */
  set(question: string, answer: Answer): void {
    if (question.length > longest) return
    if (this.#recent.size >= this.#most) {
      this.#before = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(question, answer)
  }
}

/** Characters of a question. */
const longest = 4_000
