// What logs and traces say about an incident: one message in its room, one entry on its timeline, a part of its post-mortem.
import { afterEach, expect, it } from 'vitest'
import { addJobs } from '../../src/store/changes.ts'
import { tasksOf } from '../../src/worker/jobs.ts'
import { type LokiStandIn, lokiStandIn } from '../evidence/loki-stand-in.ts'
import { json, type StandIn, standIn } from '../evidence/stand-in.ts'
import { minute, monday, team, type World, world } from './world.ts'

const room = 'inc-1-checkout'
const start = new Date(monday).getTime()
const ago = (seconds: number) => new Date(start - seconds * 1000)

const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await (one.stop?.() ?? one.close?.())
})

async function loki(...given: Parameters<typeof lokiStandIn>): Promise<LokiStandIn> {
  const server = await lokiStandIn(...given)
  open.push(server)
  return server
}

async function backEnd(...given: Parameters<typeof standIn>): Promise<StandIn> {
  const server = await standIn(...given)
  open.push(server)
  return server
}

async function started(yaml: string): Promise<World> {
  const w = await world({ yaml: `${team}${yaml}` })
  open.unshift(w)
  return w
}

const labels = { service: 'checkout' }
const refused = Array.from({ length: 12 }, (_, i) => ({
  at: ago(100 - i * 5),
  labels,
  line: `{"level":"error","msg":"connect to 10.0.0.${i}:5432 refused","password":"hunter2","correlation_id":"c-${i}"}`,
}))

function evidenceIn(w: World) {
  return w.chat.in(room).filter(({ key }) => key.endsWith('/evidence'))
}

it('shows the telling log lines in the room, in one message with a button to ask again', async () => {
  const server = await loki(refused)
  const w = await started(`loki: { url: "${server.url}" }\ngrafana: { url: "https://grafana.example.org" }`)
  await w.fire()
  await w.pass(0)
  const messages = evidenceIn(w)
  expect(messages).toHaveLength(1)
  const { message } = messages[0]!
  expect(message.text).toContain('**Logs (Loki)** · 12 error lines in one pattern, which is new')
  expect(message.text).toContain('connect to 10.0.0.11:5432 refused')
  expect(message.text).toContain('correlation_id=c-11')
  expect(message.text).toContain('https://grafana.example.org/explore?')
  const command = expect.stringMatching(/^incident evidence #1@\w{8}$/)
  expect(message.buttons).toEqual([{ label: 'Gather again', command }])
  expect(JSON.stringify(w.chat.sent)).not.toContain('hunter2')
})

it('puts it on the timeline once, into the post-mortem with its citation, and keeps it', async () => {
  const server = await loki(refused)
  const w = await started(`loki: { url: "${server.url}" }`)
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.pass(0)
  const view = await w.view()
  const entries = view.timeline.filter(({ fact }) => fact.kind === 'evidence_gathered')
  expect(entries.map(({ text }) => text)).toEqual([
    'Evidence: Logs (Loki): 12 error lines in one pattern, which is new',
  ])
  expect(view.evidence).toMatchObject([{ provider: 'loki', status: 'found' }])
  const { rows } = await w.bot.db.query<{ markdown: string }>('select markdown from postmortems where incident = 1')
  const markdown = rows[0]?.markdown ?? ''
  expect(markdown).toContain(`12 error lines in one pattern, which is new. [#${entries[0]?.id}]`)
  expect(markdown).toContain('connect to 10.0.0.11:5432 refused')
})

it('is in the post-mortem also when somebody asks again after the end', async () => {
  const server = await loki([])
  const w = await started(`loki: { url: "${server.url}" }`)
  await w.fire()
  await w.pass(0)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.pass(minute)
  server.lines.push(...refused)
  await w.chat.say('U-ADA', 'incident evidence 1')
  await w.pass(0)
  const { rows } = await w.bot.db.query<{ markdown: string }>('select markdown from postmortems where incident = 1')
  expect(rows[0]?.markdown).toContain('12 error lines in one pattern, which is new')
})

it('asks under the names that the service had when the incident opened', async () => {
  const server = await loki([{ at: ago(10), labels: { app: 'cart-api' }, line: 'ERROR boom' }])
  const w = await started(
    `loki: { url: "${server.url}" }\nservices: { checkout: { logs: { selector: '{app="cart-api"}' } } }`,
  )
  await w.fire()
  await w.pass(0)
  const { checkout } = w.bot.config.services
  if (checkout) checkout.names = { ...checkout.names, selector: '{app="other"}' }
  await w.chat.say('U-ADA', 'incident evidence 1')
  await w.pass(0)
  expect((await w.view()).evidence).toMatchObject([{ status: 'found' }])
  expect(server.asked.every(({ params }) => params.get('query')?.startsWith('{app="cart-api"}'))).toBe(true)
})

it('leaves a hand of the queue free for charts, however many logs hang', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const hanging = await backEnd((_, response) => void held.then(() => json(response, {})))
  const w = await started(`loki: { url: "${hanging.url}" }`)
  for (const title of ['a', 'b', 'c']) await w.fire({ title })
  const gather = tasksOf(w.bot)['tocsin:gather_evidence']
  const work = (incident: number) =>
    gather?.({ task: 'gather_evidence', platform: null, incident, asked: monday, by: null }, {} as never)
  const first = [work(1), work(2)]
  await expect.poll(() => hanging.asked.length).toBeGreaterThanOrEqual(2)
  // The third goes back into the queue at once.
  await work(3)
  release()
  await Promise.all(first)
  await w.pass(0)
  for (const incident of [1, 2, 3])
    expect((await w.view(incident)).timeline.some(({ fact }) => fact.kind === 'evidence_gathered')).toBe(true)
})

