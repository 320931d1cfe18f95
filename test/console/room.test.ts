// Reading and writing in a room of the console, in a real browser: what somebody was about to read or to say stays theirs.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commands } from '../../commands/index.ts'
import { writeMessages } from '../../src/store/console.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { startServer, type TestServer } from '../http/bot.ts'
import { aNight, tell } from './scene.ts'

const executablePath = '/usr/bin/chromium'
const room = 'inc-12-checkout'

let browser: Browser
let database: FreshDatabase
let server: TestServer
let page: Page

describe.skipIf(!existsSync(executablePath))('a room of the console', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    database = await freshDatabase()
    server = await startServer(database.db, { realTime: true, commands })
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    page.setDefaultTimeout(10_000)
    await aNight(server, new Date(Date.now() - 4 * 60_000))
  })
  afterEach(async () => {
    await page.close()
    await server.close()
    await database.drop()
  })

  async function talk(count: number): Promise<void> {
    const posted = Array.from({ length: count }, (_, i) => {
      const message = { title: '', tone: 'neutral' as const, text: `said ${i + 1}` }
      return { channel: room, key: `said/${i}`, author: 'ada', message, png: null }
    })
    await writeMessages(database.db, { posted }, new Date())
  }

  test('earlier messages come above what is being read, which stays where it is', async () => {
    await talk(200)
    await page.goto(`${server.url}/incidents/12`)
    await page.locator('.message', { hasText: 'said 200' }).waitFor()
    await page.locator('.feed').evaluate((feed) => feed.scrollTo(0, 0))
    const said = (await page.locator('.message .prose').first().innerText()).trim()
    const read = page.getByText(said, { exact: true })
    const before = await read.boundingBox()
    await page.getByRole('button', { name: 'Show earlier messages' }).press('Enter')
    await page.getByText('said 1', { exact: true }).waitFor({ state: 'attached' })
    const moved = async () => Math.abs(((await read.boundingBox())?.y ?? 0) - (before?.y ?? 0))
    // Its author's name may be above now.
    await expect.poll(moved).toBeLessThan(30)
    // The button is gone, and the keyboard goes on where it was.
    expect(await page.evaluate('document.activeElement.className')).toBe('feed')
    // A picture above comes before the browser tells that the room was moved.
    await page.evaluate(`
      const picture = document.createElement('div')
      picture.style.height = '300px'
      document.querySelector('.feed-inner').prepend(picture)
      document.querySelector('.feed').dispatchEvent(new Event('scroll'))`)
    await expect.poll(moved).toBeLessThan(30)
  })

  test('on a narrow screen the tab that is seen says so, the room like any other', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${server.url}/incidents/12`)
    const chosen = page.locator('[role=tab][aria-selected=true]')
    await page.getByRole('tab', { name: 'Room', selected: true }).waitFor()
    expect(await chosen.count()).toBe(1)
    await page.getByRole('tab', { name: 'Timeline' }).click()
    expect(await chosen.allInnerTexts()).toEqual(['Timeline'])
    expect(await page.getByRole('tab', { name: 'Room' }).getAttribute('aria-selected')).toBe('false')
    await page.setViewportSize({ width: 1400, height: 900 })
    expect(await chosen.allInnerTexts()).toEqual(['Timeline'])
  })

  test('on a telephone a long name or title hides neither what can be pressed nor its own end', async () => {
    await page.addInitScript(`localStorage.setItem('tocsin.as', '"ada"')`)
    await database.db.query(`update incidents set title = repeat('x', 200) where number = 12`)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(server.url)
    const text = page.locator('.page-banner .page-text')
    await text.waitFor()
    expect(await text.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
    await page.goto(`${server.url}/incidents/12`)
    await page.getByRole('tab', { name: 'Pages' }).click()
    const why = page.getByRole('button', { name: 'Why?' }).first()
    await page
      .locator('.pages td:nth-child(2)')
      .first()
      .evaluate((name) => {
        name.textContent = 'Hohenlohe-Waldenburg-Schillingsfürst-Langenburg'
      })
    const { x = 0, width = 0 } = (await why.boundingBox()) ?? {}
    expect(x + width).toBeLessThanOrEqual(390)
  })

  test.each([
    [683, 384, 'a laptop at 200 %'],
    [320, 640, 'a small telephone'],
  ])('while one is paged an answer can be read on %i × %i, %s', async (width, height) => {
    const message = { title: 'What you can say', tone: 'info' as const, text: 'A line of it.\n\n'.repeat(40) }
    await server.close()
    server = await startServer(database.db, {
      realTime: true,
      commands,
      dispatch: async () => ({ visibility: 'private' as const, message }),
    })
    await database.db.query(`update incidents set title = repeat('long words ', 18) where number in (11, 12)`)
    await page.addInitScript(`localStorage.setItem('tocsin.as', '"ada"')`)
    await page.setViewportSize({ width, height })
    await page.goto(`${server.url}/incidents/11`)
    await page.locator('.page-banner').waitFor()
    await page.getByLabel('Command or message').fill('/incident help')
    await page.getByLabel('Command or message').press('Enter')
    const answer = page.locator('.reply-scroll')
    await answer.waitFor()
    expect((await answer.boundingBox())?.height).toBeGreaterThan(85)
    for (const seen of [page.locator('.who'), page.locator('.card').getByRole('button', { name: 'Resolve' }), answer]) {
      const box = await seen.boundingBox()
      expect((box?.y ?? -1) >= 0 && (box?.y ?? 0) + (box?.height ?? 0) <= height).toBe(true)
    }
  })

  test('Arabic is read from the right, with what stands in Latin letters behind it', async () => {
    await database.db.query(`update incidents set title = 'الخادم payments-api لا يستجيب' where number = 12`)
    const text = 'P1 شبكة الدفع · `الدفع` · since 09:00'
    const message = { title: 'Open incidents', tone: 'info' as const, text }
    const posted = { channel: room, key: 'list', author: null, message, png: null }
    await writeMessages(database.db, { posted: [posted] }, new Date())
    await page.goto(`${server.url}/incidents/12`)
    await page.locator('.feed code', { hasText: 'الدفع' }).waitFor()
    /** Where a word begins, in pixels from the left. */
    const left = (selector: string, word: string) =>
      page.evaluate(`(() => {
        const range = document.createRange()
        const walker = document.createTreeWalker(document.querySelector(${JSON.stringify(selector)}), 4)
        while (walker.nextNode()) {
          const at = walker.currentNode.data.indexOf(${JSON.stringify(word)})
          if (at < 0) continue
          range.setStart(walker.currentNode, at)
          range.setEnd(walker.currentNode, at + ${word.length})
          return range.getBoundingClientRect().left
        }
      })()`)
    expect(await left('.card h1', 'الخادم')).toBeGreaterThan(Number(await left('.card h1', 'payments-api')))
    expect(await left('.card h1', 'payments-api')).toBeGreaterThan(Number(await left('.card h1', 'يستجيب')))
    // In a line of ours each part has its place.
    const line = '.message[data-key=list] .prose'
    expect(await left(line, 'شبكة')).toBeLessThan(Number(await left(`${line} code`, 'الدفع')))
  })

  test('of an incident that was over by itself no clock says that it was kept', async () => {
    const { rows } = await database.db.query<{ at: Date }>(
      `update incidents set status = 'resolved', resolved_at = opened_at + interval '3 min', resolved_by = null, position = null
        where number = 12 returning resolved_at as at`,
    )
    const at = rows[0]?.at ?? new Date()
    await database.db.query(
      `update clocks set status = 'met', stopped_at = $1, until = case name when 'resolve' then 'resolved' else until end where incident = 12`,
      [at],
    )
    await tell(server, 12, at, { kind: 'incident_resolved', because: 'quiet', stillFiring: 0 })
    await page.goto(`${server.url}/incidents/12`)
    await page.locator('.clock', { hasText: 'respond' }).getByText('over by itself').waitFor()
    await page.locator('.clock', { hasText: 'resolve' }).getByText('kept').waitFor()
  })

  test('Enter that ends a part of what is typed in Japanese says nothing yet', async () => {
    await page.addInitScript(`localStorage.setItem('tocsin.as', '"ada"')`)
    await page.goto(`${server.url}/incidents/12`)
    const box = page.getByLabel('Command or message')
    await box.fill('障害')
    await box.dispatchEvent('keydown', { key: 'Enter', isComposing: true })
    expect(await box.inputValue()).toBe('障害')
    await box.press('Enter')
    await expect.poll(() => box.inputValue()).toBe('')
    server.announce(12)
    await page.locator('.feed').getByText('障害').waitFor()
  })
})
