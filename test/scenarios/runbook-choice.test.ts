// Which runbook the room shows, how it says why, what is offered where it is not clear, and what a runbook's own times do.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { minute, team, type World, world } from './world.ts'

const room = 'inc-1-checkout'

const down = `
## Checkout down (P1)

**Symptoms:** \`CheckoutDown\` fires

**Resolution Steps:**
1. **Restart it**
   \`\`\`bash
   kubectl rollout restart deploy/checkout
   \`\`\`

**Escalation:** not recovered in 15 minutes: escalate to a senior engineer.
`
const latency = `
## Checkout latency
**Symptoms:** the checkout is slow

**Steps:**
1. Look at the slow queries

## Payments latency
**Symptoms:** payments are slow

**Steps:**
1. Look at the bank

**Escalation:** If nobody answers in 10 minutes, call the bank.
`

async function withRunbooks(files: Record<string, string>): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-books-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const w = await world({ yaml: `${team.replace('resolve: 4h', 'resolve: 4h')}runbooks: ${folder}\n` })
  onTestFinished(() => w.stop())
  return w
}

const told = async (w: World) => (await w.view()).timeline.map((entry) => entry.text)
const shown = (w: World, where = room) =>
  w.chat.in(where).find(({ message }) => message.title?.startsWith('Runbook'))?.message

it('shows the runbook that names the alert, says so, and keeps its time as a clock that brings more people', async () => {
  const w = await withRunbooks({ 'ops.md': down })
  await w.fire({ title: 'CheckoutDown' })
  await w.pass(minute)
  expect(shown(w)?.text).toContain('Matched by alert name CheckoutDown')
  expect(shown(w)?.text).toContain('Calls more people after **15 min** unless it is resolved')
  expect(await told(w)).toContain(
    'Runbook “Checkout down” matched by alert name CheckoutDown; it calls more people after 15 min unless resolved',
  )
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.pass(13 * minute)
  expect((await w.view()).pages.map(({ person }) => person)).toEqual(['ada'])
  await w.pass(minute)
  expect(await told(w)).toContain('The time to recover has run out; more people are paged to help')
  expect((await w.view()).pages.map(({ person }) => person)).toEqual(['ada', 'linus'])
  expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada' })
})

it('pages nobody because of the runbook when it is over before its time', async () => {
  const w = await withRunbooks({ 'ops.md': down })
  await w.fire({ title: 'CheckoutDown' })
  await w.pass(minute)
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.pass(30 * minute)
  expect((await w.view()).pages.map(({ person }) => person)).toEqual(['ada'])
  expect((await w.view()).clocks.find(({ name }) => name === 'recover')?.status).toBe('met')
})

it('keeps the time of the runbook when the severity changes and when the incident comes back', async () => {
  const w = await withRunbooks({ 'ops.md': down })
  await w.fire({ title: 'CheckoutDown' })
  await w.pass(minute)
  await w.chat.say('U-ADA', 'incident ack 1')
  await w.chat.say('U-ADA', 'incident sev 1 P2')
  const running = async () =>
    (await w.view()).clocks.filter(({ status }) => status === 'running').map(({ name }) => name)
  expect(await running()).toContain('recover')
  await w.chat.say('U-ADA', 'incident resolve 1')
  await w.clear({ title: 'CheckoutDown' })
  await w.pass(minute)
  await w.fire({ title: 'CheckoutDown' })
  await w.pass(0)
  expect((await w.view()).incident.status).toBe('open')
  expect(await running()).toContain('recover')
})

it('shows a likely runbook with its score, and wakes nobody because of a guess', async () => {
  const w = await withRunbooks({ 'ops.md': down })
  await w.fire({ title: 'CheckoutTotallyDown' })
  await w.pass(minute)
  expect(shown(w)?.text).toMatch(/Matched by similarity 0\.\d\d\. Not the right one\?/)
  expect((await w.view()).clocks.map(({ name }) => name)).not.toContain('recover')
})

