// Pages that may have gone out before a failover, although nothing is known of it: each is looked for before it is sent.
import type { Line } from '../store/db.ts'
import { isRestarted, type Server, serverNow } from '../store/server.ts'

/** Milliseconds for which the record of one that went out may be lost. */
const doubtful = 60_000

/** Milliseconds after which the server is looked at again: so old may its files be that a restart with them is taken for one with its own. */
const lookedAt = 10_000

export class Doubts {
  /** Asked over the line, as pages are claimed: one that was claimed waits for the answer, and must not stand behind the rooms. */
  readonly #line: Line
  /** The server as it was last seen; null: nobody has said yet. */
  #server: Server | null = null
  /** What the database called it then; see `Line.server`. */
  #named: string | null = null
  #seen = Number.NEGATIVE_INFINITY
  #until = 0
  /** Looked for since, and not there: looking costs what others wait for. */
  readonly #cleared = new Set<string>()

  constructor(line: Line) {
    this.#line = line
  }

  /** To be asked at each look. As long as nobody can say which server it is, each page is doubted. Never rejects. */
  async look(now: Date): Promise<(key: string) => boolean> {
    const isKnown = await this.#learn(now)
    const isDoubtful = !isKnown || now.getTime() < this.#until
    return (key) => isDoubtful && !this.#cleared.has(key)
  }

  async #learn(now: Date): Promise<boolean> {
    const named = this.#line.server()
    const isOther = named !== this.#named
    if (!isOther && now.getTime() - this.#seen < lookedAt) return true
    const server = await serverNow(this.#line).catch(() => null)
    if (server === null) return !isOther
    // Connections lead to several servers, of which an old one may still be there and take what is written.
    if (named !== null && server.began !== named) return false
    // A process that has just begun cannot know which server was there before.
    const before = this.#server
    const isWhole = before === null ? !server.recovered : before.began === server.began || isRestarted(before, server)
    if (!isWhole) {
      this.#until = now.getTime() + doubtful
      this.#cleared.clear()
    }
    this.#server = server
    this.#named = named
    this.#seen = now.getTime()
    return true
  }

  clear(key: string): void {
    this.#cleared.add(key)
  }
}
