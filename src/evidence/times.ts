// Instants and lengths of time as evidence tells them: to the second, because that is what is compared.

/** The time on the wall, with seconds. */
export function clockTime(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at)
}

/** A length of time as people say it of requests: `840 ms`, `4.2 s`, `3 min`. */
export function lengthOf(milliseconds: number): string {
  if (milliseconds < 10) return `${Number(milliseconds.toFixed(1))} ms`
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${Number((milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0))} s`
  return `${Number((milliseconds / 60_000).toFixed(1))} min`
}
