// Tocsin's own small JSON for changes: one, or { "changes": [ … ] }. Whatever can run curl can send it.
import { createHash } from 'node:crypto'
import { type ChangeKind, type ChangeStatus, changeKinds, changeStatuses } from '../core/service-change.ts'
import { RejectedInput } from '../errors.ts'
import { BadField, type Fields, isFields, readFingerprint, readLink, readText } from '../sources/read.ts'
import { readTime } from '../sources/read-time.ts'
import { hasToken } from '../sources/verify.ts'
import type { ChangeFormat, ReadChange } from './format.ts'

/** More than a pipeline has to tell at once. */
const mostChanges = 100
const longest = { title: 300, name: 200 }

export const generic: ChangeFormat = {
  kind: 'generic',
  help: "Tocsin's own small JSON, one change or a list of them",
  isFrom: ({ headers }, secret) => hasToken(headers.authorization, secret),
  proof: 'the token of this source: "authorization: Bearer …" (token: in tocsin.yaml)',
  read({ body, received }) {
    if (!isFields(body)) throw new RejectedInput('the body must be a JSON object')
    const many = body.changes
    if (many !== undefined && !Array.isArray(many)) throw new RejectedInput('changes must be a list')
    if (many !== undefined && many.length > mostChanges)
      throw new RejectedInput(`changes must hold ${mostChanges} at most: send fewer at a time`, 413)
    try {
      const changes = (many ?? [body]).map((one, i) =>
        readOne(one, many === undefined ? '' : `changes[${i}]`, received),
      )
      return { changes, ignored: [] }
    } catch (error) {
      // All or nothing: a pipeline that reads 400 sends the same again, mended.
      if (error instanceof BadField) throw new RejectedInput(error.message)
      throw error
    }
  },
}

function readOne(given: unknown, place: string, received: Date): ReadChange {
  if (!isFields(given)) throw new BadField(`${place || 'the body'} must be an object`)
  const at = (name: string) => (place === '' ? name : `${place}.${name}`)
  const name = (key: string) => readText(given[key], at(key), longest.name)
  const title = readText(given.title, at('title'), longest.title)
  const service = name('service')
  const version = name('version')
  if (title === null && version === null)
    throw new BadField(`${at('title')} is missing (or version), e.g. "Deploy payments 4.2.1"`)
  const kind = oneOf<ChangeKind>(given.kind, at('kind'), changeKinds, 'deployment')
  const finishedAt = readTime(given.finishedAt, at('finishedAt'))
  const startedAt = readTime(given.startedAt, at('startedAt')) ?? finishedAt ?? received
  if (finishedAt !== null && finishedAt < startedAt)
    throw new BadField(`${at('finishedAt')} is before ${at('startedAt')}`)
  const status = oneOf<ChangeStatus>(given.status, at('status'), changeStatuses, 'succeeded')
  return {
    key: readFingerprint(given.key, at('key')) ?? identityOf(given, startedAt),
    kind,
    title: title ?? `${kind === 'deployment' ? 'Deploy' : 'Change'} ${[service, version].filter(Boolean).join(' ')}`,
    ...{ service, version, environment: name('environment') },
    ...{ url: readLink(given.url), by: name('by'), status },
    startedAt,
    finishedAt: finishedAt ?? (status === 'running' ? null : startedAt),
    toldAt: received,
  }
}

/** Without a key, the same thing said twice is one change; another start is another change. */
function identityOf(fields: Fields, startedAt: Date): string {
  const telling = ['kind', 'title', 'service', 'environment', 'version'].map((name) => fields[name] ?? null)
  return createHash('sha256')
    .update(JSON.stringify([...telling, fields.startedAt === undefined ? startedAt.getTime() : fields.startedAt]))
    .digest('hex')
    .slice(0, 32)
}

function oneOf<T extends string>(given: unknown, field: string, known: readonly T[], otherwise: T): T {
  if (given === undefined || given === null || given === '') return otherwise
  const found = known.find((one) => one === given)
  if (found === undefined) throw new BadField(`${field} must be one of ${known.join(', ')}`)
  return found
}