it('offers the choice where two may fit; a press shows the steps and is on the timeline', async () => {
  const w = await withRunbooks({ 'latency.md': latency })
  await w.fire({ title: 'LatencyHigh', service: 'shop' })
  await w.pass(minute)
  expect(shown(w, 'inc-1-shop')).toBeUndefined()
  const offer = w.chat.in('inc-1-shop').find(({ message }) => message.title === 'Which runbook is it?')?.message
  expect(offer?.text).toMatch(/\*\*Checkout latency\*\* · similarity 0\\\.\d\d/)
  expect(offer?.buttons?.map(({ label }) => label)).toEqual(['Checkout latency', 'Payments latency'])
  await w.chat.press('U-ADA', 'inc-1-shop', 'Payments latency')
  await w.pass(minute)
  expect(shown(w, 'inc-1-shop')?.title).toBe('Runbook: Payments latency')
  expect(shown(w, 'inc-1-shop')?.text).toContain('Chosen by Ada Lovelace')
  expect((await w.view()).incident.terms.runbook?.section).toBe('payments-latency')
  expect(await told(w)).toContain(
    'Ada Lovelace chose runbook “Payments latency”; it calls more people after 10 min unless answered',
  )
})

it('tells two that are called the same apart by their files', async () => {
  const w = await withRunbooks({ 'a.md': down, 'b.md': down.replace('Restart it', 'Call the vendor') })
  await w.fire({ title: 'CheckoutDown' })
  await w.pass(minute)
  expect(await told(w)).toContainEqual(
    expect.stringMatching(/^Other runbooks answer this alert: “Checkout down \(tocsin-books-\w+\/b\.md\)”$/),
  )
  const [offer] = w.chat.in(room).filter(({ message }) => message.title?.startsWith('Another runbook'))
  const [button] = offer?.message.buttons ?? []
  expect(button).toMatchObject({ label: expect.stringContaining('b.md') })
  await w.chat.press('U-ADA', room, button?.label ?? '')
  await w.pass(minute)
  expect((await w.view()).incident.terms.runbook?.path).toMatch(/b\.md$/)
})

it('replaces the runbook by another one, whose steps begin anew; choosing it twice changes nothing', async () => {
  const w = await withRunbooks({ 'ops.md': down, 'latency.md': latency })
  await w.fire({ title: 'CheckoutDown' })
  await w.pass(minute)
  await w.chat.say('U-ADA', 'incident runbook 1 checkout latency')
  await w.chat.say('U-ADA', 'incident runbook 1 checkout-latency')
  await w.pass(minute)
  expect((await w.view()).runbook).toMatchObject([{ title: 'Look at the slow queries', status: 'open' }])
  expect(shown(w)?.title).toBe('Runbook: Checkout latency')
  const chosen = (await told(w)).filter((text) => text.includes('chose runbook'))
  expect(chosen).toEqual(['Ada Lovelace chose runbook “Checkout latency” instead of “Checkout down”'])
  // A late press of Acknowledge, a change of severity: all that reads the incident reads the new one.
  await w.chat.say('U-ADA', 'incident sev 1 P2')
  expect((await w.view()).incident.terms.runbook?.section).toBe('checkout-latency')
})

it('says which runbooks there are when a name means none or several', async () => {
  const w = await withRunbooks({ 'ops.md': down, 'latency.md': latency })
  await w.fire({ title: 'CheckoutDown' })
  await w.pass(minute)
  const number = await w.chat.say('U-ADA', `incident runbook ${'9'.repeat(400)}`)
  expect(JSON.stringify(number)).toContain('Which incident?')
  const none = await w.chat.say('U-ADA', 'incident runbook 1 nonsense')
  expect(JSON.stringify(none)).toContain('There are: checkout-latency, payments-latency, checkout-down')
  const several = await w.chat.say('U-ADA', 'incident runbook 1 latency')
  expect(JSON.stringify(several)).toContain('may mean several runbooks. Say which: checkout-latency, payments-latency')
})
