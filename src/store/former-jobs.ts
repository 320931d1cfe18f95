// Work that the version before left in the job queue: it becomes pages and deliveries. A job that a worker of that version
// runs at the moment is that worker's; one that nobody runs is taken out of the queue in the same statement that writes it
// down here, so that nobody does it twice.
import { urgency } from '../core/severity.ts'
import type { Queryable } from './db.ts'
import { waking } from './deliveries.ts'

const former = ['open_room', 'update_card', 'post_runbook', 'say', 'page_person']

/** Takes over what waits. Answers how many jobs there were. */
export async function takeOverFormerJobs(q: Queryable, now: Date): Promise<number> {
  const { rows } = await q.query<{ taken: number }>({
    name: 'take_over_former_jobs',
    text: `with old as (
      select j.id, j.run_at, t.identifier, j.payload from graphile_worker._private_jobs j
        join graphile_worker._private_tasks t on t.id = j.task_id
       where split_part(t.identifier, ':', 2) = any($1::text[]) and j.locked_at is null
         for update of j skip locked),
    gone as (
      delete from graphile_worker._private_jobs where id in (select id from old)
      returning id),
    taken as (
      select old.run_at, old.identifier, old.payload::jsonb as payload from old join gone using (id)),
    paging as (
      update pages p set status = 'due', try_at = greatest(p.due_at, least(taken.run_at, $2::timestamptz)),
             attempts = greatest(p.attempts, case p.status when 'sending' then 1 else 0 end),
             urgency = case i.severity ${Object.entries(urgency)
               .map(([severity, weight]) => `when '${severity}' then ${weight}`)
               .join(' ')} end
        from taken join incidents i on i.number = (taken.payload ->> 'incident')::bigint
       where p.key = taken.payload ->> 'page' and p.status in ('due', 'sending') and p.holder is null),
    delivering as (${waking(`select payload ->> 'platform' as platform, i.number as incident, $2::timestamptz as wake_at, 1::smallint as urgency, null as holder
                               from taken join incidents i on i.number = (taken.payload ->> 'incident')::bigint
                              where not payload ? 'page' group by 1, 2`)})
    select count(*)::int as taken from taken`,
    values: [former, now],
  })
  return rows[0]?.taken ?? 0
}
