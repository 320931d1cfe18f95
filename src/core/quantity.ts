// A number with its unit as people write it (`100ms`, `95%`, `2GiB`, `0.8`), and what it is in the unit of a chart.

/** In the unit's own base: seconds, bytes, or the share of a whole; null: a bare number. */
export type Quantity = { value: number; of: 'seconds' | 'bytes' | 'share' | null }

const factors: Record<string, [of: NonNullable<Quantity['of']>, factor: number]> = {
  ns: ['seconds', 1e-9],
  us: ['seconds', 1e-6],
  µs: ['seconds', 1e-6],
  ms: ['seconds', 1e-3],
  s: ['seconds', 1],
  m: ['seconds', 60],
  min: ['seconds', 60],
  h: ['seconds', 3600],
  d: ['seconds', 86_400],
  '%': ['share', 0.01],
  B: ['bytes', 1],
  kB: ['bytes', 1e3],
  MB: ['bytes', 1e6],
  GB: ['bytes', 1e9],
  TB: ['bytes', 1e12],
  KiB: ['bytes', 1024],
  MiB: ['bytes', 1024 ** 2],
  GiB: ['bytes', 1024 ** 3],
  TiB: ['bytes', 1024 ** 4],
}

/** Null: it is not one. */
export function parseQuantity(written: string): Quantity | null {
  const [, number, unit = ''] = /^(-?(?:\d+(?:\.\d*)?|\.\d+)(?:e-?\d+)?)\s*([A-Za-zµ%]*)$/.exec(written.trim()) ?? []
  if (number === undefined) return null
  if (unit === '') return { value: Number(number), of: null }
  const known = factors[unit]
  if (known === undefined) return null
  const [of, factor] = known
  return { value: Number((Number(number) * factor).toPrecision(12)), of }
}

const scales: Record<string, [of: NonNullable<Quantity['of']>, factor: number]> = {
  seconds: ['seconds', 1],
  milliseconds: ['seconds', 1e3],
  microseconds: ['seconds', 1e6],
  nanoseconds: ['seconds', 1e9],
  bytes: ['bytes', 1],
  'bytes per second': ['bytes', 1],
  ratio: ['share', 1],
  percent: ['share', 100],
}

/** The number in a chart's unit; a bare number is in that unit already. Null: it measures something else. */
export function inUnit({ value, of }: Quantity, unit: string): number | null {
  if (of === null) return value
  const scale = scales[unit]
  return scale === undefined || scale[0] !== of ? null : Number((value * scale[1]).toPrecision(12))
}

/** The unit of a chart of which nothing but its bounds tells what it measures; null: they do not either. */
export function unitOfQuantity({ of }: Quantity): string | null {
  return of === 'share' ? 'ratio' : of
}
