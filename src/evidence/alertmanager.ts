// Asks Alertmanager (or what speaks its API, version 2: a cluster's member, Mimir) for silences, makes and ends them.
import type { Certificates } from '../certificates.ts'
import type { Matcher } from '../core/silence.ts'
import { PermanentError } from '../errors.ts'
import { type Outbound, outbound } from '../outbound.ts'

export type Alertmanager = {
  /** May carry a base path and `user:password@`; null: not configured. */
  url: string | null
  /** Milliseconds a request may take. */
  timeout: number
  headers?: Record<string, string>
  tls?: Certificates
}

/** A silence before it has an id. */
export type NewSilence = { matchers: Matcher[]; startsAt: Date; endsAt: Date; createdBy: string; comment: string }

export type Silence = NewSilence & { id: string }

/**
 * Those that silence something now, whoever made them. All functions here throw TransientError when Alertmanager is slow or
 * away, PermanentError with its own words when it refuses.
 */
export async function activeSilences(alertmanager: Alertmanager): Promise<Silence[]> {
  const { data } = await clientOf(alertmanager).get('/api/v2/silences')
  return listIn(data).filter(isActive).map(readSilence)
}

/**
 * Makes a silence, or with `replaces` changes that one; answers its id. Changed only in its end it keeps the id; changed in
 * its matchers Alertmanager ends it and makes another.
 */
export async function putSilence(
  alertmanager: Alertmanager,
  { startsAt, endsAt, ...silence }: NewSilence,
  replaces: string | null = null,
): Promise<string> {
  const times = { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() }
  const body = { ...silence, ...times, ...(replaces !== null && { id: replaces }) }
  const { data } = await clientOf(alertmanager).post('/api/v2/silences', body)
  const id = isFields(data) ? data.silenceID : undefined
  if (typeof id !== 'string' || id === '') throw unreadable()
  return id
}

/** Ends a silence now; Alertmanager refuses when it has ended already. */
export async function expireSilence(alertmanager: Alertmanager, id: string): Promise<void> {
  await clientOf(alertmanager).delete(`/api/v2/silence/${encodeURIComponent(id)}`)
}

/** A firing alert, and the ids of the silences that hold it back now. */
export type Matching = { fingerprint: string; silencedBy: string[] }

/** The firing alerts that all these matchers (as `matcherText` writes them) hold for, silenced already or not. */
export async function matchingAlerts(alertmanager: Alertmanager, matchers: string[]): Promise<Matching[]> {
  const params = new URLSearchParams()
  for (const matcher of matchers) params.append('filter', matcher)
  const { data } = await clientOf(alertmanager).get('/api/v2/alerts', { params })
  return listIn(data).map(({ fingerprint, status }) => {
    const silencedBy = isFields(status) && Array.isArray(status.silencedBy) ? status.silencedBy.map(String) : []
    return { fingerprint: String(fingerprint), silencedBy }
  })
}

function clientOf({ url, timeout, headers = {}, tls }: Alertmanager): Outbound {
  if (url === null) throw new PermanentError('no ALERTMANAGER_URL is set')
  return outbound({ name: 'Alertmanager', baseUrl: url, timeout, headers, tls, section: 'alertmanager' })
}

type Fields = Record<string, unknown>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listIn(data: unknown): Fields[] {
  if (!Array.isArray(data) || !data.every(isFields)) throw unreadable()
  return data
}

function isActive({ status }: Fields): boolean {
  return isFields(status) && status.state === 'active'
}

function readSilence({ id, matchers, startsAt, endsAt, createdBy, comment }: Fields): Silence {
  const times = { startsAt: new Date(String(startsAt)), endsAt: new Date(String(endsAt)) }
  if (typeof id !== 'string' || Number.isNaN(times.startsAt.getTime()) || Number.isNaN(times.endsAt.getTime()))
    throw unreadable()
  return {
    id,
    matchers: listIn(matchers).map(readMatcher),
    ...times,
    createdBy: textOf(createdBy),
    comment: textOf(comment),
  }
}

/** Before 0.22 all were equal. */
function readMatcher({ name, value, isRegex, isEqual }: Fields): Matcher {
  return { name: textOf(name), value: textOf(value), isRegex: isRegex === true, isEqual: isEqual !== false }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function unreadable(): PermanentError {
  return new PermanentError('what answers at ALERTMANAGER_URL is not Alertmanager: it does not speak its API version 2')
}
