// How many connections there may be: with fewer than a copy of the bot takes, alerts and pages wait for each other in a storm, and
// nothing but the log says so.
import type { Queryable } from './db.ts'

/** For what comes first: alerts take one, decisions up to three. */
export const linesAtATime = 4

/** Of each kind, for statements that have a name and for all others: few enough that three copies fit into the hundred of a server. */
export const mostConnections = 10

/** With the two that live as long as the bot: what keeps its name, and what hears the news. */
export const connectionsOfACopy = linesAtATime + 2 * mostConnections + 2

/** `by`: whose limit it is. */
export type Room = { connections: number; by: string }

/** Of the server, the database and the role, the one that allows the fewest. */
export async function roomFor(q: Queryable): Promise<Room> {
  const { rows } = await q.query<Room>(`
    select connections, by from (
      select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
               - coalesce(current_setting('reserved_connections', true)::int, 0),
             'max_connections of the server'
      union all select datconnlimit, 'the limit of the database ' || datname from pg_database where datname = current_database()
      union all select rolconnlimit, 'the limit of the role ' || rolname from pg_roles where rolname = current_user
    ) limits (connections, by) where connections >= 0 order by connections limit 1`)
  const [row] = rows
  if (row === undefined) throw new Error('the database did not say how many connections it allows')
  return row
}
