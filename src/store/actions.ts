// Action items as rows.
import type { ActionItem, ActionStatus } from '../core/action.ts'
import type { Severity } from '../core/severity.ts'
import type { Queryable } from './db.ts'

const columns = `a.incident, a.item, a.text, a.owner, to_char(a.due, 'YYYY-MM-DD') as due, a.status, a.made_by as "madeBy", a.made_at as "madeAt",
  a.closed_by as "closedBy", a.closed_at as "closedAt"`

/** In the order they were added. */
export async function actionsOf(q: Queryable, incident: number): Promise<ActionItem[]> {
  const { rows } = await q.query<ActionItem>(`select ${columns} from actions a where a.incident = $1 order by a.item`, [
    incident,
  ])
  return rows
}

/** Null when there is no such item. */
export async function actionItem(q: Queryable, incident: number, item: number): Promise<ActionItem | null> {
  const { rows } = await q.query<ActionItem>(`select ${columns} from actions a where a.incident = $1 and a.item = $2`, [
    incident,
    item,
  ])
  return rows[0] ?? null
}

/** Adds one under the next number. To be called with the incident locked. */
export async function addAction(
  q: Queryable,
  action: Pick<ActionItem, 'incident' | 'text' | 'owner' | 'due' | 'madeBy' | 'madeAt'>,
  remindAt: Date | null,
): Promise<number> {
  const { rows } = await q.query<{ item: number }>(
    `insert into actions (incident, item, text, owner, due, made_by, made_at, remind_at)
     select $1, coalesce(max(item), 0) + 1, $2, $3, $4::date, $5, $6, $7 from actions where incident = $1 returning item`,
    [action.incident, action.text, action.owner, action.due, action.madeBy, action.madeAt, remindAt],
  )
  return rows[0]?.item ?? 0
}

/** Writes one as it is now. */
export async function writeAction(q: Queryable, action: ActionItem, remindAt: Date | null): Promise<void> {
  const { incident, item, text, owner, due, status, closedBy, closedAt } = action
  await q.query(
    `update actions set text = $3, owner = $4, due = $5::date, status = $6, closed_by = $7, closed_at = $8, remind_at = $9
      where incident = $1 and item = $2`,
    [incident, item, text, owner, due, status, closedBy, closedAt, remindAt],
  )
}

/** With what a list says of its incident. */
export type ListedAction = ActionItem & { title: string; severity: Severity; service: string; openedAt: Date }

export type ActionFilter = {
  /** Empty: all. */
  statuses: ActionStatus[]
  owner?: string | undefined
  incident?: number | undefined
  /** Of incidents of these services; absent: of all. */
  services?: string[] | null
  limit: number
}

/** The one that is due first at the top, those without a date last. `total`: without the limit. */
export async function listActions(
  q: Queryable,
  filter: ActionFilter,
): Promise<{ list: ListedAction[]; total: number }> {
  const { statuses, owner = null, incident = null, services = null, limit } = filter
  const wanted = `actions a
      where (cardinality($1::text[]) = 0 or a.status = any($1)) and ($2::text is null or a.owner = $2)
        and ($3::bigint is null or a.incident = $3)
        and ($4::text[] is null or exists (select from incidents i where i.number = a.incident and i.service = any($4)))`
  const order = 'order by a.due nulls last, a.incident, a.item'
  const { rows } = await q.query<ListedAction & { total: number }>(
    // What is said of their incidents is read for those that are listed, not for all that ever were.
    `select ${columns}, i.title, i.severity, i.service, i.opened_at as "openedAt", (select count(*)::int from ${wanted}) as total
       from (select a.* from ${wanted} ${order} limit $5) a join incidents i on i.number = a.incident ${order}`,
    [statuses, owner, incident, services, limit],
  )
  return { list: rows.map(({ total: _, ...action }) => action), total: rows[0]?.total ?? 0 }
}

/** Those that are open, for a look back: the most overdue first, and how many there are altogether. */
export async function openActions(
  q: Queryable,
  limit: number,
  services: string[] | null = null,
): Promise<{ list: ListedAction[]; total: number }> {
  return listActions(q, { statuses: ['open'], services, limit })
}

export type ActionName = Pick<ActionItem, 'incident' | 'item'>

/** Those whose reminder is due. Locks nothing: look again with `lockActionToRemind`. */
export async function actionsToRemind(q: Queryable, now: Date, limit: number): Promise<ActionName[]> {
  const { rows } = await q.query<ActionName>(
    'select incident, item from actions where remind_at <= $1 order by remind_at limit $2',
    [now, limit],
  )
  return rows
}

/** Null: somebody else is deciding about it, or has. */
export async function lockActionToRemind(
  q: Queryable,
  { incident, item }: ActionName,
  now: Date,
): Promise<ActionItem | null> {
  const { rows } = await q.query<ActionItem>(
    `select ${columns} from actions a where a.incident = $1 and a.item = $2 and a.remind_at <= $3 for update skip locked`,
    [incident, item, now],
  )
  return rows[0] ?? null
}

/** When its owner is next reminded; null: no more. */
export async function remindOfAction(q: Queryable, { incident, item }: ActionName, at: Date | null): Promise<void> {
  await q.query('update actions set remind_at = $3 where incident = $1 and item = $2', [incident, item, at])
}
