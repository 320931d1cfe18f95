// How much work something is: however busy the machine is, about the same.

/** Milliseconds that this process works meanwhile. */
export function workOf(run: () => unknown): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