it('calls those that wait for their turn back one after the other, not all of them every second', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const hanging = await backEnd((_, response) => void held.then(() => json(response, {})))
  const w = await started(`loki: { url: "${hanging.url}" }`)
  const all = Array.from({ length: 12 }, (_, i) => i + 1)
  for (const i of all) await w.fire({ title: `alert ${i}` })
  const gather = tasksOf(w.bot)['tocsin:gather_evidence']
  const work = (incident: number) =>
    gather?.({ task: 'gather_evidence', platform: null, incident, asked: monday, by: null }, {} as never)
  const first = [work(1), work(2)]
  await expect.poll(() => hanging.asked.length).toBeGreaterThanOrEqual(2)
  for (const incident of all.slice(2)) await work(incident)
  const { rows } = await w.bot.db.query<{ at: Date }>(
    `select run_at as at from graphile_worker._private_jobs where key ~ '^tocsin:gather_evidence:([3-9]|1[0-2])$' order by 1`,
  )
  const waits = rows.map(({ at }) => at.getTime() - w.clock.now().getTime())
  expect(waits).toHaveLength(10)
  expect(new Set(waits).size).toBe(10)
  expect(Math.max(...waits)).toBeGreaterThanOrEqual(5_000)
  release()
  await Promise.all(first)
})

it('waits for nobody: one that hangs is a line that is edited away when it answers, and others are told at once', async () => {
  const server = await loki(refused)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const hanging = await backEnd((_, response) => void held.then(() => json(response, { data: [] })))
  const w = await started(`loki: { url: "${server.url}" }\ntraces: { url: "${hanging.url}" }`)
  await w.fire()
  const settled = w.pass(0)
  // The first answer is kept while the other is still being waited for.
  await expect.poll(async () => (await w.view()).evidence.map(({ status }) => status)).toEqual(['found', 'asking'])
  expect((await w.view()).timeline.some(({ fact }) => fact.kind === 'evidence_gathered')).toBe(false)
  await w.attemptJobs()
  expect(evidenceIn(w)[0]?.message.text).toContain('12 error lines')
  expect(evidenceIn(w)[0]?.message.text).toContain('**Traces** · still asking …')
  release()
  await settled
  expect(evidenceIn(w)).toHaveLength(1)
  expect(evidenceIn(w)[0]?.edits).toBeGreaterThan(0)
  expect(evidenceIn(w)[0]?.message.text).toContain('**Traces** · nothing found')
})

it('tells in one line who could not be asked, without a password or an address with one', async () => {
  const away = await backEnd((_, response) => response.writeHead(401).end('no user ada:hunter2'))
  const url = away.url.replace('//', '//ada:hunter2@')
  const w = await started(`loki: { url: "${url}" }`)
  await w.fire()
  await w.pass(0)
  const text = evidenceIn(w)[0]?.message.text ?? ''
  expect(text).toContain('could not be asked: Loki')
  expect(text).toContain('answered 401')
  const { timeline, evidence } = await w.view()
  expect(JSON.stringify({ sent: w.chat.sent, timeline, evidence })).not.toContain('hunter2')
  expect(timeline.filter(({ fact }) => fact.kind === 'evidence_gathered')).toHaveLength(1)
})

it('asks again when somebody says so, about how it is now, and edits the same message', async () => {
  const server = await loki([...refused])
  const w = await started(`loki: { url: "${server.url}" }`)
  await w.fire()
  await w.pass(40 * minute)
  server.lines.push({ at: new Date(start + 39 * minute), labels, line: 'level=fatal msg="out of disk"' })
  const reply = await w.chat.press('U-ADA', room, 'Gather again')
  expect(reply?.message.text).toContain('Logs (Loki)')
  await w.pass(0)
  const messages = evidenceIn(w)
  expect(messages).toHaveLength(1)
  expect(messages[0]?.message.text).toContain('out of disk')
  expect(messages[0]?.message.title).toBe('Evidence · 10:25 to 10:40')
  const entries = (await w.view()).timeline.filter(({ fact }) => fact.kind === 'evidence_gathered')
  expect(entries.map(({ by }) => by)).toEqual([null, 'ada'])
  expect(entries[1]?.text).toMatch(/^Evidence \(Ada Lovelace asked for it\): Logs \(Loki\): /)
})

