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
  series: Series[]
  /** A horizontal line; `above`: values over it are bad. */
  threshold: { value: number; bad: 'above' | 'below' } | null
  /** Vertical marks such as "firing", "acknowledged". */
  marks: { at: Date; label: string }[]
}
