// The console's page while copies of the bot are upgraded one after the other: it comes from one of them, and what it shows from another.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { seedIncident } from '../http/seed.ts'
import { withServer } from '../http/with-server.ts'

const executablePath = '/usr/bin/chromium'
const server = withServer({ realTime: true })

test.skipIf(!existsSync(executablePath))('a page understands what a copy of the version before says', async () => {
  await seedIncident(server.database.db, { number: 7, title: 'Disk full', openedAt: new Date() })
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.route('**/console/state*', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ json: { ...(await answer.json()), questions: undefined } })
  })
  await page.goto(`${server.url}/incidents/7`)
  await page.waitForSelector('.card')
  await expect.poll(() => page.title()).toContain('Disk full')
  // One that is asked just now would find no server any more.
  await page.unrouteAll({ behavior: 'wait' })
})
