// An hour of incidents in a few minutes, with replicas killed at random moments all through it: while they start, while they
// page, while they write. Afterwards nothing is lost, doubled, or left undone. TOCSIN_KILLS says how many; 25 unless told.
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { FreshDatabase } from '../database.ts'
import { timeFlies } from './fast.ts'
import { fire, quiet, say, setting, team } from './setting.ts'
import { configFile, spawnTocsin, type TestClock } from './tocsin.ts'
import { gaps, lies } from './truth.ts'

const kills = Number(process.env.TOCSIN_KILLS ?? 25)
/** As many times as fast as the world. */
const factor = 30
const minute = 60_000
const replicas = 3

const restless = team
  .replace(
    /policies: .*/,
    'policies: { default: { rounds: 2, steps: [{ page: "person:ada", wait: 3m }, { page: "person:bob", wait: 3m }], last_resort: { people: [bob], every: 4m } } }',
  )
  .concat(
    'severities: { P1: { clocks: { respond: 30m } }, P2: { clocks: { respond: 1h } } }\ngrouping: { quiet_for: 2m }\n',
  )

it(
  `loses and doubles nothing in an hour with ${kills} kills at random moments`,
  async () => {
    const clock: TestClock = { factor, since: Date.now() }
    const now = () => new Date(clock.since + (Date.now() - clock.since) * factor)
    // Slack's too: a room whose opening was interrupted is known by its age.
    const { slack, database, env } = await setting(now)
    await timeFlies(database, clock)
    const crew = new Crew({ ...env, TOCSIN_CONFIG: configFile(restless), LOG_LEVEL: 'warn' }, clock)
    await crew.begin()
    const accepted = await anHour(crew, database)
    // Everybody gets to bed: what is left is acknowledged and ended, and then there must be nothing left to do.
    for (const number of await unresolved(database))
      await crew.insist((url) => say(url, 'ada', `/incident resolve ${number}`))
    await quiet(database, now)
    expect(await lies(slack, database, accepted)).toEqual([])
    expect(await gaps(database, 4 * minute + (crew.longestOutage + 15_000) * factor)).toEqual([])
    expect(crew.killed).toBe(kills)
    expect(crew.surprises()).toEqual([])
    await crew.end()
  },
  60_000 + kills * 8_000,
)

/** What people and monitoring do, one thing after the other, until enough replicas were killed. */
async function anHour(crew: Crew, database: FreshDatabase): Promise<Set<string>> {
  const accepted = new Set<string>()
  const killing = crew.killAtRandom(kills)
  let over = false
  void killing.finally(() => {
    over = true
  })
  for (let i = 0; !over; i++) {
    const service = `service-${i % 5 === 4 ? any(i) : i}`
    const numbers = await unresolved(database)
    const number = numbers[any(numbers.length)]
    const deeds: ((url: string) => Promise<boolean>)[] = [
      async (url) => (await fire(url, service)) && Boolean(accepted.add(service)),
      async (url) => (await fire(url, service)) && Boolean(accepted.add(service)),
      (url) => say(url, 'ada', `/incident ack ${number}`),
      (url) => say(url, 'bob', `/incident escalate ${number}`),
      (url) => say(url, 'bob', `/incident sev ${number} P${1 + any(2)} it changed`),
      (url) => fire(url, `service-${any(i + 1)}`, 'resolved'),
      (url) => say(url, 'ada', `/incident note ${number} looking at it`),
      (url) => say(url, 'ada', `/incident resolve ${number}`),
    ]
    const deed = deeds[any(deeds.length)]
    const url = crew.anyone()
    if (deed && url) await deed(url)
    await pause(any(400))
  }
  await killing
  return accepted
}

function any(below: number): number {
  return Math.floor(Math.random() * below)
}

async function unresolved({ db }: FreshDatabase): Promise<number[]> {
  const { rows } = await db.query<{ number: number }>("select number from incidents where status <> 'resolved'")
  return rows.map((row) => row.number)
}

/** Replicas that are killed and started again. */
class Crew {
  killed = 0
  readonly #env: Record<string, string>
  readonly #clock: TestClock
  readonly #all: ReturnType<typeof spawnTocsin>[] = []
  readonly #alive = new Map<number, string>()
  /** Milliseconds that a start takes on this machine at the moment. */
  #startTime = 0
  #lastSeen = performance.now()
  /** Milliseconds for which none was up: nobody can be called then. */
  longestOutage = 0

  constructor(env: Record<string, string>, clock: TestClock) {
    this.#env = env
    this.#clock = clock
  }

  async begin(): Promise<void> {
    await this.#start().ready
  }

  #start() {
    const since = performance.now()
    const tocsin = spawnTocsin(this.#env, { clock: this.#clock })
    this.#all.push(tocsin)
    const up = (url: string) => {
      this.#startTime = performance.now() - since
      if (this.#alive.size === 0) this.longestOutage = Math.max(this.longestOutage, performance.now() - this.#lastSeen)
      this.#alive.set(tocsin.pid, url)
    }
    void tocsin.ready.then(up).catch(() => {})
    return tocsin
  }

  #gone(pid: number): void {
    if (this.#alive.delete(pid) && this.#alive.size === 0) this.#lastSeen = performance.now()
  }

  /** The address of one that is up; null when none is. */
  anyone(): string | null {
    const urls = [...this.#alive.values()]
    return urls[any(urls.length)] ?? null
  }

  async insist(deed: (url: string) => Promise<boolean>): Promise<void> {
    for (;;) {
      const url = this.anyone()
      if (url !== null && (await deed(url))) return
      await pause(100)
    }
  }

  /** Each slot has a life after the other; some end before they have begun to work. The last lives are left. */
  async killAtRandom(times: number): Promise<void> {
    const slots = Array.from({ length: replicas }, async (_, slot) => {
      let tocsin = slot === 0 ? this.#all[0] : undefined
      while (this.killed < times) {
        tocsin ??= this.#start()
        // One in three dies while it starts; a start takes longer the busier the machine is.
        if (any(3) === 0) await pause(any(this.#startTime))
        else await tocsin.ready.then(() => pause(any(1_200))).catch(() => {})
        if (this.killed >= times) break
        this.killed++
        this.#gone(tocsin.pid)
        await tocsin.kill()
        tocsin = undefined
      }
      // As a supervisor does it: again, when one did not come up.
      while (!(await (tocsin ?? this.#start()).ready.catch(() => null))) tocsin = undefined
    })
    await Promise.all(slots)
  }

  /** Lines of the logs that say that something happened which nobody foresaw. */
  surprises(): string[] {
    const lines = this.#all.flatMap((tocsin) => tocsin.output().split('\n'))
    return lines.filter((line) => /nobody foresaw|cannot be decided|was overdue|did not wait for its next/.test(line))
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((tocsin) => tocsin.kill()))
  }
}
