// What a section of the benchmark hands back, and how numbers become one: percentiles and ratios, nothing cleverer.

/** One line of the table. `beside`: the peer or limit measured in the same run, in the same unit. */
export type Row = {
  figure: string
  value: number
  unit: string
  beside?: { what: string; value: number }
  target?: { text: string; met: boolean }
}

export type Section = { title: string; rows: Row[]; notes: string[] }

/** The value below which a share of them lies (nearest rank). NaN without any. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN
}

export function atMost(value: number, limit: number, unit: string): Row['target'] {
  return { text: `≤ ${limit} ${unit}`.trim(), met: value <= limit }
}

export function atLeast(value: number, limit: number, unit: string): Row['target'] {
  return { text: `≥ ${limit} ${unit}`.trim(), met: value >= limit }
}

/** A share or a multiple of what stands beside it; no target when nothing does. */
export function times(value: number, beside: number | undefined, most: number, way: 'at most' | 'at least') {
  if (beside === undefined) return undefined
  const ratio = value / beside
  return { text: `${way} ${most}×`, met: way === 'at most' ? ratio <= most : ratio >= most }
}
