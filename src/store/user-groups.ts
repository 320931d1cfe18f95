// Chat groups that follow schedules, as rows: what they were last seen to be, and what was told about them.
import type { Queryable } from './db.ts'

/** `members`: as it was last made, or tried to be. Null: nobody knows, or somebody is looking. */
export type SeenGroup = {
  platform: string
  name: string
  members: string[] | null
  problem: string | null
  told: number
  /** That nobody is on call has been told. */
  gapTold: boolean
}

/** Makes rows for groups that were never looked at. */
export async function knowGroups(q: Queryable, platform: string, names: string[], now: Date): Promise<void> {
  await q.query(
    `insert into user_groups (platform, name, look_at) select $1, name, $3 from unnest($2::text[]) as name
     on conflict do nothing`,
    [platform, names, now],
  )
}

/** Groups of the platform as they were last seen. */
export async function seenGroups(q: Queryable, platform: string): Promise<SeenGroup[]> {
  const { rows } = await q.query<SeenGroup>(
    'select platform, name, members, problem, told, gap_told as "gapTold" from user_groups where platform = $1',
    [platform],
  )
  return rows
}

/**
 * Takes a group to look at it, when that is due or `anyway`; null when another replica does, or it is not yet time. Nobody else
 * takes it before `until`, unless `seeGroup` says so: or two would write different members, and none knows whose Slack took last.
 */
export async function takeGroup(
  q: Queryable,
  platform: string,
  name: string,
  { now, until, anyway }: { now: Date; until: Date; anyway: boolean },
): Promise<SeenGroup | null> {
  const { rows } = await q.query<SeenGroup>(
    `update user_groups set look_at = $4, members = null
      where (platform, name) in (select platform, name from user_groups
                                  where platform = $1 and name = $2 and (look_at <= $3 or $5 and members is not null) for update skip locked)
    returning platform, name, members, problem, told, gap_told as "gapTold"`,
    [platform, name, now, until, anyway],
  )
  return rows[0] ?? null
}

/**
 * Writes down what was seen and told of it. It is looked at again at `lookAt`, or when its members change. False, and nothing is
 * written, when it took longer than the `until` for which it was taken, and another replica has it.
 */
export async function seeGroup(
  q: Queryable,
  { platform, name, members, problem, told, gapTold }: SeenGroup,
  { until, lookAt }: { until: Date; lookAt: Date },
): Promise<boolean> {
  const { rowCount } = await q.query(
    `update user_groups set members = $3, problem = $4, told = $5, gap_told = $6, look_at = $7
      where platform = $1 and name = $2 and look_at = $8`,
    [platform, name, members, problem, told, gapTold, lookAt, until],
  )
  return rowCount === 1
}
