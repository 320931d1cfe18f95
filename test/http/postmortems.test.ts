// Post-mortems and action items over the API: the version counts, nothing is lost, and what goes out is safe to open.
import { beforeEach, describe, expect, test } from 'vitest'
import { draftPostmortem } from '../../src/flow/postmortem.ts'
import { now } from './bot.ts'
import { seedAlert, seedEntry, seedIncident } from './seed.ts'
import { withServer } from './with-server.ts'

const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const api = '/api/v1/incidents/7'

const server = withServer()
beforeEach(async () => {
  const { db } = server.database
  await seedIncident(db, {
    ...{ number: 7, status: 'resolved', openedAt: ago(90), resolvedAt: ago(30) },
    ...{ acknowledgedAt: ago(85), acknowledgedBy: 'ada' },
  })
  const hostile = '<img src=x onerror=alert(1)> <script>alert(2)</script> [click](javascript:alert(3)) [#1] @everyone'
  await seedEntry(db, 7, ago(90), null, { kind: 'incident_opened', severity: 'P1', title: 't', service: 's' }, 'Opened')
  await seedEntry(db, 7, ago(80), 'ada', { kind: 'note_added', note: hostile }, `Ada Lovelace: ${hostile}`)
  await seedAlert(db, 7, {
    fingerprint: 'a',
    labels: { alertname: '"><script>alert(4)</script>' },
    annotations: { summary: '<svg onload=alert(5)> | | x' },
    startsAt: ago(95),
    endsAt: ago(35),
    url: 'javascript:alert(6)',
  })
  await db.query(
    `insert into charts (incident, moment, title, summary, png, drawn_at) values (7, 'opened', 'Errors "5xx"', 'now 7 %', $1, $2)`,
    [Buffer.from('89504e470d0a1a0a', 'hex'), ago(89)],
  )
})

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as other programs read them.
  return { status: response.status, body: (await response.json()) as any, etag: response.headers.get('etag') }
}

const text = async (path: string) => (await fetch(server.url + path)).text()

