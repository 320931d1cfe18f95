// What many incidents say about runbooks: steps that help, steps that are in the way, and which of them are stale.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { staleText } from '../../src/core/runbook-habits.ts'
import { lookAtRunbooks } from '../../src/flow/library.ts'
import { noteRunbooks, runbookStandings, staleRunbooks } from '../../src/flow/runbook-figures.ts'
import { readFiles } from '../../src/runbooks/reader.ts'
import type { Queryable } from '../../src/store/db.ts'
import { minute, team, type World, world } from '../scenarios/world.ts'

const ops = `
## Checkout down
**Symptoms:** \`CheckoutDown\` fires

**Steps:**
1. Look
2. Restart
3. Call the bank

## Disk full
**Symptoms:** \`DiskFull\` fires

**Steps:**
1. Delete old logs
`

async function begin(): Promise<World & { file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-figures-'))
  const file = join(folder, 'ops.md')
  writeFileSync(file, ops)
  const w = await world({ yaml: `${team}runbooks: ${folder}\ngrouping: { reopen_within: 1m }\n` })
  onTestFinished(() => w.stop())
  await noteRunbooks(w.bot)
  return { ...w, file }
}

/** An incident from its beginning to its end, with what was said in it. */
async function incident(w: World, number: number, said: string[], title = 'CheckoutDown') {
  await w.fire({ title, labels: { n: String(number) } })
  await w.pass(minute)
  for (const words of said) await w.chat.say('U-ADA', `incident step ${number} ${words}`)
  await w.clear({ title, labels: { n: String(number) } })
  await w.chat.say('U-ADA', `incident resolve ${number}`)
  await w.pass(2 * minute)
}

const reasons = async (w: World) =>
  (await staleRunbooks(w.bot)).map(({ title, reasons: why }) => [title, ...why.map(staleText)])

it('counts what became of each step of the incidents that are over', async () => {
  const w = await begin()
  await incident(w, 1, ['1 done', '2 done', '2 helped', '3 skip the bank is asleep'])
  await incident(w, 2, ['2 done', '3 skip'])
  await incident(w, 3, [])
  await w.fire({ title: 'CheckoutDown', labels: { n: '4' } })
  await w.pass(minute)
  await w.chat.say('U-ADA', 'incident step 4 1 done')
  const [down, disk] = await runbookStandings(w.bot)
  expect(down).toMatchObject({
    ...{ title: 'Checkout down', isThere: true, skipped: [], stale: [] },
    figures: {
      ...{ incidents: 3, worked: 2 },
      steps: [
        { step: 1, title: 'Look', done: 1, skipped: 0, untouched: 2, helped: 0 },
        { step: 2, title: 'Restart', done: 2, skipped: 0, untouched: 1, helped: 1 },
        { step: 3, title: 'Call the bank', done: 0, skipped: 2, untouched: 1, helped: 0 },
      ],
    },
  })
  expect(disk).toMatchObject({ title: 'Disk full', figures: null })
})

it('calls a runbook stale whose step is skipped each time, until it is changed', async () => {
  const w = await begin()
  for (const number of [1, 2, 3]) await incident(w, number, ['1 done', '3 skip'])
  expect(await reasons(w)).toEqual([['Checkout down', 'always skipped: Call the bank']])
  await lookAtRunbooks(w.bot, w.library, readFiles)
  writeFileSync(w.file, ops.replace('3. Call the bank', '3. Write to the bank'))
  for (let look = 0; look < 3; look++) await lookAtRunbooks(w.bot, w.library, readFiles)
  expect(await reasons(w)).toEqual([])
})

it('calls a runbook stale that nobody has changed for half a year, or whose alerts no longer come', async () => {
  const w = await begin()
  const day = 24 * 60 * minute
  w.clock.set(new Date(w.clock.now().getTime() + 170 * day))
  await incident(w, 1, ['1 done'])
  expect(await reasons(w)).toEqual([])
  w.clock.set(new Date(w.clock.now().getTime() + 20 * day))
  // The same again is no change.
  await noteRunbooks({ ...w.bot, runbooks: [...w.bot.runbooks] })
  expect(await reasons(w)).toEqual([
    ['Checkout down', 'not changed in 190 days and 1 incident'],
    ['Disk full', 'DiskFull: nothing arrived in 190 days'],
  ])
})

it('reads through alerts only for runbooks that nobody changed for half a year', async () => {
  const w = await begin()
  await incident(w, 1, [])
  const asked: string[] = []
  const heard = (q: Queryable): Queryable => ({
    query: (text, values) => {
      asked.push(typeof text === 'string' ? text : text.text)
      return q.query(text, values)
    },
  })
  const { db: own } = w.bot
  const db: World['bot']['db'] = { ...own, ...heard(own), tx: (work) => own.tx((q) => work(heard(q))) }
  const readsAlerts = () => asked.splice(0).some((text) => /(from|join) alerts\b/.test(text))
  await staleRunbooks({ ...w.bot, db })
  expect(readsAlerts()).toBe(false)
  w.clock.advance(181 * 24 * 60 * minute)
  await staleRunbooks({ ...w.bot, db })
  expect(readsAlerts()).toBe(true)
})
