// Service level objectives and their error budgets.

/** One objective over a rolling window. */
export type Slo = {
  name: string
  service: string
  /** Percent, e.g. 99.9. */
  objective: number
  /** Days. */
  window: number
  /**
   * PromQL of the share of good events, 0 to 1, with `$window` for the range, e.g.
   * `sum(rate(good[$window])) / sum(rate(all[$window]))` or `avg_over_time(up{job="x"}[$window])`.
   */
  expr: string
}