describe('a post-mortem', () => {
  test('of a flood of alerts has a line for the first two hundred and one for the others, and can be saved', async () => {
    await server.database.db.query(
      `insert into timeline (incident, at, kind, by, text, fact)
       select 7, $1::timestamptz + n * interval '100 ms', 'alert_fired', null, 'Alert ' || n || ' fired, of a node that is gone',
              jsonb_build_object('kind', 'alert_fired', 'alert', 'Node gone', 'fingerprint', 'f' || n) from generate_series(1, 6000) n`,
      [ago(88)],
    )
    const { markdown, version } = (await ask('POST', `${api}/postmortem/draft`, {})).body
    expect(markdown).toContain('- 13:52:19 Alert 199 fired')
    expect(markdown).toMatch(
      /- 13:52:20 Alert 201 fired, .*; and 5,799 more entries of alerts, until 14:02:00 \\?\[#\d+\]/,
    )
    expect(markdown).not.toContain('Alert 202 fired')
    expect(
      await ask('PUT', `${api}/postmortem`, { markdown: `${markdown}\nMore.\n`, version, by: 'ada' }),
    ).toMatchObject({
      status: 200,
    })
  })

  test('is drafted, read, written upon the version that was seen, and published', async () => {
    expect((await ask('GET', `${api}/postmortem`)).status).toBe(404)
    const drafted = await ask('POST', `${api}/postmortem/draft`, {})
    expect(drafted).toMatchObject({ status: 200, etag: '"1"', body: { version: 1, kind: 'generated', by: null } })
    const markdown = `${drafted.body.markdown}\nOne line more.\n`
    const written = await ask('PUT', `${api}/postmortem`, { markdown, version: 1, by: 'ada' })
    expect(written).toMatchObject({ status: 200, etag: '"2"', body: { version: 2, by: 'ada', kind: 'edited' } })
    expect((await ask('GET', `${api}/postmortem`)).body.markdown).toBe(markdown)
    const refused = await ask('POST', `${api}/postmortem/publish`, { by: 'grace' })
    expect(refused.status).toBe(409)
    expect(refused.body.missing).toContainEqual({ kind: 'lead', text: expect.stringContaining('Nobody is named') })
    const published = await ask('POST', `${api}/postmortem/publish`, { by: 'grace', anyway: true })
    expect(published.body).toMatchObject({ publishedBy: 'grace', publishedAt: now.toISOString() })
    expect((await ask('POST', `${api}/postmortem/publish`, { by: 'ada', anyway: true })).status).toBe(409)
  })

  test('that somebody wrote meanwhile is not written over: both texts come back as one', async () => {
    const { markdown } = (await ask('POST', `${api}/postmortem/draft`, {})).body
    const edit = (line: string) => `${line}\n\n${markdown}`
    await ask('PUT', `${api}/postmortem`, { markdown: edit('By Grace.'), version: 1, by: 'grace' })
    const late = { markdown: `${markdown}\nBy Ada.\n`, by: 'ada' }
    const refused = await ask('PUT', `${api}/postmortem`, { ...late, version: 1 })
    expect(refused).toMatchObject({ status: 409, body: { version: 2, by: 'grace', isClean: true } })
    expect(refused.body.merged).toContain('By Grace.')
    expect(refused.body.merged).toContain('By Ada.')
    expect((await ask('PUT', `${api}/postmortem`, late, { 'if-match': '"1"' })).status).toBe(412)
    expect((await ask('GET', `${api}/postmortem`)).body.version).toBe(2)
    const saved = await ask(
      'PUT',
      `${api}/postmortem`,
      { markdown: refused.body.merged, by: 'ada' },
      { 'if-match': '"2"' },
    )
    expect(saved).toMatchObject({ status: 200, etag: '"3"' })
  })

  test('has its versions, what changed in each, and the way back', async () => {
    const { markdown } = (await ask('POST', `${api}/postmortem/draft`, {})).body
    await ask('PUT', `${api}/postmortem`, { markdown: `${markdown}\nOne line more.\n`, version: 1, by: 'ada' })
    const { versions } = (await ask('GET', `${api}/postmortem/versions`)).body
    expect(versions).toMatchObject([
      { version: 2, by: 'ada', kind: 'edited' },
      { version: 1, by: null },
    ])
    const { changes } = (await ask('GET', `${api}/postmortem/versions/2`)).body
    expect(changes).toContainEqual({ kind: 'added', text: 'One line more.' })
    expect((await ask('GET', `${api}/postmortem/versions/9`)).status).toBe(404)
    await ask('POST', `${api}/postmortem/restore`, { restore: 1, version: 2, by: 'grace' })
    expect((await ask('GET', `${api}/postmortem`)).body).toMatchObject({ version: 3, kind: 'restored', markdown })
  })

  test.each([
    [{ version: 1, by: 'ada' }, 'markdown: must be a text'],
    [{ markdown: 'x', by: 'ada' }, 'version: must be a whole number'],
    [{ markdown: 'x', version: '1', by: 'ada' }, 'version: must be a whole number'],
    [{ markdown: 'x', version: 1 }, 'by: must be a text'],
    [{ markdown: 'x'.repeat(200_001), version: 1, by: 'ada' }, 'markdown: must be 200000 characters at most'],
  ])('that cannot be written says which field is wrong (%#)', async (body, message) => {
    await ask('POST', `${api}/postmortem/draft`, {})
    const refused = await ask('PUT', `${api}/postmortem`, body)
    expect(refused.status).toBeOneOf([400, 413])
    expect(refused.body.error).toContain(message)
    expect((await ask('GET', `${api}/postmortem`)).body.version).toBe(1)
  })
})

describe('a file to send on', () => {
  beforeEach(() => draftPostmortem(server.bot, 7).then(() => undefined))

  test('as HTML has its pictures inside and loads nothing; what alerts and people said is dead in it', async () => {
    const html = await text(`${api}/postmortem.html`)
    expect(html).toContain('<img src="data:image/png;base64,iVBORw0KGgo=" alt="Errors &quot;5xx&quot;">')
    expect(html).not.toMatch(
      /<script|<svg|<iframe|<link|<object|<[a-z][^>]*\son\w+=|href="javascript:|src="http|@import|url\(/i,
    )
    expect(html.match(/<img/g)).toHaveLength(1)
    expect(html).toContain('&#x3C;script>alert(2)')
    const [note] = (await server.database.db.query<{ id: number }>("select id from timeline where kind = 'note_added'"))
      .rows
    // What somebody typed does not pass for a citation; ours lead to their entries.
    const cited = new RegExp(`<a class="cite" href="http://[^"]+/incidents/7#entry-${note?.id}">#${note?.id}</a>`)
    expect(html).toMatch(cited)
    expect(html).not.toMatch(/<a class="cite"[^>]*entry-1">#1<\/a> @everyone/)
    const policy = (await fetch(`${server.url}${api}/postmortem.html`)).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('sandbox')
  })

  test('as Markdown has an address for each citation, and only for entries that exist', async () => {
    const { markdown } = (await ask('GET', `${api}/postmortem`)).body
    await ask('PUT', `${api}/postmortem`, { markdown: `${markdown}\nSee [#999999].\n`, version: 1, by: 'ada' })
    const out = await text(`${api}/postmortem.md`)
    expect(out).toMatch(/^\[#\d+\]: http:\/\/[^ ]+\/incidents\/7#entry-\d+$/m)
    expect(out).not.toContain('[#999999]:')
  })

  test('shows no picture of another incident', async () => {
    await seedIncident(server.database.db, { number: 8, openedAt: ago(10) })
    await server.database.db.query(
      `insert into charts (id, incident, moment, title, summary, png, drawn_at) overriding system value values (99, 8, 'opened', 'x', '', '\\x00', $1)`,
      [now],
    )
    await ask('PUT', `${api}/postmortem`, {
      ...{ version: 1, by: 'ada' },
      markdown: '[x](http://127.0.0.1/api/v1/incidents/8/charts/99.png)',
    })
    expect(await text(`${api}/postmortem.html`)).not.toContain('<img')
  })

  test('the preview of what is being written is as safe, and says what is missing', async () => {
    const preview = await ask('POST', '/console/postmortems/7/preview', {
      markdown:
        '## Impact\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://evil.test/y.png)\n\n```\n## no heading\n```\n\n## Next\n\ntext',
    })
    expect(preview.body.html).not.toMatch(/<script|href="javascript:|<img/)
    expect(preview.body.html).toContain('<h2>Next</h2>')
    expect(preview.body.missing.length).toBeGreaterThan(0)
    const { rows } = await server.database.db.query('select version from postmortem_versions')
    expect(rows).toHaveLength(1)
  })
})

describe('action items', () => {
  test('are added, listed and changed', async () => {
    const added = await ask('POST', `${api}/actions`, {
      by: 'ada',
      text: 'Alert on queue length',
      owner: 'grace',
      due: '2026-03-20',
    })
    expect(added).toMatchObject({ status: 201, body: { incident: 7, item: 1, status: 'open', due: '2026-03-20' } })
    const done = await ask('PATCH', `${api}/actions/1`, { by: 'grace', status: 'done' })
    expect(done.body).toMatchObject({ status: 'done', closedBy: 'grace', owner: 'grace' })
    await ask('PATCH', `${api}/actions/1`, { by: 'grace', status: 'open', owner: null })
    const { body } = await ask('GET', '/api/v1/actions?status=open&incident=7')
    expect(body).toMatchObject({ total: 1, actions: [{ item: 1, owner: null, severity: 'P1', service: 'checkout' }] })
    expect((await ask('GET', '/api/v1/actions?owner=grace')).body.total).toBe(0)
  })

  test.each([
    ['POST', `${api}/actions`, { by: 'ada' }, 'text: must be a text'],
    ['POST', `${api}/actions`, { by: 'ada', text: 'x', due: '0000-01-01' }, 'due: must be a day'],
    ['POST', `${api}/actions`, { by: 'ada', text: 'x', owner: 'nobody' }, 'owner: must be a key of people'],
    ['POST', `${api}/actions`, { by: 'ada', text: 'x', due: '2026-02-30' }, 'due: must be a day'],
    ['PATCH', `${api}/actions/1`, { by: 'ada', status: 'gone' }, 'status: must be one of open, done, dropped'],
    ['PATCH', `${api}/actions/9`, { by: 'ada', status: 'done' }, 'has no action item 9'],
    ['POST', '/api/v1/incidents/99/actions', { by: 'ada', text: 'x' }, 'There is no incident 99'],
    ['GET', '/api/v1/actions?stat=open', undefined, 'an unknown parameter'],
  ])('refuse what makes no sense, and name the field (%#)', async (method, path, body, message) => {
    await ask('POST', `${api}/actions`, { by: 'ada', text: 'First' })
    const refused = await ask(method, path, body)
    expect(refused.status).toBeOneOf([400, 404])
    expect(refused.body.error).toContain(message)
  })
})
