// A real Chromium for a test, which remembers everything its pages complained about.
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { onTestFinished, type TestContext } from 'vitest'
import { needs } from './program.ts'

const quietly = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

export type Window = {
  page: Page
  /** What was logged as an error or thrown, on whichever page. */
  errors: string[]
}

/** One window of this size; closed when the test ends. */
export async function openWindow(context: TestContext, size: { width: number; height: number }): Promise<Window> {
  const browser: Browser = await chromium.launch({
    executablePath: needs(context, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', ...quietly],
  })
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: size })
  page.setDefaultTimeout(60_000)
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => errors.push(error.message))
  return { page, errors }
}

/** Pixels of the picture that was really loaded; 0 while there is none. */
export function naturalWidth(picture: Locator): Promise<number> {
  return picture.evaluate((element) => ('naturalWidth' in element ? Number(element.naturalWidth) : 0))
}
