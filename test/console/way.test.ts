// The way between the page and the bot, which breaks, dies without a word, or leads to a bot that cannot answer: what the page then
// shows and does, in a real browser.
import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { commands } from '../../commands/index.ts'
import { makeDispatch } from '../../src/chat/dispatch.ts'
import { connect as connectTo } from '../../src/store/db.ts'
import { atEnd, it } from '../beside.ts'
import { freshDatabase } from '../database.ts'
import { type Overrides, startServer } from '../http/bot.ts'
import { seedIncident } from '../http/seed.ts'
import { wireTo } from '../processes/wire.ts'
import { aNight } from './scene.ts'

const executablePath = '/usr/bin/chromium'
const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']

type Way = {
  url: string
  /** Requests of this beginning that passed. */
  passed(beginning: string): number
  /** From the next request of this beginning on, its connection takes everything and answers nothing. */
  goDeadAt(beginning: string): void
  /** The next request of this beginning gets through, and its connection breaks before the answer. */
  breakBeforeAnswer(beginning: string): void
  close(): void
}

async function wayTo(url: string): Promise<Way> {
  const seen: string[] = []
  const open = new Set<Socket>()
  let dead: string | null = null
  let broken: string | null = null
  const server = createServer((near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    let isDead = false
    let isBroken = false
    near.on('data', (bytes) => {
      const said = bytes.toString('latin1')
      seen.push(said)
      if (dead !== null && said.startsWith(dead)) {
        dead = null
        isDead = true
      }
      if (broken !== null && said.startsWith(broken)) {
        broken = null
        isBroken = true
      }
      if (!isDead) far.write(new Uint8Array(bytes))
    })
    far.on('data', (bytes) => {
      if (isBroken) near.destroy()
      else if (!isDead) near.write(new Uint8Array(bytes))
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed: (beginning) => seen.filter((said) => said.startsWith(beginning)).length,
    goDeadAt: (beginning) => {
      dead = beginning
    },
    breakBeforeAnswer: (beginning) => {
      broken = beginning
    },
    close: () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}

const say = 'POST /console/say'

let browser: Browser

/** A page that comes to its own bot by its own way. */
async function scene() {
  const database = await freshDatabase()
  let server = await startServer(database.db, { realTime: true, commands })
  const way = await wayTo(server.url)
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
  await context.addInitScript('localStorage.setItem("tocsin.as", \'"ada"\')')
  const page = await context.newPage()
  atEnd(async () => {
    await context.close()
    way.close()
    await server.close()
    await database.drop()
  })
  return {
    ...{ database, way, page },
    server: () => server,
    /** Another bot at the same address. */
    async replace(overrides: Overrides) {
      const port = Number(new URL(server.url).port)
      await server.close()
      server = await startServer(database.db, { commands, port, ...overrides })
    },
    async room(url = way.url) {
      await aNight(server, new Date(Date.now() - 4 * 60_000))
      await page.goto(`${url}/incidents/12`)
      await page.waitForSelector('.card')
    },
    lost: () => page.locator('.lost'),
  }
}

// A machine without Debian's Chromium cannot run these.
describe.skipIf(!existsSync(executablePath))('the console page', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...quiet] })
  })
  afterAll(() => browser.close())

  it('what the browser sends again by itself, because the connection broke before the answer, is done once, and the page says so', async ({
    expect,
  }) => {
    const { page, room, server, way } = await scene()
    await room()
    way.breakBeforeAnswer(say)
    await page.fill('.say input', '/incident new P1 checkout is down')
    await page.press('.say input', 'Enter')
    await page.waitForSelector('.reply >> text=look whether it was done before you do it again')
    // Chromium has sent it twice, and what was asked for is at hand in case it has to be said again.
    expect(way.passed(say)).toBe(2)
    expect(server().said.map(({ text }) => text)).toEqual(['incident new P1 checkout is down'])
    expect(await page.inputValue('.say input')).toBe('/incident new P1 checkout is down')
    await page.press('.say input', 'Enter')
    await expect.poll(() => server().said.length).toBe(2)
  })

  it('a press whose connection is dead without a word goes out again over another, and is done once', async ({
    expect,
  }) => {
    const { page, room, server, way } = await scene()
    await room()
    way.goDeadAt(say)
    await page.click('.card >> text=Acknowledge')
    await page.waitForSelector('.reply >> text=You said incident ack #12@')
    expect(server().said.map(({ text }) => text)).toEqual([expect.stringMatching(/^incident ack #12@\w{8}$/)])
  })

  it('a press that takes the bot long is answered when it is done, however often it was sent meanwhile', async ({
    expect,
  }) => {
    const { page, replace, room, way } = await scene()
    let answer = () => {}
    const slowly = new Promise<void>((resolve) => {
      answer = resolve
    })
    const heard: string[] = []
    await replace({
      realTime: true,
      dispatch: async ({ text }) => {
        heard.push(text)
        await slowly
        return { visibility: 'private', message: { title: 'At last', tone: 'info' } }
      },
    })
    await room()
    await page.fill('.say input', '/chart up 30d')
    await page.press('.say input', 'Enter')
    await expect.poll(() => way.passed(say)).toBe(2)
    await page.waitForSelector('.reply >> text=No answer yet')
    answer()
    await page.waitForSelector('.reply >> text=At last')
    expect(heard).toEqual(['chart up 30d'])
  })

  it('a command that came to nothing, because it was wrong or the database away, is in the box again', async ({
    expect,
  }) => {
    const { page, replace, room, server } = await scene()
    await replace({ realTime: true, dispatch: makeDispatch(server().bot) })
    await room()
    const words = '/incidnt note it was the cache, and this is a long line about it'
    await page.fill('.say input', words)
    await page.press('.say input', 'Enter')
    await page.waitForSelector('.reply.warning')
    expect(await page.inputValue('.say input')).toBe(words)
  })

  it('earlier messages that cannot be fetched are told of, and come with the next press', async ({ expect }) => {
    const { page, server, way } = await scene()
    for (let i = 0; i < 155; i++) {
      const message = { title: `message ${i}.`, tone: 'info' as const }
      await server().platform.post({
        to: { channel: 'incidents' },
        key: `k${i}`,
        message,
        resumed: false,
        accounts: {},
      })
    }
    await page.goto(`${way.url}/rooms/incidents`)
    const older = page.getByRole('button', { name: 'Show earlier messages' })
    await page.route('**/console/room?*before=*', (route) => route.abort())
    await older.click()
    await page.waitForSelector('.feed >> text=The bot cannot be reached.')
    await page.unroute('**/console/room?*before=*')
    await older.click()
    await page.waitForSelector('.feed >> text=message 0.')
    expect(await page.locator('.feed .problem').count()).toBe(0)
  })

  it('a board whose answer never came is fetched again', async ({ expect }) => {
    const { database, lost, page, room, server, way } = await scene()
    await room()
    way.goDeadAt('GET /console/state')
    await seedIncident(database.db, { number: 14, openedAt: new Date(), title: 'Meanwhile' })
    server().announce(14)
    await page.waitForSelector('.lost >> text=The bot cannot be reached')
    await page.waitForSelector('.row >> text=Meanwhile')
    await expect.poll(() => lost().count()).toBe(0)
  })

  it('while the database is away the page says that it may be out of date, and until nothing is missing', async ({
    expect,
  }) => {
    const { database, lost, page, room } = await scene()
    const wire = await wireTo(database.url)
    const db = connectTo(wire.url)
    const own = await startServer(db, { realTime: true, commands })
    await room(own.url)
    wire.cut()
    await page.waitForSelector('.lost >> text=The bot has no database')
    const another = await page.context().newPage()
    await another.goto(own.url)
    await another.waitForSelector('text=The bot has no database. Trying again.')
    await seedIncident(database.db, { number: 14, openedAt: new Date(), title: 'Meanwhile' })
    wire.mend()
    await page.waitForSelector('.row >> text=Meanwhile')
    await another.waitForSelector('.row >> text=Meanwhile')
    await expect.poll(() => lost().count()).toBe(0)
    await own.close()
    await db.end()
  })

  it('whoever is no longer signed in is asked to sign in, and finds what was half typed', async ({ expect }) => {
    const { lost, page, replace, room, server } = await scene()
    await room()
    await page.fill('.say input', 'it is the cache')
    await page.click('.row >> text=Queue grows faster')
    await page.waitForURL('**/incidents/11')
    await expect.poll(() => page.inputValue('.say input')).toBe('')
    await page.goBack()
    await expect.poll(() => page.inputValue('.say input')).toBe('it is the cache')
    await server().close()
    await lost().waitFor()
    // The page to sign in at is slow, and meanwhile the page hears again and again that it may know nothing.
    let [refused, led] = [0, 0]
    let show = () => {}
    const shown = new Promise<void>((resolve) => {
      show = resolve
    })
    page.on('response', (response) => void (response.status() === 401 && refused++))
    await page.route('**/login?*', async (route) => {
      led++
      await shown
      await route.continue().catch(() => {})
    })
    await replace({ config: { accessToken: 'another token' } })
    await expect.poll(() => refused).toBeGreaterThan(2)
    show()
    await page.waitForURL('**/login?to=%2Fincidents%2F12')
    expect(led).toBe(1)
    await page.fill('input[type=password]', 'another token')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.inputValue('.say input')).toBe('it is the cache')
  })

  // Alone: it is about how soon each of them is served.
  test('of eight windows in sight each shows what happens, and in each a press gets through', async ({ expect }) => {
    const { database, page, room, server, way } = await scene()
    await room()
    const windows = [page]
    while (windows.length < 8) {
      const next = await page.context().newPage()
      await next.goto(`${way.url}/incidents/12`)
      await next.waitForSelector('.card')
      windows.push(next)
    }
    await seedIncident(database.db, { number: 14, openedAt: new Date(), title: 'Meanwhile' })
    server().announce(14)
    for (const one of windows) {
      await one.waitForSelector('.row >> text=Meanwhile', { timeout: 15_000 })
      await one.click('.card >> text=Acknowledge')
      await one.waitForSelector('.reply >> text=You said incident ack #12@', { timeout: 15_000 })
    }
    expect(server().said).toHaveLength(8)
  })
})
