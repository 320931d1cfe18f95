// What people do with the steps of a runbook in the room: who did what, who is to do it, what waits and what was found.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { assemble } from '../../src/app.ts'
import { asTyped } from '../../src/core/button-mark.ts'
import { runbookMark } from '../../src/core/runbook-step.ts'
import { runStep } from '../../src/flow/step-queries.ts'
import { endStepTimers } from '../../src/flow/steps.ts'
import { lokiStandIn } from '../evidence/loki-stand-in.ts'
import { json, matrix, standIn } from '../evidence/stand-in.ts'
import { minute, monday, team, type World, world } from './world.ts'

const room = 'inc-1-checkout'

const down = `
## Checkout down

**Symptoms:** \`CheckoutDown\` fires

**Steps:**
1. **Look at the errors**
   \`\`\`promql
   sum(rate(http_errors_total{service="$service", pod="{{ $labels.pod }}"}[$__rate_interval]))
   \`\`\`
   \`\`\`bash
   kubectl rollout restart deploy/checkout
   \`\`\`
2. **Restart it:**
   Then wait 5-10 minutes.
3. **Read the logs**
   \`\`\`logql
   {app="$service"} |= "timeout"
   \`\`\`
4. **How many are left**
   \`\`\`promql
   scalar(sum(up))
   \`\`\`

## Disk full

**Symptoms:** \`DiskFull\` fires

**Steps:**
1. Delete old logs
`

async function begin(more = ''): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-steps-'))
  writeFileSync(join(folder, 'ops.md'), down)
  const w = await world({ yaml: `${team}runbooks: ${folder}\n${more}` })
  onTestFinished(() => w.stop())
  await w.fire({ title: 'CheckoutDown', labels: { pod: 'checkout-1' } })
  await w.pass(minute)
  return w
}

const told = async (w: World) => (await w.view()).timeline.map((entry) => entry.text)
const shown = (w: World) => w.chat.in(room).find(({ message }) => message.title?.startsWith('Runbook'))?.message
const sectionOf = (w: World, step: number) => shown(w)?.sections?.[step - 1]
const labels = (w: World, step: number) => sectionOf(w, step)?.buttons?.map(({ label }) => label)
const say = async (w: World, text: string, who = 'U-ADA', channel?: string) => {
  const reply = await w.chat.say(who, text, channel)
  await w.settle()
  return reply
}

it('shows who did what, why a step was skipped, and how far it is', async () => {
  const w = await begin()
  expect(shown(w)?.text).toContain('**0 of 4 steps** done or skipped')
  await say(w, 'incident step 1 1 done')
  await say(w, 'incident step 1 2 skip it restarts by itself', 'U-GRACE')
  expect(shown(w)?.text).toContain('**2 of 4 steps** done or skipped')
  expect(sectionOf(w, 1)?.text).toContain('✓ **1. Look at the errors** · done by Ada Lovelace, 10:01')
  expect(sectionOf(w, 2)?.text).toContain('skipped by Grace Hopper, 10:01: it restarts by itself')
  expect(await told(w)).toContain('Grace Hopper skipped runbook step 2: Restart it (it restarts by itself)')
  await say(w, 'incident step 1 2 undo')
  expect(sectionOf(w, 2)?.text).not.toContain('skipped')
  expect(labels(w, 2)).toEqual(['Done', 'Skip', 'Wait 10 min', 'I do it'])
})

it('marks a step once when two people press, and says who was first', async () => {
  const w = await begin()
  await say(w, 'incident step 1 1 done')
  const reply = await say(w, 'incident step 1 1 done', 'U-GRACE')
  expect(reply?.message.title).toBe('Step 1 is done already (Ada Lovelace).')
  expect((await told(w)).filter((text) => text.includes('runbook step 1'))).toHaveLength(1)
})

it('takes the incident’s number and the step’s, or in the room the step’s alone, also before words with numbers', async () => {
  const w = await begin()
  await say(w, 'incident step 3 note 5 pods restart', 'U-ADA', room)
  await say(w, 'incident step 1 3 note 6 pods restart', 'U-ADA', room)
  await say(w, 'incident step 2 timer 10m', 'U-ADA', room)
  expect(sectionOf(w, 3)?.text).toContain('5 pods restart')
  expect(sectionOf(w, 3)?.text).toContain('6 pods restart')
  expect(sectionOf(w, 2)?.text).toContain('waits until 10:11')
})

