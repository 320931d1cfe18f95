// The editor of a post-mortem in a real browser, and the print of one: what people do with both.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { draftPostmortem } from '../../src/flow/postmortem.ts'
import { savePostmortem } from '../../src/flow/postmortem-edits.ts'
import { draftOf } from '../../src/store/postmortems.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { startServer, type TestServer } from '../http/bot.ts'
import { seedAlert, seedEntry, seedIncident } from '../http/seed.ts'

const executablePath = '/usr/bin/chromium'
const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']

let browser: Browser
let database: FreshDatabase
let server: TestServer
let page: Page
let problems: string[]

const minutes = (count: number) => new Date(Date.now() - count * 60_000)

async function aftermath(entries = 12): Promise<void> {
  const { db } = database
  await seedIncident(db, {
    ...{ number: 7, status: 'resolved', title: 'Checkout fails', openedAt: minutes(90), resolvedAt: minutes(30) },
    ...{ acknowledgedAt: minutes(85), acknowledgedBy: 'ada' },
  })
  await seedEntry(
    db,
    7,
    minutes(90),
    null,
    { kind: 'incident_opened', severity: 'P1', title: 't', service: 's' },
    'Opened',
  )
  for (let i = 0; i < entries; i++)
    await seedEntry(
      db,
      7,
      minutes(80),
      'ada',
      { kind: 'note_added', note: `n${i}` },
      `Ada Lovelace: finding number ${i}`,
    )
  await seedAlert(db, 7, {
    fingerprint: 'a',
    labels: { alertname: 'Errors' },
    startsAt: minutes(95),
    endsAt: minutes(35),
  })
  await draftPostmortem(server.bot, 7)
}

const current = async () => {
  const found = await draftOf(database.db, 7)
  if (found === null) throw new Error('no draft')
  return found
}

