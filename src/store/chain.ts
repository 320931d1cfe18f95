// The chain over the timelines: what is to be sealed, what was, and both side by side for whoever checks.
import type { Link, Seal, SealedEntry } from '../core/chain.ts'
import type { Place } from '../core/tampering.ts'
import type { Queryable } from './db.ts'

/** Held until the end of the transaction by whoever seals: one at a time, of all replicas. */
const lock = 8420_0014

/** False: another one is sealing. */
export async function mayISeal(q: Queryable): Promise<boolean> {
  const { rows } = await q.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [lock])
  return rows[0]?.mine === true
}

/**
 * Up to which id entries were begun (`last`), and who may still be writing one of them: whoever writes holds a lock on the table
 * from before the first id is taken until the end. Only this database counts: others of the server are nobody's business. `server`: after
 * a failover it is another, and ids that were lost with the one before are given out again.
 */
export type Underway = { last: number; writers: string[]; server: string }

export async function underway(q: Queryable): Promise<Underway> {
  const { rows } = await q.query<{ last: number | null; server: string }>({
    name: 'chain_begun',
    text: `select pg_sequence_last_value(pg_get_serial_sequence('timeline', 'id')::regclass) as last,
                  pg_postmaster_start_time()::text as server`,
  })
  // Asked after: who began in between is counted once too often, nobody is missed.
  const { rows: writers } = await q.query<{ writer: string }>({
    name: 'chain_writers',
    text: `select distinct virtualtransaction as writer from pg_locks
            where locktype = 'relation' and relation = 'timeline'::regclass and granted
              and mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
              and database = (select oid from pg_database where datname = current_database())`,
  })
  const { last, server = '' } = rows[0] ?? {}
  return { last: last ?? 0, server, writers: writers.map(({ writer }) => writer) }
}

// As text: a Date has no microseconds, and an instant that was changed by one of them was changed.
const exact = (column: string) =>
  `coalesce(to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ${column}::text)`

const sealColumns = `number, ${exact('at')} as at, settled, complete, incidents, positions, encode(hash, 'hex') as hash`

type SealRow = Omit<Seal, 'incidents'> & { incidents: (number | string)[] }

function toSeal(row: SealRow): Seal {
  return { ...row, incidents: row.incidents.map(Number) }
}

/** Null: nothing was ever sealed. */
export async function lastSeal(q: Queryable): Promise<Seal | null> {
  const { rows } = await q.query<SealRow>({
    name: 'chain_last_seal',
    text: `select ${sealColumns} from timeline_seals order by number desc limit 1`,
  })
  return rows[0] === undefined ? null : toSeal(rows[0])
}

/**
 * Entries with a larger id than `after` that have no link, the oldest first. That a link is larger too PostgreSQL would not find
 * out: it would read all links there are, every two seconds.
 */
export async function unsealed(q: Queryable, after: number, limit: number): Promise<SealedEntry[]> {
  const { rows } = await q.query<SealedEntry>({
    name: 'chain_unsealed',
    text: `select id, incident, ${exact('at')} as at, kind, by, text, fact from timeline t
            where id > $1 and not exists (select from timeline_links l where l.entry = t.id and l.entry > $1)
            order by id limit $2`,
    values: [after, limit],
  })
  return rows
}

export type Head = Pick<Link, 'incident' | 'position' | 'hash'>

/** The last link of each incident that has one. */
export async function chainHeads(q: Queryable, incidents: number[]): Promise<Head[]> {
  const { rows } = await q.query<Head>({
    name: 'chain_heads',
    text: `select w.incident, l.position, encode(l.hash, 'hex') as hash from unnest($1::bigint[]) as w (incident)
            cross join lateral (select position, hash from timeline_links l where l.incident = w.incident
                                 order by position desc limit 1) l`,
    values: [incidents],
  })
  return rows
}

