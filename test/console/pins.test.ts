// 📌 in the console: what is said in a room is kept for the timeline, and what was kept elsewhere is seen there.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { ConsolePlatform } from '../../src/chat/console/platform.ts'
import { keepMessage } from '../../src/flow/keep.ts'
import { postmortemHtml } from '../../src/http/console/postmortem-page.ts'
import { keepFile } from '../../src/store/kept.ts'
import { seedEntry } from '../http/seed.ts'
import { withServer } from '../http/with-server.ts'
import { aNight } from './scene.ts'

const executablePath = '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const server = withServer({ realTime: true })
beforeEach(async () => {
  await aNight(server, new Date(Date.now() - 4 * 60_000))
})

const room = 'inc-12-checkout'

async function post(path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function waiting(): Promise<number | null> {
  return (await server.bot.db.query('select from graphile_worker._private_jobs')).rowCount
}

/** What the queue's worker does with what waits. */
async function work(): Promise<void> {
  const { db, clock } = server.bot
  const { rows } = await db.query<{ payload: never }>(`delete from graphile_worker._private_jobs returning payload`)
  const platform = new ConsolePlatform({ db, clock, publicUrl: server.url })
  for (const { payload } of rows) await keepMessage(server.bot, platform, payload)
}

async function said(text: string): Promise<string> {
  await post('/console/say', { as: 'grace', channel: room, text })
  const { rows } = await server.database.db.query<{ id: number }>('select max(id) as id from console_messages')
  return String(rows[0]?.id)
}

const kept = async () => {
  const { rows } = await server.database.db.query<{ text: string; by: string }>(
    `select text, by from timeline where kind like 'message_%' order by id`,
  )
  return rows
}

test('a message that is pinned is kept in its author’s name, once, until the pin is taken away', async () => {
  const message = await said('it is the cache')
  expect(await post('/console/pin', { as: 'ada', message, pinned: 'yes' })).toEqual({
    status: 200,
    body: { pinned: true },
  })
  await post('/console/pin', { as: 'linus', message, pinned: 'yes' })
  await work()
  await work()
  expect(await kept()).toEqual([
    { by: 'grace', text: expect.stringMatching(/^Grace Hopper: it is the cache \(Pinned by /) },
  ])
  await post('/console/pin', { as: 'ada', message, pinned: 'no' })
  await work()
  expect((await kept()).at(-1)?.text).toBe('Ada Lovelace took the pin from: it is the cache')
})

test('who pins and what is pinned must exist', async () => {
  expect(await post('/console/pin', { as: 'eve', message: '1', pinned: 'yes' })).toMatchObject({ status: 400 })
  expect(await post('/console/pin', { as: 'ada', message: '99999', pinned: 'yes' })).toMatchObject({ status: 404 })
  expect(await post('/console/pin', { as: 'ada', message: 'x', pinned: 'yes' })).toMatchObject({ status: 404 })
  expect(await post('/console/pin', { as: 'ada', message: '1', pinned: 'maybe' })).toMatchObject({ status: 400 })
})

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
)

async function keepOne(name: string, type: string, bytes: Uint8Array): Promise<number> {
  const about = { incident: 12, message: 'slack/C1/1', file: name, name, at: new Date() }
  const kept = (await keepFile(server.database.db, about, { type, bytes, sha256: '' })) ?? 0
  const fact = {
    kind: 'file_kept',
    message: 'slack/C1/1',
    file: name,
    kept,
    name,
    type,
    size: bytes.length,
    sha256: '',
  }
  await seedEntry(server.database.db, 12, new Date(), null, fact, `Kept ${name} from a pinned message`)
  return kept
}

test('a picture is shown, any other file is saved, and neither of another incident', async () => {
  const picture = await keepOne('graph.png', 'image/png', Uint8Array.from(png))
  const page = await keepOne('it’s.html', 'text/plain', new TextEncoder().encode('<script>alert(1)</script>'))
  const get = (path: string) => fetch(`${server.url}/api/v1/incidents/${path}`)
  const shown = await get(`12/files/${picture}`)
  expect([shown.headers.get('content-type'), Buffer.from(await shown.arrayBuffer())]).toEqual(['image/png', png])
  const saved = await get(`12/files/${page}`)
  expect(saved.headers.get('content-type')).toBe('application/octet-stream')
  expect(saved.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''it%E2%80%99s.html$/)
  expect(saved.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await get(`11/files/${picture}`)).status).toBe(404)
  const { files } = (await (await get('12')).json()) as { files: { name: string }[] }
  expect(files.map(({ name }) => name)).toEqual(['graph.png', 'it’s.html'])
})

test('a picture is seen in the post-mortem, where it links to it', async () => {
  const html = await postmortemHtml(
    server.bot,
    12,
    '- [graph.png](http://127.0.0.1/api/v1/incidents/12/files/3#picture) [#7]\n- [log](http://127.0.0.1/api/v1/incidents/12/files/4)',
  )
  expect(html.match(/<img [^>]*>/g)).toEqual(['<img src="/api/v1/incidents/12/files/3#picture" alt="graph.png">'])
})

describe.skipIf(!existsSync(executablePath))('in the browser', () => {
  test('a press on 📌 keeps a message, and the timeline shows words and pictures', async () => {
    const message = await said('It is the cache: half of the keys are gone since 10:02.')
    await keepOne('graph.png', 'image/png', Uint8Array.from(png))
    const browser = await chromium.launch({ executablePath, args })
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
      await page.goto(`${server.url}/incidents/12`)
      await page.selectOption('.acting select', 'ada')
      const button = page.locator('article', { hasText: 'It is the cache' }).locator('.pin')
      await button.click()
      await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true')
      // The page shows the press before the server has heard of it.
      await expect.poll(waiting).toBe(1)
      await work()
      await page.reload()
      await page.click('role=tab[name=/Timeline/]')
      await expect.poll(() => page.locator('.timeline .message_pinned').innerText()).toContain('It is the cache')
      await expect
        .poll(() => page.locator('.kept-picture img').evaluate((img: { naturalWidth: number }) => img.naturalWidth))
        .toBe(10)
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/pins.png` })
      expect(message).toMatch(/^\d+$/)
    } finally {
      await browser.close()
    }
  })
})