it('calls whoever gets a step into the room and mentions them, and says nothing when somebody takes one', async () => {
  const w = await begin()
  await say(w, 'incident step 1 2 assign @linus')
  expect(w.chat.invited).toContain('U-LINUS → inc-1-checkout')
  const call = w.chat.in(room).find(({ message }) => message.title === 'Linus, step 2 is yours: Restart it')
  expect(call?.message.mentions).toEqual(['linus'])
  expect(call?.message.buttons?.map(({ label }) => label)).toEqual(['Done', 'Skip'])
  expect(sectionOf(w, 2)?.text).toContain('Linus does it')
  const messages = w.chat.in(room).length
  await say(w, 'incident step 1 3 assign me')
  expect(w.chat.in(room)).toHaveLength(messages)
  expect(sectionOf(w, 3)?.text).toContain('Ada Lovelace does it')
})

it('tells of a wait that is over once, with two replicas and after a restart, whoever has the step and whoever waits', async () => {
  const w = await begin()
  await say(w, 'incident step 1 2 assign @linus')
  await say(w, 'incident step 1 2 timer 10m')
  await w.pass(9 * minute)
  const over = () => w.chat.in(room).filter(({ message }) => message.title?.startsWith('The wait at step 2 is over'))
  expect(over()).toHaveLength(0)
  w.clock.set(new Date(w.clock.now().getTime() + 2 * minute))
  const { bot: other } = await assemble(w.bot.config, { db: w.bot.db, clock: w.clock, log: w.bot.log })
  other.platforms.splice(0, other.platforms.length, w.chat)
  onTestFinished(() => other.charts.close())
  await Promise.all([endStepTimers(w.bot), endStepTimers(other), endStepTimers(w.bot)])
  await w.settle()
  expect(over().map(({ message }) => message.mentions)).toEqual([['linus', 'ada']])
  const again = over()[0]?.message.buttons?.find(({ label }) => label === 'Wait 10 min')
  await say(w, again?.command ?? '')
  expect(sectionOf(w, 2)?.text).toContain('waits until 10:22')
  expect((await told(w)).filter((text) => text.includes('is over at'))).toEqual([
    'The wait of 10 min is over at runbook step 2: Restart it',
  ])
})

it('waits no longer at what is done, stopped or over', async () => {
  const w = await begin()
  await say(w, 'incident step 1 1 timer 2m')
  await say(w, 'incident step 1 1 done')
  await say(w, 'incident step 1 2 timer 2m')
  await say(w, 'incident step 1 2 timer off')
  await say(w, 'incident step 1 3 timer 2m')
  await say(w, 'incident resolve 1')
  await w.pass(10 * minute)
  expect((await told(w)).filter((text) => text.includes('is over at'))).toEqual([])
  expect((await say(w, 'incident step 1 3 timer 2m'))?.message.title).toContain('Incident 1 is resolved')
})

it('marks nothing when the button is of a runbook that another one took the place of', async () => {
  const w = await begin()
  const stale = sectionOf(w, 1)?.buttons?.[0]?.command ?? ''
  const { runbook } = (await w.view()).incident.terms
  expect(asTyped(stale)).toBe(`incident step #1 1 done --runbook ${runbookMark(runbook)}`)
  await say(w, 'incident runbook #1 disk-full')
  expect((await say(w, stale))?.message.title).toContain('Another runbook has taken the place')
  expect((await w.view()).runbook.map(({ title, status }) => [title, status])).toEqual([['Delete old logs', 'open']])
  // One that an earlier version posted carries no mark.
  await say(w, 'incident step 1 1 done')
  expect((await w.view()).runbook[0]?.status).toBe('done')
})

it('asks before another runbook takes the place of one that somebody works through', async () => {
  const w = await begin()
  await say(w, 'incident step 1 1 done')
  const asked = await say(w, 'incident runbook #1 disk-full')
  expect(asked?.message.title).toBe('1 step of the runbook is done, skipped or taken')
  expect((await w.view()).runbook).toHaveLength(4)
  await say(w, asked?.message.buttons?.[0]?.command ?? '')
  expect((await w.view()).runbook.map(({ title }) => title)).toEqual(['Delete old logs'])
})