export async function writeSeal(q: Queryable, seal: Omit<Seal, 'at'> & { at: Date }, links: Link[]): Promise<void> {
  const column = <K extends keyof Link>(name: K) => links.map((link) => link[name])
  await q.query({
    name: 'chain_write_seal',
    text: `with linked as (
             insert into timeline_links (entry, incident, position, hash, seal)
             select entry, incident, position, decode(hash, 'hex'), $1
               from unnest($7::bigint[], $8::bigint[], $9::integer[], $10::text[]) as l (entry, incident, position, hash))
           insert into timeline_seals (number, at, settled, complete, incidents, positions, hash)
           values ($1, $2, $3, $4, $5, $6, decode($11, 'hex'))`,
    values: [
      ...[seal.number, seal.at, seal.settled, seal.complete, seal.incidents, seal.positions],
      ...[column('entry'), column('incident'), column('position'), column('hash'), seal.hash],
    ],
  })
}

/** From here on the transaction sees one moment, whatever is written meanwhile. */
export async function holdStill(q: Queryable): Promise<void> {
  await q.query('set transaction isolation level repeatable read read only')
}

/** Links with their entries, by incident and place, after that place; of one incident when it is named. */
export async function placesAfter(
  q: Queryable,
  after: { incident: number; position: number },
  limit: number,
  incident: number | null,
): Promise<Place[]> {
  const { rows } = await q.query<Link & { row: Omit<SealedEntry, 'fact'> | null; fact: unknown }>(
    `select l.entry, l.incident, l.position, encode(l.hash, 'hex') as hash, l.seal, t.fact,
            case when t.id is not null then json_build_object('id', t.id, 'incident', t.incident, 'at', ${exact('t.at')},
                 'kind', t.kind, 'by', t.by, 'text', t.text) end as row
       from timeline_links l left join timeline t on t.id = l.entry
      where (l.incident, l.position) > ($1, $2) and ($4::bigint is null or l.incident = $4)
      order by l.incident, l.position limit $3`,
    [after.incident, after.position, limit, incident],
  )
  return rows.map(({ row, fact, ...link }) => ({ link, entry: row && { ...row, fact } }))
}

/** Seals after that number, in order. */
export async function sealsAfter(q: Queryable, number: number, limit: number): Promise<Seal[]> {
  const { rows } = await q.query<SealRow>(
    `select ${sealColumns} from timeline_seals where number > $1 order by number limit $2`,
    [number, limit],
  )
  return rows.map(toSeal)
}

/** The hash at each of the positions that these seals name; absent: there is no such link. By `seal incident`. */
export async function sealedHeads(q: Queryable, from: number, to: number): Promise<Map<string, string>> {
  const { rows } = await q.query<{ seal: number; incident: number; hash: string }>(
    `select s.number as seal, p.incident, encode(l.hash, 'hex') as hash
       from timeline_seals s cross join lateral unnest(s.incidents, s.positions) as p (incident, position)
       join timeline_links l on l.incident = p.incident and l.position = p.position and l.seal = s.number
      where s.number between $1 and $2`,
    [from, to],
  )
  return new Map(rows.map(({ seal, incident, hash }) => [`${seal} ${incident}`, hash]))
}

/** Entries without a link, of one incident when it is named. */
export async function entriesWithoutLink(
  q: Queryable,
  incident: number | null,
): Promise<{ id: number; incident: number }[]> {
  const { rows } = await q.query<{ id: number; incident: number }>(
    `select id, incident from timeline t where ($1::bigint is null or incident = $1)
        and not exists (select from timeline_links l where l.entry = t.id) order by id`,
    [incident],
  )
  return rows
}

/** Seals that links name and that are not there, by number. */
export async function sealsNotThere(q: Queryable): Promise<number[]> {
  const { rows } = await q.query<{ seal: number }>(
    `select distinct seal from timeline_links l
      where not exists (select from timeline_seals s where s.number = l.seal) order by seal`,
  )
  return rows.map((row) => row.seal)
}

/** What a hash that was kept stands for, if it is still there: a seal, or a place in an incident. */
export async function findHash(
  q: Queryable,
  hash: string,
): Promise<{ seal: number } | { incident: number; position: number } | null> {
  const seals = await q.query<{ seal: number }>(
    `select number as seal from timeline_seals where hash = decode($1, 'hex')`,
    [hash],
  )
  if (seals.rows[0]) return seals.rows[0]
  const links = await q.query<{ incident: number; position: number }>(
    `select incident, position from timeline_links where hash = decode($1, 'hex')`,
    [hash],
  )
  return links.rows[0] ?? null
}
