// A past: years of incidents that are over, with everything that belongs to them, copied from one that the bot opened.
import type { Db } from '../../src/store/db.ts'

export const past = { incidents: 100_000, alertsEach: 10, services: 200, stillOpen: 100, minutesApart: 10 }

/** Copies incident 1, which is to be at rest, `past.incidents` times, the last of them at `until`. */
export async function seedPast(db: Db, until: Date): Promise<void> {
  await db.tx(async (q) => {
    // Rows that are copied as they are need not be checked one by one.
    await q.query("set local session_replication_role = 'replica'")
    for (const copy of copies) await q.query(copy.replaceAll('$until', `'${until.toISOString()}'::timestamptz`))
  })
  await db.query(`select setval('incident_numbers', ${past.incidents + 1})`)
  await db.query('vacuum analyze')
}

const numbers = `generate_series(2, ${past.incidents}) as n`
const openedAt = `$until - (${past.incidents} - n) * interval '${past.minutesApart} minutes'`
const runbooks = 12
const runbook = `case when n % 2 = 0 then jsonb_build_object('path', 'runbooks.md', 'section', 'section-' || n % ${runbooks}) else 'null' end`
const isOver = `n <= ${past.incidents - past.stillOpen}`
const copies = [
  `insert into incidents (number, status, severity, service, title, grouping_key, opened_at, acknowledged_at, acknowledged_by,
                          resolved_at, resolved_by, lead, trace, terms, terms_key, position)
   select n, case when ${isOver} then 'resolved' else 'open' end, (array['P1', 'P2', 'P2', 'P2', 'P3', 'P3', 'P3', 'P4'])[1 + n % 8],
          'service-' || n % ${past.services}, 'Service ' || n % ${past.services} || ' answers slowly', 'past ' || n, ${openedAt},
          case when ${isOver} then ${openedAt} + interval '5 minutes' end, case when ${isOver} then 'p' || n % 20 end,
          case when ${isOver} then ${openedAt} + interval '50 minutes' end, case when ${isOver} then 'p' || n % 20 end,
          lead, trace || n, jsonb_set(terms, '{runbook}', ${runbook}), terms_key || n % ${runbooks}, null
     from incidents, ${numbers} where number = 1`,
  `insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at, ends_at, generator_url)
   select n, source, md5(n || '-' || m), case when ${isOver} then 'resolved' else 'firing' end,
          labels || jsonb_build_object('alertname', 'Slow_' || n % 500, 'service', 'service-' || n % ${past.services}, 'instance', '10.0.' || n || ':' || m),
          annotations, ${openedAt}, case when ${isOver} then ${openedAt} + interval '40 minutes' end, generator_url
     from alerts, ${numbers}, generate_series(1, ${past.alertsEach}) as m where incident = 1`,
  `insert into clocks (incident, name, until, started_at, due_at, status, mark, stopped_at)
   select n, name, until, ${openedAt}, ${openedAt} + (due_at - started_at), case when ${isOver} then 'met' else 'breached' end, 0,
          case when ${isOver} then ${openedAt} + interval '5 minutes' end
     from clocks, ${numbers} where incident = 1`,
  `insert into timeline (incident, at, kind, by, text, fact)
   select n, ${openedAt} + (t.at - i.opened_at), t.kind, t.by, t.text, t.fact
     from timeline t join incidents i on i.number = t.incident, ${numbers} where t.incident = 1 and t.kind <> 'alert_fired'`,
  `insert into timeline (incident, at, kind, text, fact)
   select n, ${openedAt}, 'alert_fired', 'Alert firing: slow', jsonb_build_object('kind', 'alert_fired', 'alert', 'slow', 'fingerprint', md5(n || '-' || m))
     from ${numbers}, generate_series(1, ${past.alertsEach}) as m`,
  `insert into timeline (incident, at, kind, by, text, fact)
   select n, ${openedAt} + m * interval '5 minutes', kind, 'p' || n % 20, 'Done', jsonb_build_object('kind', kind)
     from ${numbers}, unnest(array['incident_acknowledged', 'incident_resolved']) with ordinality as w (kind, m) where ${isOver}`,
  // Sealed, as all that is past: of what is to be sealed, nothing else may be looked at.
  `insert into timeline_links (entry, incident, position, hash, seal)
   select id, incident, 1000 + row_number() over (partition by incident order by id), sha256(id::text::bytea), 1 from timeline
    where incident > 1`,
  `insert into timeline_seals (number, at, settled, complete, incidents, positions, hash)
   select coalesce(max(s.number), 0) + 1, $until, (select max(id) from timeline), true, '{}', '{}', sha256('past') from timeline_seals s`,
  `insert into pages (key, incident, person, channel, step, round, status, due_at, sent_at)
   select 'inc-' || n || '/r1s' || m || '/p' || n % 20 || '/slack', n, 'p' || n % 20, 'slack', m, 1, 'sent', ${openedAt}, ${openedAt}
     from ${numbers}, generate_series(0, 1) as m`,
  `insert into rooms (incident, platform, channel, name, url, topic, own)
   select n, platform, channel || 'X' || n, name || n, url, topic, own from rooms, ${numbers} where incident = 1`,
  `insert into messages (platform, key, status, ref, content, edited_at)
   select platform, replace(key, 'inc-1/', 'inc-' || n || '/'), status, ref, content, edited_at from messages, ${numbers} where key like 'inc-1/%'`,
  `insert into console_messages (channel, key, posted_at, edited_at, author, message)
   select channel || 'X' || n, replace(key, 'inc-1/', 'inc-' || n || '/'), ${openedAt}, null, author, message
     from console_messages, ${numbers} where key like 'inc-1/%'`,
  `insert into postmortems (incident, markdown, drafted_at)
   select n, repeat('What happened, and what we learned from it. ', 50), ${openedAt} from ${numbers} where ${isOver} and n % 8 = 0`,
  `insert into runbook_steps (incident, step, title, body, status, by, at)
   select n, m, 'Step ' || m || ' of ' || n % ${runbooks}, 'Look', case (n + m) % 3 when 0 then 'open' else 'done' end, 'p1', ${openedAt}
     from ${numbers}, generate_series(1, 6) as m where n % 2 = 0`,
  `insert into verdicts (incident, verdict, because, by, at)
   select n, (array['useful', 'noise', 'duplicate'])[1 + n % 3], '', 'p1', ${openedAt} from ${numbers} where ${isOver} and n % 3 > 0`,
  `insert into actions (incident, item, text, owner, due, status, made_by, made_at, closed_by, closed_at)
   select n, m, 'Make it faster', 'p' || n % 20, (${openedAt})::date, case when n % 200 = 0 then 'open' else 'done' end, 'p1', ${openedAt},
          case when n % 200 > 0 then 'p1' end, case when n % 200 > 0 then ${openedAt} end
     from ${numbers}, generate_series(1, 3) as m where ${isOver} and n % 8 = 0`,
  `insert into service_changes (source, key, kind, title, service, status, started_at, finished_at, told_at)
   select 'ci', n::text, 'deployment', 'Deploy', 'service-' || n % ${past.services}, case when n % 15 = 0 then 'failed' else 'succeeded' end,
          ${openedAt}, ${openedAt} + interval '5 minutes', ${openedAt} from ${numbers} where n % 3 = 0`,
]