describe.skipIf(!existsSync(executablePath))('the editor of a post-mortem', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...quiet] })
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    database = await freshDatabase()
    server = await startServer(database.db, { realTime: true })
    problems = []
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/409/.test(message.text())) problems.push(message.text())
    })
  })
  afterEach(async () => {
    await page.close()
    await server.close()
    await database.drop()
    // Whatever the page's own policy forbids shows here, too.
    expect(problems).toEqual([])
  })

  const box = () => page.getByLabel('Markdown of the post-mortem')
  const tab = (name: string) => page.getByRole('tab', { name }).click()

  async function open(as: string | null = 'ada'): Promise<void> {
    await page.goto(server.url)
    if (as !== null) await page.evaluate(`localStorage.setItem('tocsin.as', ${JSON.stringify(JSON.stringify(as))})`)
    await page.goto(`${server.url}/incidents/7/postmortem/edit`)
    await page.locator('.document-text h1').waitFor()
  }

  const write = async (line: string) => {
    const text = await box().inputValue()
    await box().fill(text.replace('## Summary\n', `## Summary\n\n${line}\n`))
  }

  test('shows what is typed as it will read, and saves it with Ctrl+S in the name of whoever acts', async () => {
    await aftermath()
    await open()
    await write('The **cache** was cold.')
    await page.locator('.document-text strong', { hasText: 'cache' }).waitFor()
    await page.getByText('not saved').waitFor()
    await box().press('Control+s')
    await page.getByText('Saved as version 2.').waitFor()
    expect(await current()).toMatchObject({
      version: 2,
      by: 'ada',
      markdown: expect.stringContaining('The **cache** was cold.'),
    })
  })

  test('asks whom one acts as before anything is written', async () => {
    await aftermath()
    await open(null)
    await write('Mine.')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Choose whom you act as first').waitFor()
    await page.getByLabel('Acting as').selectOption('Grace Hopper')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved as version 2.').waitFor()
    expect((await current()).by).toBe('grace')
  })

  test('brings back what was typed when the window was closed without saving', async () => {
    await aftermath()
    await open()
    page.on('dialog', (dialog) => void dialog.accept())
    // Closed with the last key, before it is seen on the screen.
    await box().evaluate(async (text: { value: string; dispatchEvent(event: Event): void }) => {
      text.value += 'Typed on the train.'
      text.dispatchEvent(new Event('input', { bubbles: true }))
      await Promise.resolve()
      await Promise.resolve()
      ;(globalThis as unknown as { location: { reload(): void } }).location.reload()
    })
    await page.getByText('was brought back').waitFor()
    expect(await box().inputValue()).toContain('Typed on the train.')
    await page.getByRole('button', { name: 'Discard it' }).click()
    expect(await box().inputValue()).not.toContain('Typed on the train.')
  })

  test('tells the second of two people, and puts both texts together', async () => {
    await aftermath()
    await open()
    const { markdown } = await current()
    await savePostmortem(server.bot, 7, { markdown: `${markdown}\nBy Grace.\n`, seen: 1, by: 'grace' })
    await write('By Ada.')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Grace Hopper wrote version 2 meanwhile.').waitFor()
    await page.getByRole('button', { name: 'Put both together' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved as version 3.').waitFor()
    const text = (await current()).markdown
    expect(text).toContain('By Ada.')
    expect(text).toContain('By Grace.')
  })

  test('what is saved or added twice at once is kept once, and is no clash with oneself', async () => {
    await aftermath()
    await open()
    // The bot is so slow that the second press comes before its answer.
    let answer = () => {}
    const slowly = async (method: string, press: () => Promise<void>) => {
      const pressed = new Promise<void>((resolve) => {
        answer = resolve
      })
      await page.route('**/api/v1/incidents/7/**', async (route) => {
        if (route.request().method() === method) await pressed
        await route.continue()
      })
      await press()
      await press()
      answer()
    }
    await write('It was the cache.')
    await slowly('PUT', () => page.keyboard.press('Control+s'))
    await page.getByText('Saved as version 2.').waitFor()
    await page.unroute('**/api/v1/incidents/7/**')
    await tab('Action items')
    await page.getByLabel('New action item').fill('Alert on queue length')
    await slowly('POST', () => page.getByLabel('New action item').press('Enter'))
    await page.getByText('1. Alert on queue length').waitFor()
    await expect.poll(() => page.getByLabel('New action item').inputValue()).toBe('')
    expect(await page.locator('.action-items li').count()).toBe(1)
    expect(await page.getByText(/wrote version/).count()).toBe(0)
    // One that is under way would find no page any more.
    await page.unrouteAll({ behavior: 'wait' })
  })

  test('says beside the text what is missing, cites entries, keeps action items, and publishes all the same', async () => {
    await aftermath()
    await open()
    await tab('Missing')
    const missing = page.locator('.editor-missing li')
    const before = await missing.count()
    await box().fill(
      (await box().inputValue()).replace('- [ ] **What was the root cause', '- [x] **What was the root cause'),
    )
    await expect.poll(() => missing.count()).toBe(before - 1)

    await tab('Cite')
    await page.getByLabel('Search the timeline').fill('number 3')
    await box().press('Control+End')
    await page.getByRole('button', { name: 'finding number 3' }).click()
    expect(await box().inputValue()).toMatch(/ \[#5\]$/)
    await page.keyboard.press('Control+s')
    await page.getByText('Saved as version 2.').waitFor()

    await tab('Action items')
    await page.getByLabel('New action item').fill('Alert on queue length')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('1. Alert on queue length').waitFor()
    await page.locator('.action-items').getByLabel('Owner').selectOption('Grace Hopper')
    await expect.poll(async () => (await current()).markdown).toMatch(/\| Alert on queue length \| Grace Hopper \|/)
    await expect.poll(() => box().inputValue()).toContain('Alert on queue length')

    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText(/^Not published yet: \d+ things are missing, see the tab Missing\.$/).waitFor()
    await page.getByRole('button', { name: 'Publish anyway' }).click()
    await page.getByText('Published.').waitFor()
    expect((await current()).publication).toMatchObject({ publishedBy: 'ada' })
  })

  test('has the history, with what changed, and goes back', async () => {
    await aftermath()
    await open()
    await write('A mistake.')
    await box().press('Control+s')
    await page.getByText('Saved as version 2.').waitFor()
    await tab('History')
    await page.getByRole('button', { name: /^2 Ada Lovelace edited/ }).click()
    await page.locator('.changes .added', { hasText: 'A mistake.' }).waitFor()
    await page.getByRole('button', { name: /^1 Tocsin drafted/ }).click()
    await page.getByRole('button', { name: 'Make this the latest again' }).click()
    await page.getByText('Version 1 is the latest again.').waitFor()
    expect(await current()).toMatchObject({ version: 3, kind: 'restored' })
    expect(await box().inputValue()).not.toContain('A mistake.')
  })

  test('works on a telephone: one thing at a time, nothing to scroll sideways', async () => {
    await aftermath()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${server.url}/incidents/7/postmortem/edit`)
    await box().waitFor()
    expect(await page.locator('.document-text').isVisible()).toBe(false)
    const actor = page.locator('.editor-actor select')
    await actor.waitFor()
    await page.evaluate(
      `document.querySelector('.editor-actor select').add(new Option('Augusta Ada King, Countess of Lovelace, of Ockham Park in Surrey'))`,
    )
    const { x = 0, width = 0 } = (await actor.boundingBox()) ?? {}
    expect(x + width).toBeLessThanOrEqual(390)
    await tab('Preview')
    await page.locator('.document-text h1').waitFor()
    expect(await box().isVisible()).toBe(false)
    for (const name of ['Missing', 'Action items', 'Cite', 'History', 'Write']) {
      await tab(name)
      expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBe(390)
    }
  })

  test('a citation leads to its entry on the timeline', async () => {
    await aftermath(60)
    await page.goto(`${server.url}/incidents/7/postmortem`)
    await page.locator('article .cite', { hasText: '#50' }).first().click()
    await page.locator('#entry-50.cited').waitFor()
    const ground = (entry: number) =>
      page.evaluate(`getComputedStyle(document.getElementById('entry-${entry}')).backgroundColor`)
    expect(await ground(50)).not.toBe(await ground(49))
    await expect
      .poll(() => page.locator('#entry-50').evaluate((entry) => entry.getBoundingClientRect().top))
      .toBeLessThan(900)
  })

  test('on paper it has every part and as many pages as it needs', async () => {
    await aftermath(150)
    await page.goto(`${server.url}/incidents/7/postmortem`)
    const pdf = await page.pdf({ format: 'A4' })
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
    expect(pages).toBeGreaterThan(3)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.document-bar').isVisible()).toBe(false)
    for (const words of ['Checkout fails', 'What went well', 'finding number 149', 'Who took part'])
      expect(await page.locator('article').getByText(words).first().isVisible()).toBe(true)
    // Nothing is cut off at the edge of the paper.
    await page.setViewportSize({ width: 700, height: 1000 })
    expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(700)
  })
})
