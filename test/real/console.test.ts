// The first minutes of a newcomer: the packaged quickstart, its own database, and a browser. Nothing else is installed.
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { freePort } from '../port.ts'
import { startTocsin } from '../processes/tocsin.ts'
import { naturalWidth, openWindow } from './browser.ts'
import { eventually } from './eventually.ts'
import { folder } from './running.ts'

const quickstart = fileURLToPath(new URL('../../examples/quickstart/tocsin.yaml', import.meta.url))

test('the quickstart: a sample alert is seen, charted, paged, acknowledged, survives a restart, is resolved and written up', async (context) => {
  const { page, errors } = await openWindow(context, { width: 1400, height: 900 })
  const env = {
    PORT: String(await freePort()),
    TOCSIN_CONFIG: quickstart,
    TOCSIN_DATA: folder(),
    LOG_LEVEL: 'warn',
  }
  const first = await startTocsin(env)
  const card = page.locator('.card')
  const feed = page.getByRole('region', { name: 'Messages' })

  await page.goto(first.url)
  await page.locator('main').getByRole('button', { name: 'Send a sample alert' }).click()

  // The room opens by itself, with the chart; and whoever acts as the person on call is told so.
  await card.getByRole('heading', { name: 'Payments: 12.4 % of requests fail' }).waitFor()
  await card.getByText('Nobody has this').waitFor()
  const picture = feed.locator('img').first()
  await picture.scrollIntoViewIfNeeded()
  await expect.poll(() => naturalWidth(picture)).toBe(1440)
  expect(await picture.getAttribute('alt')).toMatch(/threshold 5 %/)
  const actor = (await page.getByLabel('Acting as').locator('option:checked').textContent()) ?? ''
  const banner = page.locator('.page-banner')
  await banner.getByText(`${actor}, you are being paged.`).waitFor()
  await expect.poll(() => page.title()).toContain('You are paged')

  await banner.getByRole('button', { name: 'Acknowledge' }).click()
  await card.getByText(`${actor} has this`).waitFor()
  await banner.waitFor({ state: 'detached' })

  await page.getByRole('tab', { name: 'Runbook' }).click()
  const step = page.locator('.details .step', { hasText: 'Find what fails' })
  await step.getByRole('button', { name: 'Done' }).click()
  await step.getByText(`done by ${actor}`).waitFor()

  await type(page, '/incident no', '/incident note', 'One instance only; it has the new release.')
  await feed.getByText('One instance only; it has the new release.').waitFor()
  expect(errors).toEqual([])

  // A restart in the middle of the night: the page notices, waits, and goes on where it was.
  expect(await first.stop()).toBe(0)
  await page.getByText('Connection lost').waitFor()
  const second = await startTocsin(env)
  await page.getByText('Connection lost').waitFor({ state: 'detached' })
  await card.getByText(`${actor} has this`).waitFor()
  await feed.getByText('One instance only; it has the new release.').waitFor()
  for (const error of errors.splice(0)) expect(error).toMatch(/net::ERR_/)

  await page.getByRole('button', { name: 'Send recovery' }).click()
  await feed.getByText('All alerts are clear').waitFor()
  await card.getByRole('button', { name: 'Resolve' }).click()
  await card.getByText(`Resolved by ${actor}`).waitFor()
  await feed.getByText('· before, during and after').nth(1).waitFor()
  await postmortemOf(page, second.url)
  await onThePhone(page, second.url, actor)
  expect(errors).toEqual([])
  expect(await second.stop()).toBe(0)
}, 240_000)

/** The written record: with the note, and with every chart at the opening and at the end. */
async function postmortemOf(page: Page, url: string): Promise<void> {
  await eventually('every chart is in the draft', async () => {
    const draft = await (await fetch(`${url}/api/v1/incidents/1/postmortem.md`)).text()
    return draft.match(/\/charts\/\d+\.png/g)?.length === 4
  })
  await page.getByRole('tab', { name: 'Post-mortem' }).click()
  await page.getByRole('link', { name: 'Open for print' }).click()
  const article = page.getByRole('article')
  await article.getByText('One instance only; it has the new release.').first().waitFor()
  await expect.poll(() => article.getByRole('img').count()).toBe(4)
  for (const picture of await article.getByRole('img').all()) await expect.poll(() => naturalWidth(picture)).toBe(1440)
}

