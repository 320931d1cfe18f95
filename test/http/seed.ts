// Rows as the flow leaves them, for pages and answers that only read.
import type { Db } from '../../src/store/db.ts'
import { terms } from './config.ts'

export type Seed = {
  number: number
  severity?: string
  status?: 'open' | 'acknowledged' | 'resolved'
  service?: string
  title?: string
  openedAt: Date
  acknowledgedBy?: string
  acknowledgedAt?: Date
  resolvedAt?: Date
  position?: object | null
  room?: boolean
}

export async function seedIncident(db: Db, seed: Seed): Promise<void> {
  const { number, severity = 'P1', status = 'open', service = 'checkout', title = 'Error rate above 5 %' } = seed
  await db.query(
    `insert into incidents (number, status, severity, service, title, grouping_key, opened_at, acknowledged_at, acknowledged_by,
                            resolved_at, resolved_by, lead, trace, terms, position)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, null, 'trace-1234', $12, $13)`,
    [
      number,
      status,
      severity,
      service,
      title,
      `${service}/${number}`,
      seed.openedAt,
      seed.acknowledgedAt ?? null,
      seed.acknowledgedBy ?? null,
      seed.resolvedAt ?? null,
      seed.resolvedAt ? (seed.acknowledgedBy ?? null) : null,
      terms,
      seed.position ?? null,
    ],
  )
  if (seed.room !== false) {
    await db.query(`insert into rooms (incident, platform, channel, name, url) values ($1, 'console', $2, $3, null)`, [
      number,
      `inc-${number}-${service}`,
      `#inc-${number}-${service}`,
    ])
  }
}

export async function seedAlert(
  db: Db,
  incident: number,
  alert: {
    fingerprint: string
    labels: object
    annotations?: object
    startsAt: Date
    endsAt?: Date
    source?: string
    url?: string
  },
): Promise<void> {
  await db.query(
    `insert into alerts (incident, source, fingerprint, status, labels, annotations, starts_at, ends_at, generator_url)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      incident,
      alert.source ?? 'alertmanager',
      alert.fingerprint,
      alert.endsAt ? 'resolved' : 'firing',
      alert.labels,
      alert.annotations ?? {},
      alert.startsAt,
      alert.endsAt ?? null,
      alert.url ?? null,
    ],
  )
}

export async function seedClock(
  db: Db,
  incident: number,
  clock: { name: string; startedAt: Date; dueAt: Date; status?: string; stoppedAt?: Date },
): Promise<void> {
  await db.query(
    `insert into clocks (incident, name, until, started_at, due_at, status, stopped_at)
     values ($1, $2, 'acknowledged', $3, $4, $5, $6)`,
    [incident, clock.name, clock.startedAt, clock.dueAt, clock.status ?? 'running', clock.stoppedAt ?? null],
  )
}

export async function seedEntry(
  db: Db,
  incident: number,
  at: Date,
  by: string | null,
  fact: { kind: string; [k: string]: unknown },
  text: string,
) {
  await db.query('insert into timeline (incident, at, kind, by, text, fact) values ($1, $2, $3, $4, $5, $6)', [
    incident,
    at,
    fact.kind,
    by,
    text,
    fact,
  ])
}

export async function seedPage(
  db: Db,
  page: {
    key: string
    incident: number
    person: string
    status?: string
    dueAt: Date
    sentAt?: Date
    step?: number
    round?: number
  },
): Promise<void> {
  await db.query(
    `insert into pages (key, incident, person, channel, step, round, status, due_at, sent_at)
     values ($1, $2, $3, 'console', $4, $5, $6, $7, $8)`,
    [
      page.key,
      page.incident,
      page.person,
      page.step ?? 0,
      page.round ?? 1,
      page.status ?? 'sent',
      page.dueAt,
      page.sentAt ?? null,
    ],
  )
}
