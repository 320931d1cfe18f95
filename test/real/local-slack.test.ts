// The main job once more, in a workspace that somebody else wrote and a browser that shows it: what holds only against our
// own stand-in would show here.
import { expect, test } from 'vitest'
import { naturalWidth, openWindow } from './browser.ts'
import { eventually } from './eventually.ts'
import { LocalSlack } from './local-slack.ts'
import { summary } from './monitoring.ts'
import { nightConfig, pngFacts, startWatch } from './watch.ts'

const room = 'inc-1-payments'

test('in local-slack the page is read and acknowledged with the mouse, the charts are seen, recovery ends it', async (context) => {
  const slack = await LocalSlack.start(context)
  const { page } = await openWindow(context, { width: 1280, height: 1000 })
  const watch = await startWatch(context, nightConfig('slack: U0ADA', 'slack: U0BOB'), slack.env)
  const pictures = async () => (await slack.messages(room)).flatMap(({ files = [] }) => files)

  watch.shop.fail(0.3)
  const files = await eventually('two charts are in the room', async () => {
    const seen = await pictures()
    return seen.length === 2 && seen
  })
  for (const { url_private, alt_txt, size } of files) {
    const png = await slack.download(url_private)
    expect(png).toHaveLength(size)
    expect(pngFacts(png)).toEqual({ isPng: true, width: 1440, height: expect.any(Number) })
    expect(alt_txt).toMatch(/first .*, last .*, max .* at \d\d:\d\d/)
  }
  const announced = async () => (await slack.messages('incidents')).map(({ text }) => text)
  await expect.poll(announced).toEqual([expect.stringContaining(summary)])

  // Ada reads her direct message, and then the room.
  await page.goto(slack.url)
  await page.locator('.sidebar-item', { hasText: 'Ada Lovelace' }).click()
  const woken = page.locator('.msg', { hasText: 'You are on call (primary)' })
  await woken.getByRole('button', { name: 'Acknowledge' }).click()
  await page.locator('.sidebar-item', { hasText: room }).click()
  const card = page.locator('.msg', { hasText: `P1 #1 · ${summary}` })
  await card.getByText('Ada Lovelace has this').waitFor()
  expect(await card.getByRole('button').allTextContents()).toEqual(expect.not.arrayContaining(['Acknowledge']))
  for (const picture of await page.locator('.msg img').all()) await expect.poll(() => naturalWidth(picture)).toBe(1440)
  await page.locator('.msg', { hasText: 'Find what fails' }).getByRole('button', { name: 'Done' }).first().click()
  await page.getByText('1. Find what fails · done by Ada Lovelace').waitFor()
  await watch.until('the API says acknowledged', (it) => it.status === 'acknowledged' && it.acknowledgedBy === 'ada')

  watch.shop.recover()
  await page.getByText('The post-mortem draft is ready').waitFor()
  await card.getByText('Resolved').first().waitFor()
  await eventually('the whole incident is drawn', async () => (await pictures()).length === 4)
  const it = await watch.incident()
  expect(it).toMatchObject({ status: 'resolved', pages: [{ person: 'ada', channel: 'slack', status: 'sent' }] })
  // What local-slack cannot do (invite, bookmark, topic) cost no page; answers for one person alone stand in its history, too.
  const pages = (await slack.messages('U0ADA')).filter(
    ({ text }) => /^\S+ P1 · payments/.test(text) || text.includes(`P1 · ${summary}`),
  )
  expect(pages).toHaveLength(1)
}, 240_000)
