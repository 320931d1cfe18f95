// The console page in a real browser, against a real server and database.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commands } from '../../commands/index.ts'
import { type FreshDatabase, freshDatabase } from '../database.ts'
import { startServer, type TestServer } from '../http/bot.ts'
import { seedClock, seedIncident } from '../http/seed.ts'
import { aNight, tell } from './scene.ts'

const executablePath = '/usr/bin/chromium'
const saysAck = expect.stringMatching(/^incident ack #12@\w{8}$/)
const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Titles with words that lie below the pin of their message. */
const overlapping = `[...document.querySelectorAll('.message:has(> .pin) h3')].filter((title) => {
  const words = document.createRange()
  words.selectNodeContents(title)
  const pin = title.closest('.message').querySelector('.pin').getBoundingClientRect()
  return [...words.getClientRects()].some((line) => line.right > pin.left && line.top < pin.bottom && line.bottom > pin.top)
}).map((title) => title.textContent)`

/** Of the text of an element on its own background. */
const contrast = `(element) => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
  }
  const { color, backgroundColor } = getComputedStyle(element)
  return light(color) / light(backgroundColor)
}`

let browser: Browser
let database: FreshDatabase
let server: TestServer
let page: Page
let problems: string[]

// A machine without Debian's Chromium cannot run these; the server's side is tested without it.
describe.skipIf(!existsSync(executablePath))('the console page', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...quiet] })
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    database = await freshDatabase()
    server = await startServer(database.db, { realTime: true, commands })
    problems = []
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/ERR_|503/.test(message.text())) problems.push(message.text())
    })
  })
  afterEach(async () => {
    await page.close()
    await server.close()
    await database.drop()
    // Whatever the page's own policy forbids shows here, too.
    expect(problems).toEqual([])
  })

  const text = (selector: string) => page.locator(selector).first().innerText()
  const night = () => aNight(server, new Date(Date.now() - 4 * 60_000))

  test('with nothing open it says so and offers the sample alert', async () => {
    await page.goto(server.url)
    expect(await text('.empty h1')).toBe('All quiet')
    await page.click('.empty >> text=Send a sample alert')
    await expect.poll(() => server.accepted.length).toBe(1)
  })

  test('simulates a night: what is asked is in the address, and who is woken stands out', async () => {
    await page.goto(server.url)
    await page.click('text=Simulate a night')
    await page.selectOption('label:has-text("Severity") select', 'P1')
    await page.fill('label:has-text("Opens at") input', '2027-03-28T01:30')
    await expect.poll(() => text('.story h2')).toContain('Sun 28 Mar 2027, 01:30 CET')
    expect(await text('.moment.wakes')).toMatch(/01:30 CET[\s\S]*page (Ada|Grace)/)
    await page.selectOption('label:has-text("Acknowledged by") select', 'grace')
    await expect.poll(() => text('.moment.good')).toContain('Grace Hopper acknowledges')
    expect(page.url()).toMatch(/tonight\?.*at=2027-03-28T01%3A30.*answerBy=grace/)
    await page.reload()
    await expect.poll(() => text('.moment.good')).toContain('Grace Hopper acknowledges')
  })

  test('shows the room of the worst incident: who has it, clocks, chart, runbook, alerts', async () => {
    await night()
    await page.goto(server.url)
    await page.waitForURL('**/incidents/12')
    expect(await text('.card')).toContain('Checkout: 12.4 % of requests fail')
    expect(await text('.who')).toMatch(/^Nobody has this · paged Ada Lovelace · next Grace Hopper, in (1:00|0:\d\d)/)
    expect(await text('.clock')).toMatch(/respond\s+1[01]:\d\d left/)
    expect(await text('.details')).toContain('kubectl -n shop rollout undo deployment/checkout')
    const chart = page.locator('.feed .picture img')
    await expect
      .poll(() => chart.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBeGreaterThan(400)
    await page.click('.tabs >> text=Alerts')
    expect(await text('.details')).toContain('checkout-7c9f4d8b6-x2x4v:8080')
  })

  test('pages that nobody looks at leave the browser its connections, and know what changed when they are seen', async () => {
    await night()
    const context = await browser.newContext()
    await context.addInitScript(() => {
      const page = globalThis as unknown as { hidden: boolean; document: object }
      page.hidden = true
      Object.defineProperty(page.document, 'hidden', { get: () => page.hidden })
    })
    const tabs = []
    for (let n = 0; n < 8; n++) {
      const tab = await context.newPage()
      await tab.goto(`${server.url}/incidents/12`)
      await tab.waitForSelector('.card')
      tabs.push(tab)
    }
    const [seen] = tabs
    await tell(server, 12, new Date(), { kind: 'note_added', note: 'Rolled back' }, 'ada')
    await seen?.evaluate(() => {
      const page = globalThis as unknown as { hidden: boolean; document: EventTarget }
      page.hidden = false
      page.document.dispatchEvent(new Event('visibilitychange'))
    })
    await seen?.waitForSelector('.feed >> text=Rolled back')
    await context.close()
  })

  test('a title as long as a page leaves the room and its buttons in sight', async () => {
    await seedIncident(database.db, { number: 7, title: '<b>x</b> '.repeat(400), openedAt: new Date() })
    await page.goto(`${server.url}/incidents/7`)
    await page.waitForSelector('.card')
    expect((await page.locator('.card').boundingBox())?.height).toBeLessThan(400)
    expect((await page.locator('.card >> text=Resolve').boundingBox())?.y).toBeLessThan(450)
  })

  test('the commands of a runbook are copied as they are written', async () => {
    await night()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(`${server.url}/incidents/12`)
    await page.click('.step >> nth=1 >> .copy')
    await page.waitForSelector('.copy >> text=Copied')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      'kubectl -n shop rollout history deployment/checkout\nkubectl -n shop get events --sort-by=.lastTimestamp | tail -20',
    )
  })

  test('what was resolved long ago is a press away', async () => {
    const at = (days: number) => new Date(Date.now() - days * 86_400_000)
    for (let number = 1; number <= 40; number++) {
      const times = { openedAt: at(50 - number), acknowledgedAt: at(50 - number), resolvedAt: at(49 - number) }
      await seedIncident(database.db, { number, status: 'resolved', acknowledgedBy: 'grace', ...times })
    }
    await page.goto(server.url)
    await page.click('text=Show older incidents')
    await expect.poll(() => page.locator('.row').count()).toBe(40)
    expect(await page.locator('.row').last().innerText()).toContain('Resolved by Grace Hopper')
    expect(await page.locator('text=Show older incidents').count()).toBe(0)
    await page.locator('.row').last().click()
    await page.waitForURL('**/incidents/1')
  })

  test('a button says its command, in the name of the person one acts as', async () => {
    await night()
    await page.goto(`${server.url}/incidents/12`)
    await page.selectOption('.acting select', 'grace')
    await page.click('.card >> text=Acknowledge')
    await page.waitForSelector('.reply')
    expect(server.said).toMatchObject([{ account: 'grace', channel: 'inc-12-checkout', text: saysAck }])
    expect(await text('.reply')).toContain('Only you see this')
    await page.click('.step >> nth=1 >> text=Skip')
    await expect.poll(() => server.said.at(-1)?.text).toMatch(/^incident step #12@\w{8} 2 skip( --runbook \w+)?$/)
  })

  test('whoever has not said who they are is asked where they press, and that is done then', async () => {
    await night()
    await page.goto(`${server.url}/incidents/12`)
    await page.selectOption('.acting select', '')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.click('.card >> text=Acknowledge')
    await page.click('.reply >> [aria-label=Close]')
    await page.fill('.say input', '/incident note it was the cache')
    await page.press('.say input', 'Enter')
    await page.waitForSelector('.reply select')
    await page.click('.card >> text=Acknowledge')
    // What was asked for before is given up: the words are in the box again.
    await expect.poll(() => page.inputValue('.say input')).toBe('/incident note it was the cache')
    expect(server.said).toEqual([])
    await page.selectOption('.reply select', 'grace')
    await expect.poll(() => server.said).toMatchObject([{ account: 'grace', text: saysAck }])
    await page.press('.say input', 'Enter')
    await expect
      .poll(() => server.said.at(-1))
      .toMatchObject({ account: 'grace', text: 'incident note it was the cache' })
  })

  test('an answer, or the keyboard of a telephone, leaves the newest message in sight', async () => {
    await night()
    for (let i = 0; i < 12; i++) await tell(server, 12, new Date(), { kind: 'note_added', note: `finding ${i}` }, 'ada')
    await page.goto(`${server.url}/incidents/12`)
    await page.selectOption('.acting select', 'grace')
    await page.setViewportSize({ width: 390, height: 844 })
    const below = () =>
      page.evaluate(
        `(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector('.feed'))`,
      )
    await expect.poll(below).toBeLessThan(2)
    await page.fill('.say input', '/incident help')
    await page.press('.say input', 'Enter')
    await page.waitForSelector('.reply')
    await expect.poll(below).toBeLessThan(2)
    await page.setViewportSize({ width: 390, height: 600 })
    await expect.poll(below).toBeLessThan(2)
  })

  test('what happens is seen without a reload', async () => {
    await night()
    await page.goto(`${server.url}/incidents/12`)
    await page.waitForSelector('.card')
    await page.evaluate('window.sameDocument = true')
    await database.db.query(
      `update incidents set status = 'acknowledged', acknowledged_by = 'linus', acknowledged_at = $1 where number = 12`,
      [new Date()],
    )
    await tell(server, 12, new Date(), { kind: 'incident_acknowledged' }, 'linus')
    server.announce(12)
    await page.waitForSelector('.who >> text=Linus Pauling has this')
    await page.waitForSelector('.feed >> text=Linus Pauling has this')
    await expect.poll(() => text('.row.chosen')).toContain('Linus Pauling has this')
    expect(await page.evaluate('window.sameDocument')).toBe(true)
  })

  test('whoever is being paged cannot overlook it, and answers from anywhere', async () => {
    await night()
    await page.goto(`${server.url}/rooms/alerts`)
    await page.selectOption('.acting select', 'ada')
    expect(await text('.page-banner')).toContain('Ada Lovelace, you are being paged.')
    await expect.poll(() => page.title()).toContain('(1) You are paged')
    await page.click('.page-banner >> text=Acknowledge')
    await expect.poll(() => server.said.at(-1)?.text).toBe('incident ack 12')
    await page.selectOption('.acting select', 'grace')
    await expect.poll(() => page.locator('.page-banner').count()).toBe(0)
  })

  test('whoever is asked whether they still have an incident reads it in every room, and says so there', async () => {
    await night()
    await database.db.query(`update incidents set lease_until = now() + interval '4 min' where number = 11`)
    await page.goto(`${server.url}/rooms/alerts`)
    await page.selectOption('.acting select', 'linus')
    const banner = page.getByRole('alert').filter({ hasText: 'Linus Pauling, are you still on it?' })
    expect(await banner.innerText()).toMatch(/#11 Queue grows faster[\s\S]*open again at \d\d:\d\d, in [34]:\d\d/)
    await expect.poll(() => page.title()).toContain('(1) Still on it?')
    await banner.getByText('Still on it', { exact: true }).click()
    await expect.poll(() => server.said.at(-1)?.text).toMatch(/^incident ack #11@\w{8}$/)
  })

  test('that one is paged can be read in the dark, and is read out once and not with each second', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await night()
    await page.goto(`${server.url}/rooms/alerts`)
    await page.selectOption('.acting select', 'ada')
    const banner = page.getByRole('alert').filter({ hasText: 'you are being paged' })
    await banner.waitFor()
    // https://www.w3.org/TR/WCAG21/#contrast-minimum
    expect(await page.evaluate(`(${contrast})(document.querySelector('.page-banner'))`)).toBeGreaterThanOrEqual(4.5)
    expect(await banner.getAttribute('aria-atomic')).toBe('false')
    const ticking = banner.locator('span', { hasText: /^since .* (s|min)$/ })
    expect(await ticking.getAttribute('aria-live')).toBe('off')
  })

  test('commands are completed from their description, and words go to the room', async () => {
    await night()
    await page.goto(`${server.url}/incidents/12`)
    await page.fill('.say input', '/incident le')
    expect(await text('.offers li')).toContain('/incident lead')
    await page.press('.say input', 'Tab')
    expect(await page.inputValue('.say input')).toBe('/incident lead ')
    await page.locator('.say input').pressSequentially('gr')
    await page.press('.say input', 'Tab')
    expect(await page.inputValue('.say input')).toBe('/incident lead grace ')
    await page.press('.say input', 'Enter')
    await expect.poll(() => server.said.at(-1)?.text).toBe('incident lead grace')
    await page.fill('.say input', 'I see it too')
    await page.press('.say input', 'Enter')
    await expect.poll(() => page.inputValue('.say input')).toBe('')
    server.announce(12)
    await page.waitForSelector('.message.by-person >> text=I see it too')
  })

  test('what the bot did not take stays in the box, and what was typed meanwhile is not lost', async () => {
    await night()
    await page.goto(`${server.url}/incidents/12`)
    await page.waitForSelector('.card')
    await page.route('**/console/say', (route) => route.abort())
    await page.fill('.say input', '/incident ack')
    await page.press('.say input', 'Enter')
    await page.waitForSelector('.reply >> text=The bot cannot be reached: look whether this was done')
    expect(await page.inputValue('.say input')).toBe('/incident ack')
    let answer = () => {}
    await page.unroute('**/console/say')
    await page.route('**/console/say', async (route) => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      await route.continue()
    })
    await page.press('.say input', 'Enter')
    await expect.poll(() => page.inputValue('.say input')).toBe('')
    await page.fill('.say input', 'next thought')
    answer()
    await page.waitForSelector('.reply >> text=You said incident ack')
    expect(await page.inputValue('.say input')).toBe('next thought')
  })

  test('a lost connection is told, and everything is fetched again once it is back', async () => {
    await night()
    const port = Number(new URL(server.url).port)
    await page.goto(`${server.url}/incidents/12`)
    await page.waitForSelector('.card')
    await server.app.close()
    await page.waitForSelector('.lost >> text=Connection lost')
    await seedIncident(database.db, { number: 14, openedAt: new Date(), title: 'Meanwhile' })
    server = await startServer(database.db, { realTime: true, commands, port })
    await page.waitForSelector('.row >> text=Meanwhile')
    await expect.poll(() => page.locator('.lost').count()).toBe(0)
  })

  test('text from an alert runs nothing', async () => {
    const evil = '<img src=x onerror="window.pwned = 1"><script>window.pwned = 1</script>'
    await seedIncident(database.db, { number: 1, openedAt: new Date(), title: evil, service: 'x' })
    const message = { title: evil, tone: 'critical' as const, text: evil, fields: [{ label: evil, value: evil }] }
    await server.platform.post({ to: { channel: 'inc-1-x' }, key: 'k', message, resumed: false, accounts: {} })
    await page.goto(`${server.url}/incidents/1`)
    await page.waitForSelector('.message')
    expect(await text('.card h1')).toBe(evil)
    expect(await page.evaluate('window.pwned')).toBeUndefined()
  })

  test('with an access token a person signs in, and is where the link led', async () => {
    await server.close()
    server = await startServer(database.db, { commands, config: { accessToken: 'open sesame' } })
    await seedIncident(database.db, { number: 3, openedAt: new Date() })
    await page.goto(`${server.url}/incidents/3`)
    await page.fill('input[type=password]', 'wrong')
    await page.press('input[type=password]', 'Enter')
    expect(await text('.problem')).toBe('That is not the access token.')
    await page.fill('input[type=password]', 'open sesame')
    await page.press('input[type=password]', 'Enter')
    await page.waitForURL('**/incidents/3')
    expect(await text('.card h1')).toBe('Error rate above 5 %')
    // The browser itself reports the refusal; nothing else may have failed.
    expect(problems.splice(0)).toEqual([expect.stringContaining('401')])
  })

  test('a board that cannot hold all that is open says so', async () => {
    for (let number = 1; number <= 501; number++) await seedIncident(database.db, { number, openedAt: new Date() })
    await page.goto(server.url)
    await expect.poll(() => text('.board h2')).toMatch(/^Active 500 and more$/i)
  })

  test('a board of three hundred makes no new way of writing times each second', async () => {
    await page.addInitScript(`{
      const Format = Intl.DateTimeFormat
      window.made = 0
      Intl.DateTimeFormat = class extends Format { constructor(...given) { super(...given); window.made++ } }
    }`)
    for (let number = 1; number <= 300; number++) await seedIncident(database.db, { number, openedAt: new Date() })
    await seedClock(database.db, 1, { name: 'respond', startedAt: new Date(), dueAt: new Date(Date.now() + 60_000) })
    await page.goto(server.url)
    await expect.poll(() => page.locator('.row').count()).toBe(300)
    await expect.poll(() => text('.row .short-clock')).toMatch(/^0:([0-4]\d|5[0-7])$/)
    expect(await page.evaluate('window.made')).toBeLessThan(20)
  })

  test('fits a phone: one thing at a time, nothing to scroll sideways, and nothing above anything else', async () => {
    await night()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(server.url)
    const lastButton = page.locator('.board-foot button').last()
    await lastButton.waitFor()
    await page.evaluate(
      `document.querySelector('.acting select').add(new Option('Augusta Ada King, Countess of Lovelace, of Ockham Park'))`,
    )
    const { x = 0, width = 0 } = (await lastButton.boundingBox()) ?? {}
    expect(x + width).toBeLessThanOrEqual(390)
    await page.click('.row >> nth=0')
    await page.waitForSelector('.card')
    expect(await page.locator('.board').isVisible()).toBe(false)
    for (const tab of ['Runbook', 'Timeline', 'Alerts', 'Pages', 'Room']) {
      await page.click(`.tabs >> text=${tab}`)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    }
    const room = await page.locator('.message:has(> .pin) h3').evaluateAll((titles) => titles.length)
    expect(room).toBeGreaterThan(0)
    expect(await page.evaluate(overlapping)).toEqual([])
    await page.click('.back')
    await page.waitForSelector('.board')
  })
})
