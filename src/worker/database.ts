// Opens the database the configuration names, or the one that comes with Tocsin, and brings it up to date.
import type { Config } from '../config/config.ts'
import { reasonOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { connect, type Db } from '../store/db.ts'
import { startEmbedded } from '../store/embedded.ts'
import { migrate } from '../store/migrate.ts'
import { isReadOnly, noConnectionLeft } from '../store/problems.ts'
import { connectionsOfACopy, mostConnections, roomFor } from '../store/room.ts'
import { type Outlast, patience } from './outlast.ts'

/** Milliseconds a statement may take; all of ours take a few. */
const longestSilence = 20_000

export type Database = {
  db: Db
  /** Where it is, for people; no secrets. */
  place: string
  note: string | null
  stop(): Promise<void>
}

/** Resolves once it answers and is up to date. Rejects with what to do about it when it cannot be used. */
export async function openDatabase(config: Config, log: Log, outlast: Outlast): Promise<Database> {
  const { url, dataFolder } = config.database
  const embedded = url === null ? await startEmbedded(dataFolder, log) : null
  const address = url ?? embedded?.url ?? ''
  const db = connect(address, {
    max: mostConnections,
    patience: longestSilence,
    mustWrite: true,
    onError: (error) => log.warn({ reason: error.message }, 'a database connection broke'),
  })
  const stop = async () => {
    await db.end()
    await embedded?.stop()
  }
  try {
    await answering(db, log)
    // Over connections of its own: a migration may take its time.
    await outlast(() => migrate(address, log)).catch((error: unknown) => {
      throw isCoded(error) && error.code !== noConnectionLeft
        ? new Error(`PostgreSQL could not be brought up to date: ${reasonOf(error)}.`)
        : error
    })
    if (url !== null) await outlast(() => warnOfNarrowness(db, log))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    db,
    stop,
    note: embedded?.note ?? null,
    place: url === null ? `embedded PostgreSQL in ${dataFolder}` : describe(url),
  }
}

async function warnOfNarrowness(db: Db, log: Log): Promise<void> {
  const { connections, by } = await roomFor(db)
  if (connections >= connectionsOfACopy) return
  log.warn(
    { connections, by, needed: connectionsOfACopy },
    'PostgreSQL allows fewer connections than a copy of Tocsin takes: in a storm pages will be late; raise the limit',
  )
}

async function answering(db: Db, log: Log): Promise<void> {
  const began = performance.now()
  for (let attempt = 1; ; attempt++) {
    try {
      await db.query('select 1')
      return
    } catch (error) {
      const reason = reasonOf(error)
      // A wrong password, a missing database or an address that is none does not get better by waiting; nor does a certificate.
      const hopeless = isCoded(error) && /^(28|3D|ERR_INVALID_URL|ERR_SOCKET_BAD_PORT)/.test(String(error.code))
      const way = wayOut(error)
      const over = performance.now() - began > patience
      if (isReadOnly(error) && over) throw new Error(reason)
      // Said with how many it takes.
      if (isCoded(error) && error.code === noConnectionLeft && over) throw error
      if (hopeless || way !== null || over)
        throw new Error(
          `PostgreSQL${isOfCertificate(error) ? '’s certificate is not taken' : ' does not let us in'}: ${reason}. ` +
            `${way ?? 'Check DATABASE_URL, or leave it out to use the embedded one'}.`,
        )
      if (attempt === 1) log.warn({ reason }, 'PostgreSQL does not answer yet; waiting for it')
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}

/** What has to be done first, when no waiting helps; null: nothing that we know. */
function wayOut(error: unknown): string | null {
  if (!isCoded(error)) return null
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return (
      'Name the host in DATABASE_URL as the certificate does, or take any name that your authority vouches for: ' +
      '?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/etc/ssl/our-ca.crt'
    )
  }
  if (isOfCertificate(error)) {
    return (
      'When it is of an authority of your own, name that in DATABASE_URL, ' +
      'e.g. ?sslmode=verify-full&sslrootcert=/etc/ssl/our-ca.crt; ?sslmode=no-verify encrypts, and trusts whoever answers'
    )
  }
  const { syscall } = error as { syscall?: unknown }
  if (syscall === 'open') return 'DATABASE_URL names that file; in a container it has to be mounted'
  if (error.code === '28000' && /no encryption/.test(reasonOf(error))) {
    return 'When it only takes connections with TLS, ask for that in DATABASE_URL: ?sslmode=verify-full'
  }
  return null
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function isOfCertificate(error: unknown): boolean {
  return isCoded(error) && /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(String(error.code))
}

/** What PostgreSQL or the network says comes with a code; what the store says is for people already. */
function isCoded(error: unknown): error is { code: unknown } {
  return typeof error === 'object' && error !== null && 'code' in error
}

function describe(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url)
    const host = hostname || searchParams.get('host') || 'PGHOST'
    return `PostgreSQL at ${host}${port ? `:${port}` : ''}${pathname}`
  } catch {
    return 'PostgreSQL at DATABASE_URL'
  }
}
