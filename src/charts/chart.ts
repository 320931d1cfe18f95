// What a chart shows, before it is a picture.
import type { Bands } from '../core/bands.ts'

export type Point = [at: number, value: number | null]

export type Series = {
  name: string
  /** [epoch milliseconds, value] in order of time; null is a gap and is drawn as one. */
  points: Point[]
}

/** What happened at a mark: each kind has a look of its own. */
export type MarkKind = 'firing' | 'opened' | 'acknowledged' | 'resolved' | 'deployment'

export type ChartMark = {
  at: Date
  kind: MarkKind
  /** What the tag says; the time of day is added. */
  label: string
}

/** A stretch of time; `until` null: it goes on. */
export type Stretch = { from: Date; until: Date | null }

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
  /** The most telling first: the first few have colours and names, the rest is faint; the first one is told in words. */
  series: Series[]
  /** A horizontal line; `above`: values over it are bad. */
  threshold: { value: number; bad: 'above' | 'below' } | null
  /** A threshold that moves, for the first series; its name is that of the legend. Absent: there is none. */
  limit?: { series: Series; bad: 'above' | 'below' } | null
  /** How good is good enough, drawn as zones. Absent: nobody said. */
  bands?: Bands | null
  /** Vertical marks; those outside the window are not drawn. */
  marks: ChartMark[]
  /** When alerts fired: shaded. They may touch and overlap. Absent: never. */
  firing?: Stretch[]
  /** The whole incident, where the picture is of what was before, during and after it. */
  incident?: { from: Date; until: Date } | null
  /** The first series at another time, moved into this window: a faint line, called `name` in the legend. */
  baseline?: Series | null
  /** `log`: equal factors are equal distances; zero and what is below it lies on the floor. Absent: `linear`. */
  scale?: 'linear' | 'log'
  /** Small print below: what was asked, e.g. the PromQL. */
  source?: string
}

/** How each error budget went over the time of its window, one below the other. */
export type BudgetChart = {
  title: string
  subtitle: string
  /** IANA zone of the time axes. */
  zone: string
  now: Date
  rows: BudgetRow[]
  /** How many more there are that are not drawn. */
  more: number
}

export type BudgetRow = {
  label: string
  /** What is promised: `99.9 % over 30 days`. */
  detail: string
  /** Share of the budget, 1: untouched, 0: spent, negative: overspent. Null: not known. */
  left: number | null
  /** What to say of it, e.g. `72 % left, 31.0 min of 43.2 min`. */
  text: string
  /** The window; one of the calendar ends in the future. */
  from: Date
  until: Date
  /** [epoch milliseconds, share left]; null is a gap. None: only what is left now is known. */
  points: [number, number | null][]
  /** When it will be spent at the rate of late; null: not foreseen. */
  end: Date | null
}
