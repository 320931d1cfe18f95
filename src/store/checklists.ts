// Checklists that came up, as rows.
import type { ChecklistItem, ChecklistRun, Rhythm } from '../core/checklist.ts'
import type { Queryable } from './db.ts'

export type NewRun = {
  list: string
  period: string
  every: Rhythm
  channel: string | null
  due: Date
  ask: Date
  items: string[]
}

/** Answers its number; null when this list came up in this period already. */
export async function beginRun(q: Queryable, run: NewRun): Promise<number | null> {
  const { rows } = await q.query<{ id: number }>(
    `with begun as (
       insert into checklist_runs (list, period, every, channel, due_at, ask_at)
       -- Asked every half minute: numbers that people type must not be used up by that.
       select $1, $2, $3, $4, $5::timestamptz, $6::timestamptz where not exists (select from checklist_runs where list = $1 and period = $2)
       on conflict (list, period) do nothing returning id),
     items as (
       insert into checklist_items (run, item, text)
       select begun.id, i.item, i.text from begun, unnest($7::text[]) with ordinality as i (text, item))
     select id from begun`,
    [run.list, run.period, run.every, run.channel, run.due, run.ask, run.items],
  )
  return rows[0]?.id ?? null
}

const selectRuns = `select r.id, r.list, r.period, r.every, r.channel, r.due_at as due,
    (select coalesce(json_agg(json_build_object('item', i.item, 'text', i.text, 'doneAt', i.done_at, 'doneBy', i.done_by) order by i.item), '[]')
       from checklist_items i where i.run = r.id) as items
  from checklist_runs r`

type Row = Omit<ChecklistRun, 'items'> & { items: (Omit<ChecklistItem, 'doneAt'> & { doneAt: string | null })[] }

function toRun({ items, ...run }: Row): ChecklistRun {
  return { ...run, items: items.map((one) => ({ ...one, doneAt: one.doneAt === null ? null : new Date(one.doneAt) })) }
}

export async function runById(q: Queryable, id: number): Promise<ChecklistRun | null> {
  const { rows } = await q.query<Row>(`${selectRuns} where r.id = $1`, [id])
  return rows[0] ? toRun(rows[0]) : null
}

/** The latest of each list, of those that came up since `since`; the newest first. */
export async function latestRuns(q: Queryable, since: Date): Promise<ChecklistRun[]> {
  const { rows } = await q.query<Row>(
    `${selectRuns} where r.due_at >= $1
        and not exists (select from checklist_runs later where later.list = r.list and later.due_at > r.due_at)
      order by r.due_at desc, r.list`,
    [since],
  )
  return rows.map(toRun)
}

/** Ticks items off, or takes that back. Answers those that changed. */
export async function tickItems(
  q: Queryable,
  { run, items, by, at }: { run: number; items: number[]; by: string | null; at: Date },
): Promise<number[]> {
  const { rows } = await q.query<{ item: number }>(
    `update checklist_items set done_by = $3, done_at = case when $3::text is null then null else $4::timestamptz end
      where run = $1 and item = any ($2) and (done_by is null) <> ($3::text is null) returning item`,
    [run, items, by, at],
  )
  return rows.map(({ item }) => item)
}

/** Takes the runs whose time to be asked about has come; each is answered once. */
export async function runsToAsk(q: Queryable, now: Date): Promise<number[]> {
  const { rows } = await q.query<{ id: number }>(
    `update checklist_runs set asked = true where id in (
       select id from checklist_runs where not asked and ask_at <= $1 for update skip locked) returning id`,
    [now],
  )
  return rows.map(({ id }) => id)
}

export type ChecklistFigures = { list: string; runs: number; complete: number }

/** How lists that came up within the span were done. */
export async function checklistFigures(
  q: Queryable,
  { from, until }: { from: Date; until: Date },
): Promise<ChecklistFigures[]> {
  const { rows } = await q.query<ChecklistFigures>(
    `select r.list, count(*)::int as runs,
            (count(*) filter (where not exists (select from checklist_items i where i.run = r.id and i.done_at is null)))::int as complete
       from checklist_runs r where r.due_at >= $1 and r.due_at < $2 group by r.list order by r.list`,
    [from, until],
  )
  return rows
}
