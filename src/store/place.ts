// Where in a database our tables are or are to be, and whether they may be made there: told before anything is tried, with what to
// grant, because what PostgreSQL says of it names neither.
import type { Queryable } from './db.ts'

/** `isBegun`: migrations were applied there. */
export type Place = { schema: string; isBegun: boolean; rights: Rights }

type Rights = {
  role: string
  database: string
  mayMakeTables: boolean
  /** The job queue has a schema of its own. */
  mayMakeSchemas: boolean
  hasQueue: boolean
  /** This role made it, and no other Tocsin in this database uses it: it was left behind, as by `drop schema public cascade`. */
  mayHaveQueue: boolean
}

type Row = Rights & { begun: string | null; current: string | null; path: string }

/** Throws when the search path leads nowhere. */
export async function placeOf(q: Queryable): Promise<Place> {
  // The schema "public" in spite of the search path is where versions up to 0.1.0 kept their list of migrations.
  const { rows } = await q.query<Row>(`
    select coalesce((select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                      where c.oid = to_regclass('migrations')),
                    case when to_regclass('incidents') is not null and to_regclass('public.migrations') is not null
                         then 'public' end)::text as begun,
           -- Named in the path after one that is not there, the system's own comes first: nobody keeps tables there.
           nullif(current_schema()::text, 'pg_catalog') as current, current_setting('search_path') as path,
           current_user::text as role, current_database()::text as database,
           coalesce(has_schema_privilege(current_schema()::text, 'create'), false) as "mayMakeTables",
           has_database_privilege(current_database(), 'create') as "mayMakeSchemas",
           exists (select from pg_namespace where nspname = 'graphile_worker') as "hasQueue",
           exists (select from pg_namespace where nspname = 'graphile_worker' and nspowner = (select oid from pg_roles where rolname = current_user))
             and not exists (select from pg_tables i join pg_tables p using (schemaname)
                              where i.tablename = 'incidents' and p.tablename = 'pages') as "mayHaveQueue"`)
  const [row] = rows
  if (row === undefined) throw new Error('the database did not say where its tables are')
  const { begun, current, path, ...rights } = row
  const schema = begun ?? current
  if (schema === null) {
    throw new Error(
      `The search path of ${rights.role} (${path}) names no schema that is there and that ${rights.role} may use. As its owner: ` +
        `create schema tocsin authorization ${quoted(rights.role)}; alter role ${quoted(rights.role)} ` +
        `in database ${quoted(rights.database)} set search_path = tocsin`,
    )
  }
  return { schema, isBegun: begun !== null, rights }
}

/** To be called when something is to be made. Throws with what is to be done before. */
export function demandRights({ schema, isBegun, rights }: Place): void {
  const { role, database, mayMakeTables, mayMakeSchemas, hasQueue, mayHaveQueue } = rights
  if (!isBegun && hasQueue && !mayHaveQueue) {
    throw new Error(
      `The database ${database} has a job queue already (the schema graphile_worker), and it is not ours: of another Tocsin, or of ` +
        'another program. Two would take each other’s jobs. Give Tocsin a database of its own, or, when nobody ' +
        'uses that queue any more: drop schema graphile_worker cascade',
    )
  }
  const missing = [
    ...(mayMakeTables ? [] : [`grant create, usage on schema ${quoted(schema)} to ${quoted(role)}`]),
    ...(mayMakeSchemas || hasQueue ? [] : [`grant create on database ${quoted(database)} to ${quoted(role)}`]),
  ]
  if (missing.length > 0) {
    throw new Error(
      `The role ${role} may not make Tocsin’s tables in the database ${database}. As its owner: ${missing.join('; ')}`,
    )
  }
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
