// What people write for a unit, in the words that the axes know: `s` and `seconds`, `%` and `percent`, and the names that
// Grafana has for them, since charts are copied from there.

const names: Record<string, string[]> = {
  seconds: ['s', 'sec', 'secs', 'second'],
  milliseconds: ['ms', 'msec', 'millisecond', 'millis'],
  microseconds: ['us', 'µs', 'μs', 'microsecond', 'micros'],
  nanoseconds: ['ns', 'nanosecond', 'nanos'],
  bytes: ['b', 'byte', 'ib', 'bytes(iec)'],
  'bytes per second': ['b/s', 'bps(bytes)', 'bytes/s', 'bytes/sec', 'binbps(bytes)', 'byte/s'],
  bits: ['bit'],
  'bits per second': ['bit/s', 'bits/s', 'bits/sec', 'bps'],
  percent: ['%', 'pct', 'percentage', 'percent(0-100)'],
  ratio: ['percentunit', 'percent(0.0-1.0)', 'share', 'fraction'],
  'per second': [
    '/s',
    '1/s',
    'hz',
    'rps',
    'reqps',
    'ops',
    'qps',
    'iops',
    'cps',
    'eps',
    'mps',
    'wps',
    'req/s',
    'requests/s',
  ],
  'per minute': ['/min', '1/min', 'rpm', 'opm', 'cpm', 'req/min'],
  '°C': ['celsius', 'c', '°c'],
  V: ['volt', 'volts'],
  W: ['watt', 'watts'],
}

const known = new Map(Object.entries(names).flatMap(([unit, others]) => others.map((other) => [other, unit] as const)))
for (const unit of Object.keys(names)) known.set(unit.toLowerCase(), unit)

/**
 * A unit as `Chart.unit` knows it. Null for what is no unit at all (`short`, `none`); a word that nobody knows is kept:
 * `messages`. `Bps` (Grafana: bytes) and `bps` (bits) differ in one letter.
 */
export function unitNamed(written: string): string | null {
  const unit = written.trim()
  if (unit === 'Bps' || unit === 'binBps') return 'bytes per second'
  const word = unit.toLowerCase()
  if (word === '' || word === 'short' || word === 'none' || word === 'count' || word === 'number') return null
  return known.get(word) ?? unit
}