it('runs the queries of a step where it stands: a picture, a number, a few lines; each once however often it is pressed', async () => {
  const prometheus = await standIn((asked, response) => {
    if (asked.path.endsWith('/query'))
      return json(response, { status: 'success', data: { resultType: 'scalar', result: [0, '7'] } })
    matrix(asked, response, [{ metric: {}, value: () => '3' }])
  })
  onTestFinished(() => prometheus.close())
  const at = '2026-03-02T08:59:30.000Z'
  const loki = await lokiStandIn([{ at, line: 'timeout after 3 s', labels: { app: 'checkout' } }])
  onTestFinished(() => loki.close())
  const w = await begin(`prometheus: { url: "${prometheus.url}", timeout: 30s }\nloki: { url: "${loki.url}" }\n`)
  expect(labels(w, 1)).toEqual(['Done', 'Skip', 'Run query', 'I do it'])
  const before = prometheus.asked.length
  await Promise.all([w.chat.say('U-ADA', 'incident step 1 1 run'), w.chat.say('U-GRACE', 'incident step 1 1 run')])
  await w.settle()
  const asked = prometheus.asked.slice(before).map(({ params }) => params.get('query'))
  expect(new Set(asked)).toEqual(new Set(['sum(rate(http_errors_total{service="checkout", pod="checkout-1"}[5m]))']))
  const answers = w.chat.in(room).filter(({ message }) => message.title === 'Step 1: Look at the errors')
  expect(answers).toHaveLength(1)
  expect(answers[0]?.message.picture?.png.length).toBeGreaterThan(1_000)
  expect(sectionOf(w, 1)?.text).toMatch(/10:01: now 3/)
  await say(w, 'incident step 1 4 run')
  expect(await told(w)).toContain('Ada Lovelace ran a query of runbook step 4: How many are left: now 7')
  await say(w, 'incident step 1 3 run')
  const lines = w.chat.in(room).find(({ message }) => message.title === 'Step 3: Read the logs')
  expect(lines?.message.text).toContain('timeout after 3 s')
})

it('leaves each answer once when a process that was taken for dead is still at it', async () => {
  const prometheus = await standIn((asked, response) => matrix(asked, response, [{ metric: {}, value: () => '3' }]))
  onTestFinished(() => prometheus.close())
  const w = await begin(`prometheus: { url: "${prometheus.url}", timeout: 30s }\n`)
  const mark = runbookMark((await w.view()).incident.terms.runbook)
  const job = { task: 'run_step', platform: null, incident: 1, step: 1, mark, asked: monday, by: 'ada' } as const
  await Promise.all([runStep(w.bot, job), runStep(w.bot, job)])
  await runStep(w.bot, job)
  expect((await told(w)).filter((text) => text.includes('ran a query'))).toHaveLength(1)
  // Asked of a runbook that another one took the place of, it asks nothing.
  const before = prometheus.asked.length
  await runStep(w.bot, { ...job, mark: 'other', asked: 'later' })
  expect(prometheus.asked).toHaveLength(before)
})

it('says why a query could not be run, and asks nothing that is no query', async () => {
  const prometheus = await standIn((_, response) => json(response, { status: 'error', error: 'too many samples' }, 422))
  onTestFinished(() => prometheus.close())
  const w = await begin(`prometheus: { url: "${prometheus.url}", timeout: 30s }\n`)
  await say(w, 'incident step 1 1 run')
  expect((await told(w)).at(-1)).toContain('A query of runbook step 1: Look at the errors could not be run: ')
  expect((await say(w, 'incident step 1 2 run'))?.message.title).toContain('Step 2 has no query')
  expect((await say(w, 'incident step 1 3 run'))?.message.title).toContain('name loki in tocsin.yaml')
  expect((await say(w, 'incident step 1 9 run'))?.message.title).toContain('its runbook has 1 to 4')
})

it('asks at the end which of the steps that were done helped', async () => {
  const w = await begin()
  await say(w, 'incident step 1 1 done')
  await say(w, 'incident resolve 1')
  expect(labels(w, 1)).toEqual(['👍 This helped'])
  expect(labels(w, 2)).toEqual([])
  await say(w, sectionOf(w, 1)?.buttons?.[0]?.command ?? '')
  expect(sectionOf(w, 1)?.text).toContain('👍 helped, says Ada Lovelace')
  expect(labels(w, 1)).toEqual([])
})

it('still reads and marks steps that a version without any of this froze', async () => {
  const w = await begin()
  await w.bot.db.query('delete from runbook_steps')
  await w.bot.db.query("insert into runbook_steps (incident, step, title, body) values (1, 1, 'Look', 'Look.')")
  await say(w, 'incident step 1 1 done')
  expect(sectionOf(w, 1)?.text).toContain('✓ **1. Look** · done by Ada Lovelace')
})
