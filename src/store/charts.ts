// Charts that were drawn, with their pictures.
import type { Queryable } from './db.ts'

export type DrawnChart = {
  incident: number | null
  moment: string
  title: string
  summary: string
  /** What it shows in words; null when there are no more than the summary. */
  text: string | null
  png: Uint8Array
  drawnAt: Date
  /** The instant it tells of. A chart drawn before it is of an earlier end, and is replaced. */
  of: Date
}

/** Keeps a chart and answers its id; null when the same chart of the same moment is kept already. */
export async function keepChart(q: Queryable, chart: DrawnChart): Promise<number | null> {
  const { rows } = await q.query<{ id: number }>(
    `insert into charts (incident, moment, title, summary, png, drawn_at, text) values ($1, $2, $3, $4, $5, $6, $8)
     on conflict (incident, moment, title) do update set
       summary = excluded.summary, png = excluded.png, drawn_at = excluded.drawn_at, text = excluded.text
      where charts.drawn_at < $7
     returning id`,
    [
      chart.incident,
      chart.moment,
      chart.title,
      chart.summary,
      Buffer.from(chart.png),
      chart.drawnAt,
      chart.of,
      chart.text,
    ],
  )
  return rows[0]?.id ?? null
}
