// What a chart shows, before it is a picture.

export type Series = {
  name: string
  /** [epoch milliseconds, value]; null is a gap and is drawn as one. */
  points: [number, number | null][]
}

export type Chart = {
  title: string
  /** Second line, e.g. the service and the window. */
  subtitle: string
  /** `seconds`, `bytes`, `percent` (0–100), `ratio` (0–1), `per second`, or any word; null: plain numbers. */
  unit: string | null
  /** IANA zone of the time axis. */
  zone: string
  from: Date
  until: Date
  /** The most telling first: the first ten are drawn, the first one is summed up in words. */
  series: Series[]
  /** A horizontal line; `above`: values over it are bad. */
  threshold: { value: number; bad: 'above' | 'below' } | null
  /** Vertical marks such as "firing", "acknowledged"; the time of day is added to the label. */
  marks: { at: Date; label: string }[]
  /** Small print below: what was asked, e.g. the PromQL. */
  source?: string
}

/** How much of each error budget is left, as bars. */
export type BudgetChart = {
  title: string
  subtitle: string
  rows: {
    label: string
    /** Share of the budget, 1: untouched, 0: spent, negative: overspent. Null: not known, no bar. */
    left: number | null
    /** What to say beside the bar, e.g. `31.0 of 43.2 min left`. */
    text: string
  }[]
}
