// The pictures themselves, drawn by the real worker thread.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ChartRenderer } from '../../src/charts/renderer.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { chartOf, countOf, hourOf, pixelsOf, start } from './pictures.ts'

const ink = '#1a2230'
const red = '#b3123f'
const blue = '#0064a8'

let renderer: ChartRenderer
beforeAll(() => {
  renderer = new ChartRenderer()
})
afterAll(() => renderer.close())

async function drawn(changes: Parameters<typeof chartOf>[0] = {}) {
  return pixelsOf(await renderer.render(chartOf(changes)))
}

test('a chart becomes a PNG of twice 900 × 450 points', async () => {
  const png = await renderer.render(chartOf())
  expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
  expect(await pixelsOf(png)).toMatchObject({ width: 1800, height: 900 })
})

test('the title, the axis and the legend are really written', async () => {
  const [titled, untitled] = [await drawn(), await drawn({ title: '' })]
  const heading = { top: 0, bottom: 110 }
  expect(countOf(titled, ink, heading)).toBeGreaterThan(2000)
  expect(countOf(untitled, ink, heading)).toBe(0)
  const axis = { left: 0, right: 150, top: 200, bottom: 700 }
  expect(countOf(titled, '#5b6676', axis)).toBeGreaterThan(300)
  expect(countOf(titled, ink, { top: 700 })).toBeGreaterThan(300)
})

test('the threshold is a dashed line across the whole plot', async () => {
  const threshold = { value: 0.4, bad: 'above' } as const
  const [with_, without] = [await drawn({ threshold }), await drawn()]
  expect(countOf(without, red)).toBe(0)
  const row = longestRow(with_, red)
  // Dashes of 9 with gaps of 6: about three fifths of the plot's width.
  expect(row).toBeGreaterThan(800)
  expect(row).toBeLessThan(1400)
})

function longestRow(pixels: Awaited<ReturnType<typeof pixelsOf>>, colour: string): number {
  let most = 0
  for (let y = 0; y < pixels.height; y += 1) most = Math.max(most, countOf(pixels, colour, { top: y, bottom: y + 1 }))
  return most
}

test('the moment of firing is a line from the tag to the time axis', async () => {
  const pixels = await drawn({ marks: [{ at: new Date(start + 50 * 60_000), label: 'firing' }] })
  let tallest = 0
  for (let x = 0; x < pixels.width; x += 1) {
    tallest = Math.max(tallest, countOf(pixels, red, { left: x, right: x + 1 }))
  }
  expect(tallest).toBeGreaterThan(300)
})

test('a mark outside the window is not drawn', async () => {
  expect(countOf(await drawn({ marks: [{ at: new Date(start - 60_000), label: 'firing' }] }), red)).toBe(0)
})

test('a gap stays a gap: no line bridges the minutes without data', async () => {
  const plot = { top: 150, bottom: 680 }
  const whole = await drawn({ series: [{ name: 'up', points: hourOf(() => 0.5) }] })
  const gap = await drawn({ series: [{ name: 'up', points: hourOf((at) => (at > 20 && at < 40 ? null : 0.5)) }] })
  const middle = { left: 850, right: 1000, ...plot }
  expect(countOf(whole, blue, middle)).toBeGreaterThan(500)
  expect(countOf(gap, blue, middle)).toBe(0)
  expect(countOf(gap, blue, { left: 200, right: 500, ...plot })).toBeGreaterThan(1000)
})

test('a single point can be seen, and so can a constant line', async () => {
  const plot = { top: 150, bottom: 715 }
  const point = await drawn({ series: [{ name: 'a', points: hourOf((at) => (at === 30 ? 0.3 : null)) }] })
  expect(countOf(point, blue, plot)).toBeGreaterThan(150)
  const level = await drawn({ unit: null, series: [{ name: 'a', points: hourOf(() => 0) }] })
  expect(countOf(level, blue, plot)).toBeGreaterThan(3000)
})

test('a chart without any value says so instead of showing an empty plot', async () => {
  const empty = await drawn({ series: [] })
  const nothing = await drawn({ series: [{ name: 'a', points: hourOf(() => null) }] })
  const middle = { left: 700, right: 1200, top: 300, bottom: 600 }
  expect(countOf(empty, '#5b6676', middle)).toBeGreaterThan(200)
  expect(countOf(nothing, '#5b6676', middle)).toBeGreaterThan(200)
})

test('ten series are drawn and an eleventh is not', async () => {
  const series = Array.from({ length: 11 }, (_, index) => ({ name: `pod-${index}`, points: hourOf(() => index + 1) }))
  const eleven = await renderer.render(chartOf({ series }))
  const ten = await renderer.render(chartOf({ series: series.slice(0, 10) }))
  expect(Buffer.compare(eleven, ten)).toBe(0)
})

