// Keeps this process on the time of the database, and says so when the machine's own clock is wrong. Replicas whose clocks
// differ would decide at different instants: the one ahead would page early, the one behind would page late.
import type { SharedClock } from '../clock.ts'
import type { Check } from '../http/deps.ts'
import type { Log } from '../log.ts'
import { clockError } from '../metrics.ts'
import type { Db } from '../store/db.ts'
import { databaseTime } from '../store/time.ts'
import { loop } from './timer.ts'

const every = 10_000
/** How often the two clocks of the machine are compared; that costs nothing. */
const glance = 1_000
/** Milliseconds by which they may part between two glances: more is a clock that was set, or a machine that slept. */
const jump = 500
/** Milliseconds from which on a clock is wrong. */
const tolerable = 5_000

export type Timekeeper = { check(): Check; stop(): Promise<void> }

/** Resolves once the time has been read; rejects when the database does not tell it. */
export async function startTimekeeper(db: Db, clock: SharedClock, log: Log): Promise<Timekeeper> {
  let readAt = 0
  let error = 0
  let warned = false
  const read = async () => {
    const asked = clock.monotonic()
    const shared = await databaseTime(db)
    readAt = clock.monotonic()
    clock.learn(shared, asked, readAt)
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
      if (moved || clock.monotonic() - readAt >= every) await read()
      return glance
    },
    (problem) => log.warn({ err: problem }, 'the database does not tell the time; counting on from what it said last'),
  )
  const check = () => (Math.abs(error) < tolerable ? { ok: true } : { ok: false, detail: sentence(error) })
  return { check, stop }
}

function sentence(error: number): string {
  const seconds = Math.abs(Math.round(error / 1000))
  return (
    `this machine's clock is ${seconds} s ${error > 0 ? 'ahead of' : 'behind'} the database's. Tocsin goes by the ` +
    "database's, so nothing is early or late; set the clock right (NTP) on the machine that is wrong"
  )
}
