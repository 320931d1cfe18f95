// Keeps this process on the time of the database, and says so when the machine's own clock is wrong. Replicas whose clocks
// differ would decide at different instants: the one ahead would page early, the one behind would page late.
import type { SharedClock } from '../clock.ts'
import type { Check } from '../http/deps.ts'
import type { Log } from '../log.ts'
import { clockError } from '../metrics.ts'
import type { Db } from '../store/db.ts'
import { databaseTime } from '../store/time.ts'
import { loop } from './timer.ts'

/** Milliseconds between two readings. */
const usually = 10_000
/** How often the two clocks of the machine are compared; that costs nothing. */
const glance = 1_000
/** Milliseconds by which they may part between two glances: more is a clock that was set, or a machine that slept. */
const jump = 500
/** Milliseconds from which on a clock is wrong. */
const tolerable = 5_000
/** Milliseconds for which a clock that was set is trouble at least: what it moved may be due at any time until it is made up for. */
const aftermath = 600_000

export type Timekeeper = { check(): Check; stop(): Promise<void> }

/** Resolves once the time has been read; rejects when the database does not tell it. */
export async function startTimekeeper(db: Db, clock: SharedClock, log: Log, every = usually): Promise<Timekeeper> {
  let readAt: number | null = null
  let set: { sentence: string; until: number } | null = null
  let error = 0
  let warned = false
  const read = async () => {
    const asked = clock.monotonic()
    const shared = await databaseTime(db)
    const answered = clock.monotonic()
    const counted = clock.now().getTime()
    clock.learn(shared, asked, answered)
    const moved = clock.now().getTime() - counted
    // A machine that slept has missed time, too, but its own clock says the same as the database's.
    const slept = moved > 0 && Math.abs(clock.ownError() - error) < tolerable
    if (readAt !== null && Math.abs(moved) >= tolerable && !slept) {
      set = { sentence: settingOf(moved), until: answered + Math.max(Math.abs(moved), aftermath) }
      log.error({ seconds: moved / 1000 }, set.sentence)
    }
    readAt = answered
    error = clock.ownError()
    clockError.set(error / 1000)
    const wrong = Math.abs(error) >= tolerable
    if (wrong && !warned) log.error({ seconds: error / 1000 }, sentence(error))
    if (!wrong && warned) log.info({ seconds: error / 1000 }, "this machine's clock agrees with the database's again")
    warned = wrong
  }
  await read()
  const { stop } = loop(
    async () => {
      const moved = Math.abs(clock.ownError() - error) > jump
      if (moved || clock.monotonic() - (readAt ?? 0) >= every) await read()
      return Math.min(glance, every)
    },
    (problem) => log.warn({ err: problem }, 'the database does not tell the time; counting on from what it said last'),
  )
  const check = () => {
    if (set !== null && clock.monotonic() < set.until) return { ok: false, detail: set.sentence }
    return Math.abs(error) < tolerable ? { ok: true } : { ok: false, detail: sentence(error) }
  }
  return { check, stop }
}

function settingOf(moved: number): string {
  const seconds = Math.abs(Math.round(moved / 1000))
  return moved < 0
    ? `the database's clock was set back by ${seconds} s while Tocsin ran: pages that wait are that much later than promised. Look at the open incidents now`
    : `the database's clock was set ahead by ${seconds} s while Tocsin ran: whatever would have been due in that time is due now`
}

function sentence(error: number): string {
  const seconds = Math.abs(Math.round(error / 1000))
  return (
    `this machine's clock is ${seconds} s ${error > 0 ? 'ahead of' : 'behind'} the database's. Tocsin goes by the ` +
    "database's, so nothing is early or late; set the clock right (NTP) on the machine that is wrong"
  )
}
