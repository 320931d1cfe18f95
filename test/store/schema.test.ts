// The shape of the database in one readable place: what a migration changed shows up in review as a change of this file.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../database.ts'

const refresh = 'npx vitest run --config test/vitest.config.ts test/store/schema -u'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

/** Tables with their columns, constraints and indexes; views, sequences, functions and triggers by their definitions. */
const query = `
with tables as (
  select c.oid, c.relname, c.relkind from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and c.relname <> 'migrations'
), lines as (
  select relname as home, 0 as part, 0 as place,
         case relkind when 'v' then 'view ' when 'm' then 'materialized view ' else 'table ' end || relname as line from tables
  union all
  select relname, 1, a.attnum, '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
         || case when a.attnotnull then ' not null' else '' end
         || case a.attidentity when 'a' then ' identity' when 'd' then ' identity by default' else '' end
         || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  union all
  select relname, 2, row_number() over (partition by relname order by contype, conname)::int,
         '  constraint ' || conname || ' ' || pg_get_constraintdef(k.oid)
    from tables t join pg_constraint k on k.conrelid = t.oid where contype <> 'n'
  union all
  select relname, 3, row_number() over (partition by relname order by i.indexrelid::regclass::text)::int,
         '  ' || regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE ', '')
    from tables t join pg_index i on i.indrelid = t.oid
   where not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  union all
  select relname, 4, row_number() over (partition by relname order by tgname)::int, '  ' || pg_get_triggerdef(g.oid)
    from tables t join pg_trigger g on g.tgrelid = t.oid where not tgisinternal
  union all
  select relname, 5, 0, pg_get_viewdef(oid) from tables where relkind in ('v', 'm')
  union all
  select '~' || relname, 0, 0, 'sequence ' || relname from pg_class
   where relkind = 'S' and relnamespace = 'public'::regnamespace and relname not like '%\\_id\\_seq'
  union all
  select '~~' || proname, 0, 0, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
)
select line from lines order by home collate "C", part, place`

test('the migrations make the schema that test/fixtures/schema.txt shows', async () => {
  const { rows } = await database.db.query<{ line: string }>(query)
  const now = `${rows.map(({ line }) => line).join('\n')}\n`
  await expect(now, `The schema changed. If that was the intent: ${refresh}`).toMatchFileSnapshot(
    '../fixtures/schema.txt',
  )
})
