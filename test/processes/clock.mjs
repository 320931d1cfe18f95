// Loaded into a bot under test before anything else (node --import): its machine's clock is wrong, or all its time runs fast.
// TEST_CLOCK={"ahead": milliseconds} sets the clock of the machine, which is all that an operator can get wrong;
// {"factor": n, "since": instant} lets wall clock, monotonic clock and timers run n times as fast from an instant on.
import timers from 'node:timers'

const { ahead = 0, factor = 1, since = 0 } = JSON.parse(process.env.TEST_CLOCK ?? '{}')
const RealDate = Date
const realNow = RealDate.now
const now = () => Math.round(since + (realNow() - since) * factor) + ahead

globalThis.Date = class TestDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given))
  }
  static now() {
    return now()
  }
}

if (factor !== 1) {
  const monotonic = performance.now.bind(performance)
  performance.now = () => monotonic() * factor
  // The network and the processors are no faster than they were: how long libraries wait for an answer stays as it is, and
  // so does what only keeps a loop from spinning.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 4)
  const isLibrary = () => /node_modules|node:/.test(new Error().stack?.split('\n')[4] ?? '')
  const shorter = (milliseconds = 0) =>
    isLibrary() ? milliseconds : Math.max(Math.min(milliseconds, 20), milliseconds / factor)
  for (const name of ['setTimeout', 'setInterval']) {
    const real = globalThis[name]
    const fast = (work, milliseconds, ...rest) => real(work, shorter(milliseconds), ...rest)
    Object.assign(fast, real)
    globalThis[name] = fast
    timers[name] = fast
  }
}
