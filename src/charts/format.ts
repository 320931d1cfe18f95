// Numbers as people say them: 812 ms, 3.2 GiB, 45 %, 1.4 k/s.

type Step = { from: number; divisor: number; suffix: string }

const seconds: Step[] = [
  { from: 172_800, divisor: 86_400, suffix: ' d' },
  { from: 7200, divisor: 3600, suffix: ' h' },
  { from: 120, divisor: 60, suffix: ' min' },
  { from: 1, divisor: 1, suffix: ' s' },
  { from: 1e-3, divisor: 1e-3, suffix: ' ms' },
  { from: 1e-6, divisor: 1e-6, suffix: ' µs' },
  { from: 0, divisor: 1e-9, suffix: ' ns' },
]

const prefixes = [
  ['P', 5],
  ['T', 4],
  ['G', 3],
  ['M', 2],
  ['k', 1],
] as const

function binary(unit: string): Step[] {
  const steps = prefixes.map(([prefix, power]) => ({
    from: 1024 ** power,
    divisor: 1024 ** power,
    suffix: ` ${prefix.toUpperCase()}i${unit}`,
  }))
  return [...steps, { from: 0, divisor: 1, suffix: ` ${unit}` }]
}

function decimal(unit: string, small: boolean): Step[] {
  const steps = prefixes.map(([prefix, power]) => ({
    from: 1000 ** power,
    divisor: 1000 ** power,
    suffix: `${prefix}${unit}`,
  }))
  const spaced = steps.map((step) => ({ ...step, suffix: ` ${step.suffix}` }))
  const plain = { from: 0, divisor: 1, suffix: unit === '' || unit.startsWith('/') ? unit : ` ${unit}` }
  if (!small) return [...spaced, plain]
  return [...spaced, { ...plain, from: 1 }, { from: 1e-3, divisor: 1e-3, suffix: ` m${unit}` }, { ...plain, from: 0 }]
}

/** How a unit's values are scaled, the largest scale first. */
function stepsOf(unit: string | null): Step[] {
  switch (unit) {
    case 'seconds':
      return seconds
    case 'milliseconds':
      return scaled(seconds, 1e-3)
    case 'microseconds':
      return scaled(seconds, 1e-6)
    case 'nanoseconds':
      return scaled(seconds, 1e-9)
    case 'bytes':
      return binary('B')
    case 'bytes per second':
      return binary('B/s')
    case 'bits':
    case 'bits per second':
      return decimal(unit === 'bits' ? 'bit' : 'bit/s', false)
    case 'percent':
      return [{ from: 0, divisor: 1, suffix: ' %' }]
    case 'ratio':
      return [{ from: 0, divisor: 0.01, suffix: ' %' }]
    case 'V':
    case 'W':
      return decimal(unit, true)
    default:
      if (unit === null) return decimal('', false)
      if (unit.startsWith('per ')) return decimal(unit === 'per second' ? '/s' : `/${unit.slice(4)}`, false)
      return decimal(unit.endsWith(' per second') ? `${unit.slice(0, -11)}/s` : unit, false)
  }
}

function scaled(steps: Step[], factor: number): Step[] {
  return steps.map((step) => ({ ...step, from: step.from / factor, divisor: step.divisor / factor }))
}

function stepFor(value: number, unit: string | null): Step {
  const size = Math.abs(value)
  const steps = stepsOf(unit)
  const last = steps.at(-1) ?? { from: 0, divisor: 1, suffix: '' }
  // Nothing is nothing in any scale: `0 s`, not `0 ns`.
  if (size === 0) return steps.find(({ divisor }) => divisor === 1) ?? last
  // 999.96 is said as 1 k: compare after rounding to the three digits that are shown.
  return steps.find(({ from }) => size * 1.0005 >= from) ?? last
}

/** No prefix is large enough for what has 300 digits: then powers of ten tell more than a million peta. */
function fitting(step: Step, value: number, unit: string | null): Step {
  if (Math.abs(value / step.divisor) < 1e6) return step
  return stepsOf(unit).find(({ divisor }) => divisor === 1) ?? step
}

/** What one tick of an axis is worth in its own scale: lets ticks be round numbers of GiB or minutes, not of bytes. */
export function scaleOf(largest: number, unit: string | null): number {
  return stepFor(largest, unit).divisor
}

/** A value with its unit, to three significant digits. */
export function formatValue(value: number, unit: string | null): string {
  const { divisor, suffix } = fitting(stepFor(value, unit), value, unit)
  const shown = Number.isFinite(value / divisor) ? value / divisor : value
  const size = Math.abs(shown)
  // A share near the whole is told by its decimals: 99.95 % is not 100 %.
  const nearWhole = suffix === ' %' && size >= 99 && size < 100
  return `${nearWhole ? Number(shown.toFixed(3)) : digits(shown)}${suffix}`
}

/** Ticks of one axis: all in one scale, with as many decimals as it takes to tell neighbours apart. */
export function formatTick(value: number, spacing: number, largest: number, unit: string | null): string {
  const { divisor, suffix } = fitting(stepFor(largest, unit), largest, unit)
  if (Math.abs(largest / divisor) >= 1e6) return `${value === 0 ? '0' : digits(value / divisor)}${suffix}`
  const apart = spacing / divisor
  // So small that every tick would be 0.
  if (Math.abs(largest / divisor) < 1e-4) return `${value === 0 ? '0' : digits(value / divisor)}${suffix}`
  const decimals = apart > 0 ? Math.min(9, Math.max(0, Math.ceil(-Math.log10(apart) - 1e-9))) : 0
  const needed = decimals < 9 && Math.abs(apart * 10 ** decimals - Math.round(apart * 10 ** decimals)) > 1e-6
  const text = (value / divisor).toFixed(needed ? decimals + 1 : decimals)
  return `${Number(text) === 0 ? '0' : text.replace('-', '−')}${suffix}`
}

function digits(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(1).replace('e+', 'e').replace('-', '−')
  const rounded = Number(value.toPrecision(size >= 1000 ? 4 : 3))
  return String(rounded).replace('-', '−')
}

/** `14:02` in the zone; for windows of more than a day with the day. */
export function formatTime(at: number, zone: string, long = false): string {
  const options: Intl.DateTimeFormatOptions = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  if (long) Object.assign(options, { day: 'numeric', month: 'short' })
  return new Intl.DateTimeFormat('en-GB', options).format(at).replace(',', '')
}

/** How long something lasted: `42 s`, `18 min`, `3 h 10 min`, `2 days`. */
export function formatSpan(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 2) return `${Math.max(0, Math.round(milliseconds / 1000))} s`
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.round(hours / 24)} days`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** The longest beginning that is no longer than `length`, with an ellipsis where something is missing. */
export function shortened(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

/** Long names differ at the end as often as at the beginning (`payments-7d9f8-x2x4q`): the middle goes. */
export function shortenedMiddle(text: string, length: number): string {
  const characters = [...text]
  if (characters.length <= length) return text
  const head = Math.ceil((length - 1) / 2)
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (length - 1 - head)).join('')}`
}