/** It fires again within the quarter of an hour, on a screen that is held in one hand: the same incident, from the start. */
async function onThePhone(page: Page, url: string, actor: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(url)
  await page.getByRole('button', { name: 'Send a sample alert' }).click()
  const banner = page.locator('.page-banner')
  await banner.getByText(`${actor}, you are being paged.`).waitFor()
  await banner.getByRole('link', { name: 'Open' }).click()
  await page.locator('.card').getByText('Nobody has this').waitFor()
  await page.locator('.card').getByRole('button', { name: 'Acknowledge' }).click()
  await page.locator('.card').getByText(`${actor} has this`).waitFor()
  await expect
    .poll(() => naturalWidth(page.getByRole('region', { name: 'Messages' }).locator('img').first()))
    .toBe(1440)
  expect(await page.evaluate('document.scrollingElement.scrollWidth')).toBe(390)
  await withTheKeyboardOpen(page)
  await inAFlood(page, url)
  await withoutScripts(page, url)
}

async function withoutScripts(page: Page, url: string): Promise<void> {
  const context = await page.context().browser()?.newContext({ javaScriptEnabled: false })
  const bare = await context?.newPage()
  await bare?.goto(url)
  const told = await bare?.locator('noscript').boundingBox()
  expect(told?.y).toBeLessThan(100)
  await context?.close()
}

/** Thousands of alerts of one incident: its room is drawn at once, and holds them all for whoever asks, or follows a citation. */
async function inAFlood(page: Page, url: string): Promise<void> {
  const alerts = Array.from({ length: 900 }, (_, i) => ({ title: 'Node gone', service: 'nodes', key: `node-${i}` }))
  await fetch(`${url}/alerts/generic`, {
    method: 'POST',
    headers: { authorization: 'Bearer quickstart', 'content-type': 'application/json' },
    body: JSON.stringify({ alerts }),
  })
  await page.goto(url)
  await page.getByRole('link', { name: 'Node gone' }).click()
  await page.locator('.card').getByText('900 of 900 alerts firing').waitFor({ state: 'attached' })
  for (const [tab, rows, more] of [
    ['Alerts', '.alert', 'Show 800 more'],
    ['Timeline', '.timeline li', /^Show 700 entries between$/],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click()
    const button = page.getByRole('button', { name: more })
    expect(await page.locator(rows).count()).toBeLessThan(500)
    await button.click()
    await button.waitFor({ state: 'detached' })
    expect(await page.locator(rows).count()).toBeGreaterThanOrEqual(900)
  }
  const address = new URL(page.url()).pathname
  const answer = await fetch(`${url}/api/v1${address}`)
  const { timeline } = (await answer.json()) as { timeline: { id: number }[] }
  await page.goto(`${url}${address}#entry-${timeline[500]?.id}`)
  await page.reload()
  await page.locator(`#entry-${timeline[500]?.id}.cited`).waitFor()
}

/** However long the answer: who has it, what can be done, and the box to type in stay in sight. */
async function withTheKeyboardOpen(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 400 })
  const box = page.getByLabel('Command or message')
  await box.fill('/incident help')
  await box.press('Enter')
  await page.getByText('What you can say').waitFor()
  for (const seen of [box, page.locator('.who'), page.locator('.card').getByRole('button', { name: 'Escalate' })]) {
    const { y = -1, height = 0 } = (await seen.boundingBox()) ?? {}
    expect(y >= 0 && y + height <= 400, `${y} to ${y + height}`).toBe(true)
  }
}

/** Types the beginning of a command, takes the completion that is offered, and sends it with `rest`. */
async function type(page: Page, beginning: string, command: string, rest: string): Promise<void> {
  const box = page.getByLabel('Command or message')
  await box.fill(beginning)
  await page.getByRole('option', { name: command }).waitFor()
  await box.press('Tab')
  expect(await box.inputValue()).toBe(`${command} `)
  await box.pressSequentially(rest)
  await box.press('Enter')
}
