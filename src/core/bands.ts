// How good is good enough: the target, what is acceptable, and what is critical, as three bounds of one measure.

/** Bounds are in the unit of what is measured; null: not given. Two of them at least are, and they go one way. */
export type Bands = {
  /** Which side of the bounds is worse. */
  bad: 'above' | 'below'
  target: number | null
  acceptable: number | null
  critical: number | null
}

/** The zones, the best first: within the target, acceptable, worse than that, critical. */
export type BandName = 'target' | 'acceptable' | 'poor' | 'critical'

export type Zone = {
  name: BandName
  /** From its better end to its worse one; null: it goes on for ever. */
  better: number | null
  worse: number | null
}

/** Null: they do not go one way, or there are fewer than two of them. */
export function bandsOf(bounds: Omit<Bands, 'bad'>): Bands | null {
  const { target, acceptable, critical } = bounds
  const known = [target, acceptable, critical].filter((bound) => bound !== null)
  const steps = known.slice(1).map((bound, index) => bound - (known[index] ?? 0))
  if (steps.length === 0) return null
  if (steps.every((step) => step > 0)) return { bad: 'above', ...bounds }
  return steps.every((step) => step < 0) ? { bad: 'below', ...bounds } : null
}

/** Those there are, the best first. What is neither acceptable nor critical is poor; so is it when one of the two is not given. */
export function zonesOf({ target, acceptable, critical }: Bands): Zone[] {
  const zones: Zone[] = []
  let from: number | null = null
  const upTo = (name: BandName, bound: number | null) => {
    if (bound === null) return
    zones.push({ name, better: from, worse: bound })
    from = bound
  }
  upTo('target', target)
  upTo('acceptable', acceptable)
  // Between the target and what is critical, with nothing said about what is acceptable.
  upTo(acceptable === null ? 'acceptable' : 'poor', critical)
  zones.push({ name: critical === null ? 'poor' : 'critical', better: from, worse: null })
  return zones
}

/** The zone of a value. A value at a bound is on its better side. */
export function zoneAt(bands: Bands, value: number): BandName {
  const isBetter = (bound: number) => (bands.bad === 'above' ? value <= bound : value >= bound)
  const zone = zonesOf(bands).find(({ worse }) => worse === null || isBetter(worse))
  return zone?.name ?? 'critical'
}