it('says what to configure when there is nobody to ask, and mentions nothing otherwise', async () => {
  const w = await started('')
  await w.fire()
  await w.pass(0)
  expect(evidenceIn(w)).toEqual([])
  const reply = await w.chat.say('U-ADA', 'incident evidence 1')
  expect(JSON.stringify(reply)).toContain('name prometheus, loki, elasticsearch or traces in tocsin.yaml')
})

it('gathers nothing for a P3 until it becomes a P1', async () => {
  const server = await loki(refused)
  const w = await started(`loki: { url: "${server.url}" }`)
  await w.fire({ severity: 'info' })
  await w.pass(0)
  expect(server.asked).toEqual([])
  await w.chat.say('U-ADA', 'incident sev 1 P1 worse than it looked')
  await w.pass(0)
  expect((await w.view()).evidence).toMatchObject([{ status: 'found' }])
  expect(evidenceIn(w)).toHaveLength(1)
})

it('is done again from the start when the process died in the middle, and leaves one entry', async () => {
  const server = await loki(refused)
  const w = await started(`loki: { url: "${server.url}" }`)
  await w.fire()
  await w.pass(0)
  const asked = server.asked.length
  const done = (await w.view()).timeline.find(({ fact }) => fact.kind === 'evidence_gathered')
  const job = {
    task: 'gather_evidence',
    platform: null,
    incident: 1,
    asked: done?.fact.kind === 'evidence_gathered' ? done.fact.asked : '',
    by: null,
  } as const
  await addJobs(w.bot.db, [job], w.clock.now())
  await w.pass(0)
  expect(server.asked).toHaveLength(asked)
  expect((await w.view()).timeline.filter(({ fact }) => fact.kind === 'evidence_gathered')).toHaveLength(1)
})

it('reads incidents that opened before there was evidence as the usual', async () => {
  const server = await loki(refused)
  const w = await started(`loki: { url: "${server.url}", selector: '{service="$service"}' }`)
  await w.fire({ severity: 'info' })
  await w.pass(0)
  await w.bot.db.query("update incidents set terms = terms - 'evidence'")
  expect((await w.view()).incident.terms.evidence).toBeUndefined()
  await w.chat.say('U-ADA', 'incident evidence 1')
  await w.pass(0)
  expect((await w.view()).evidence).toMatchObject([{ status: 'found' }])
})

it('says nothing of a monitoring that is well unless somebody asks; what was wrong goes when it is right again', async () => {
  let isWell = true
  const server = await backEnd(({ path }, response) => {
    if (path === '/api/v1/query')
      return json(response, { status: 'success', data: { resultType: 'vector', result: [] } })
    if (path === '/api/v1/query_range')
      return json(response, { status: 'success', data: { resultType: 'matrix', result: [] } })
    const failing = {
      name: 'shop',
      rules: [{ name: 'Slow', health: isWell ? 'ok' : 'err', lastError: 'bad matching' }],
    }
    json(response, { status: 'success', data: { groups: [failing] } })
  })
  const w = await started(`prometheus: { url: "${server.url}" }`)
  const entries = async () => (await w.view()).timeline.filter(({ fact }) => fact.kind === 'evidence_gathered')
  await w.fire()
  await w.pass(minute)
  expect(evidenceIn(w)).toEqual([])
  expect([await entries(), (await w.view()).evidence]).toEqual([[], []])
  isWell = false
  await w.chat.say('U-ADA', 'incident severity 1 P3')
  await w.chat.say('U-ADA', 'incident severity 1 P1')
  await w.pass(minute)
  expect(evidenceIn(w)[0]?.message.text).toContain(
    '**Health of the monitoring** · rules of one rule group cannot be evaluated',
  )
  expect(evidenceIn(w)[0]?.message.text).toContain('bad matching')
  expect((await entries()).map(({ text }) => text)).toEqual([
    'Evidence: Health of the monitoring: rules of one rule group cannot be evaluated',
  ])
  isWell = true
  await w.chat.say('U-ADA', 'incident evidence 1')
  await w.pass(minute)
  expect(evidenceIn(w)[0]?.message.text).toBe('**Health of the monitoring** · nothing found')
  expect((await entries()).at(-1)?.text).toContain(
    '(Ada Lovelace asked for it): Health of the monitoring: nothing found',
  )
})

it('takes back what it said of the monitoring by itself, when the incident comes again and all is well', async () => {
  let isWell = false
  const server = await backEnd(({ path }, response) => json(response, {}, path === '/-/healthy' && isWell ? 200 : 503))
  const w = await started(`alertmanager: { url: "${server.url}" }`)
  await w.fire()
  await w.pass(minute)
  expect((await w.view()).evidence).toMatchObject([{ provider: 'monitoring', status: 'found' }])
  isWell = true
  await w.chat.say('U-ADA', 'incident severity 1 P3')
  await w.chat.say('U-ADA', 'incident severity 1 P1')
  await w.pass(minute)
  expect((await w.view()).evidence).toMatchObject([{ provider: 'monitoring', status: 'nothing' }])
  expect(evidenceIn(w)[0]?.message.text).toBe('**Health of the monitoring** · nothing found')
})