test('the same chart gives the same bytes', async () => {
  const chart = chartOf({ threshold: { value: 0.4, bad: 'above' }, marks: [{ at: new Date(start), label: 'firing' }] })
  const [once, again] = [await renderer.render(chart), await renderer.render(chart)]
  expect(Buffer.compare(once, again)).toBe(0)
})

test('the time axis is in the zone of the chart', async () => {
  const [berlin, tokyo] = [await renderer.render(chartOf()), await renderer.render(chartOf({ zone: 'Asia/Tokyo' }))]
  expect(Buffer.compare(berlin, tokyo)).not.toBe(0)
})

test('text from outside of any length and script is drawn, not refused', async () => {
  const name = `${'namespace=long '.repeat(40)}🔥 日本語 \u0000 ${'x'.repeat(100_000)}`
  const png = await renderer.render(
    chartOf({ title: name, subtitle: name, source: name, series: [{ name, points: hourOf(() => 1) }] }),
  )
  expect((await pixelsOf(png)).width).toBe(1800)
})

test('numbers at the ends of what a computer counts with do not stop a chart', async () => {
  const points = hourOf((at) => [1.7e308, -1.7e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY][at % 5] ?? null)
  for (const unit of ['seconds', 'bytes', null]) {
    const png = await renderer.render(
      chartOf({ unit, series: [{ name: 'a', points }], threshold: { value: 1e308, bad: 'above' } }),
    )
    expect(png.length).toBeGreaterThan(1000)
  }
  await renderer.render(chartOf({ until: new Date(start) }))
})

test('the event loop keeps turning while a chart is drawn', async () => {
  await renderer.render(chartOf())
  let turns = 0
  let drawing = true
  const turn = () => {
    turns += 1
    if (drawing) setImmediate(turn)
  }
  turn()
  await renderer.render(chartOf())
  drawing = false
  // Drawn in this thread, the loop would turn about twice.
  expect(turns).toBeGreaterThan(50)
})

test('a thread that is given up for having nothing to draw costs no chart that comes then', async () => {
  const restless = new ChartRenderer({ idle: 0 })
  for (let i = 0; i < 4; i++) {
    expect((await restless.render(chartOf())).length).toBeGreaterThan(1000)
    await new Promise((resolve) => AbortSignal.timeout(i).addEventListener('abort', resolve))
  }
  await restless.close()
})

test('a chart that crashes the worker is rejected, and the next one is drawn', async () => {
  const small = new ChartRenderer({ memory: 48 })
  const points: [number, number][] = Array.from({ length: 1_500_000 }, (_, index) => [start + index, index])
  await expect(small.render(chartOf({ series: [{ name: 'a', points }] }))).rejects.toThrow(TransientError)
  expect((await small.render(chartOf())).length).toBeGreaterThan(1000)
  await small.close()
})

test('a chart that takes too long is given up, and the ones behind it are still answered', async () => {
  const hasty = new ChartRenderer({ timeout: 1 })
  const both = await Promise.allSettled([hasty.render(chartOf()), hasty.render(chartOf())])
  for (const one of both) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(TransientError) })
  await hasty.close()
})

test('a chart that cannot be drawn fails for good, by itself', async () => {
  const [bad, good] = await Promise.allSettled([
    renderer.render(chartOf({ zone: 'Mars/Olympus' })),
    renderer.render(chartOf()),
  ])
  expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(PermanentError) })
  expect(good.status).toBe('fulfilled')
})

test('more charts than may wait are refused at once', async () => {
  const narrow = new ChartRenderer({ queue: 1 })
  const [first, second, third] = [1, 2, 3].map(() => narrow.render(chartOf()))
  await expect(third).rejects.toThrow('1 charts are waiting')
  await Promise.all([first, second])
  await narrow.close()
})

test('closing answers every chart that is not drawn yet', async () => {
  const closing = new ChartRenderer()
  const waiting = Promise.allSettled([closing.render(chartOf()), closing.render(chartOf())])
  await closing.close()
  for (const one of await waiting) expect(one.status).toBe('rejected')
  await expect(closing.render(chartOf())).rejects.toThrow(TransientError)
})

test('error budgets become bars: what is left to the right, what was overspent in red to the left', async () => {
  const budget = { title: 'Error budgets', subtitle: '' }
  const row = (left: number | null) => ({ label: 'payments', left, text: 'x' })
  const draw = async (left: number | null) => pixelsOf(await renderer.renderBudget({ ...budget, rows: [row(left)] }))
  const [full, half, over, unknown] = [await draw(1), await draw(0.5), await draw(-0.4), await draw(null)]
  expect(countOf(full, blue)).toBeGreaterThan(1.8 * countOf(half, blue))
  expect(countOf(over, blue)).toBe(0)
  expect(countOf(over, red)).toBeGreaterThan(5000)
  expect(countOf(unknown, blue) + countOf(unknown, red)).toBe(0)
})
