// Incidents in numbers: one is opened by an alert, as they all are, and copied with everything that belongs to it.
import type { Db } from '../../src/store/db.ts'
import { webhookBody } from './alerts.ts'
import { settled } from './database.ts'
import { webhookOf } from './intake.ts'

/**
 * Opens incident 1 through the bot and copies it `count - 1` times. The next step of the copies waits: see `dueAt`. They
 * page twenty people in turn.
 */
export async function seedIncidents(db: Db, botUrl: string, count: number): Promise<void> {
  const to = webhookOf(botUrl)
  const body = webhookBody([{ group: 'seed', instance: '10.0.0.1:9100', severity: 'critical' }])
  const answer = await fetch(`${to.url}${to.path}`, { method: 'POST', headers: to.headers, body })
  if (!answer.ok) throw new Error(`the bot did not take the first alert: ${answer.status}`)
  if (!(await settled(db, 20_000))) throw new Error('the first incident never came to rest')
  for (const copy of copies) await db.query(copy, [count])
  await db.query(`select setval('incident_numbers', $1)`, [count + 1])
  await db.query('analyze')
}

/** The next step of every incident falls due at this instant. */
export async function dueAt(db: Db, at: Date): Promise<void> {
  await db.query(
    `update incidents set due_at = $1, position = jsonb_set(position, '{dueAt}', to_jsonb($2::text)),
            terms = jsonb_set(terms, '{severities,P1,policy,steps,1,targets}',
                              jsonb_build_array(jsonb_build_object('person', 'p' || number % 20)))`,
    [at, at.toISOString()],
  )
}

const numbers = 'generate_series(2, $1::bigint) as n'
const copies = [
  `insert into incidents select n, status, severity, service, title, grouping_key || n, opened_at, acknowledged_at, acknowledged_by,
          resolved_at, resolved_by, lead, trace, terms, position, quiet_until, due_at from incidents, ${numbers} where number = 1`,
  `insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at, ends_at, generator_url)
   select n, source, fingerprint || n, status, labels, annotations, starts_at, ends_at, generator_url from alerts, ${numbers} where incident = 1`,
  `insert into clocks select n, name, until, started_at, due_at, status, mark, stopped_at from clocks, ${numbers} where incident = 1`,
  `insert into timeline (incident, at, kind, by, text, fact)
   select n, at, kind, by, text, fact from timeline, ${numbers} where incident = 1 order by n, id`,
  `insert into pages select replace(key, 'inc-1/', 'inc-' || n || '/'), n, person, channel, step, round, status, due_at, sent_at, reason
     from pages, ${numbers} where incident = 1`,
  `insert into rooms select n, platform, channel || 'X' || n, name || n, url, topic, own from rooms, ${numbers} where incident = 1`,
  `insert into messages select platform, replace(key, 'inc-1/', 'inc-' || n || '/'), status, ref, content, edited_at
     from messages, ${numbers} where key like 'inc-1/%'`,
]
