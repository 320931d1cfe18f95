// The pictures themselves, drawn by the real worker thread.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BudgetRow } from '../../src/charts/chart.ts'
import { ChartRenderer } from '../../src/charts/renderer.ts'
import { letters, lookOf, size } from '../../src/charts/theme.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { quickest } from '../busy.ts'
import { chartOf, countOf, hourOf, pixelsOf, start } from './pictures.ts'
import { samples } from './samples.ts'

const { ink, quiet, threshold: red, palette, marks } = lookOf('light')
const blue = palette[0] ?? ''
const orange = marks.firing
const density = 2

let renderer: ChartRenderer
let night: ChartRenderer
beforeAll(() => {
  renderer = new ChartRenderer()
  night = new ChartRenderer({ theme: 'dark' })
})
afterAll(() => Promise.all([renderer.close(), night.close()]))

async function drawn(changes: Parameters<typeof chartOf>[0] = {}) {
  return pixelsOf(await renderer.render(chartOf(changes)))
}

test('a chart becomes a PNG of twice 720 points width', async () => {
  const png = await renderer.render(chartOf())
  expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
  expect(await pixelsOf(png)).toMatchObject({ width: 1440, height: 884 })
})

test('the title, the axis and the legend are really written', async () => {
  const [titled, untitled] = [await drawn(), await drawn({ title: '' })]
  const heading = { top: 0, bottom: 90 }
  expect(countOf(titled, ink, heading)).toBeGreaterThan(2000)
  expect(countOf(untitled, ink, heading)).toBe(0)
  const axis = { left: 0, right: 130, top: 180, bottom: 640 }
  expect(countOf(titled, quiet, axis)).toBeGreaterThan(300)
  expect(countOf(titled, ink, { top: 700 })).toBeGreaterThan(300)
})

test('letters are large enough for a picture of 360 points on a phone', () => {
  for (const height of [letters.title, letters.subtitle, letters.axis, letters.legend, letters.tag]) {
    expect((height * 360) / size.width).toBeGreaterThanOrEqual(9)
  }
  expect((letters.print * 360) / size.width).toBeGreaterThanOrEqual(7)
})

test('the threshold is a dashed line across the whole plot', async () => {
  const threshold = { value: 0.4, bad: 'above' } as const
  const [with_, without] = [await drawn({ threshold }), await drawn()]
  expect(countOf(without, red)).toBe(0)
  const row = longestRow(with_, red)
  // Dashes of 9 with gaps of 6: about three fifths of the plot's width.
  expect(row).toBeGreaterThan(600)
  expect(row).toBeLessThan(1100)
})

function longestRow(pixels: Awaited<ReturnType<typeof pixelsOf>>, colour: string): number {
  let most = 0
  for (let y = 0; y < pixels.height; y += 1) most = Math.max(most, countOf(pixels, colour, { top: y, bottom: y + 1 }))
  return most
}

function tallestColumn(pixels: Awaited<ReturnType<typeof pixelsOf>>, colour: string): number {
  let most = 0
  for (let x = 0; x < pixels.width; x += 1) most = Math.max(most, countOf(pixels, colour, { left: x, right: x + 1 }))
  return most
}

test('the moment of firing is a line from the tag to the time axis', async () => {
  const pixels = await drawn({ marks: [{ at: new Date(start + 50 * 60_000), kind: 'firing', label: 'firing' }] })
  expect(tallestColumn(pixels, orange)).toBeGreaterThan(400)
})

test('a deployment is a dotted line, and each kind of mark has its own colour', async () => {
  const at = new Date(start + 30 * 60_000)
  const deployed = await drawn({ marks: [{ at, kind: 'deployment', label: 'v1.42' }] })
  const tall = tallestColumn(deployed, marks.deployment)
  expect(tall).toBeGreaterThan(150)
  expect(tall).toBeLessThan(400)
  for (const kind of ['opened', 'acknowledged', 'resolved'] as const) {
    expect(tallestColumn(await drawn({ marks: [{ at, kind, label: kind }] }), marks[kind])).toBeGreaterThan(400)
  }
})

test('while alerts fired the plot is shaded, as often as they did', async () => {
  const minutes = (from: number, until: number) => ({
    from: new Date(start + from * 60_000),
    until: new Date(start + until * 60_000),
  })
  const firing = [minutes(10, 15), minutes(14, 20), minutes(40, 45)]
  const pixels = await drawn({ firing })
  const bar = countOf(pixels, lookOf('light').firingBar)
  // 15 of 60 minutes, a bar of five points: those that overlap are shaded once.
  const whole = countOf(await drawn({ firing: [minutes(0, 60)] }), lookOf('light').firingBar)
  expect(bar / whole).toBeGreaterThan(0.22)
  expect(bar / whole).toBeLessThan(0.28)
})

test('last week is a faint line behind the present one, and is named in the legend', async () => {
  const faint = lookOf('light').baseline
  const baseline = { name: 'last week', points: hourOf(() => 0.1) }
  const [with_, without] = [await drawn({ baseline }), await drawn()]
  expect(countOf(with_, faint, { top: 120, bottom: 640 })).toBeGreaterThan(
    countOf(without, faint, { top: 120, bottom: 640 }) + 800,
  )
  expect(countOf(with_, ink, { top: 700 })).toBeGreaterThan(countOf(without, ink, { top: 700 }) + 300)
})

test('of many series the first five have colours and the rest is a faint crowd', async () => {
  const series = Array.from({ length: 30 }, (_, index) => ({ name: `pod-${index}`, points: hourOf(() => 30 - index) }))
  const pixels = await drawn({ unit: null, series })
  const plot = { left: 160, top: 120, bottom: 640 }
  for (const colour of palette.slice(0, 5)) expect(countOf(pixels, colour, plot)).toBeGreaterThan(500)
  expect(countOf(pixels, palette[5] ?? '', plot)).toBe(0)
  expect(countOf(pixels, lookOf('light').faint, plot)).toBeGreaterThan(3000)
})

test('a dark chart is dark paper with light letters', async () => {
  const pixels = await pixelsOf(await night.render(chartOf()))
  const { paper, ink } = lookOf('dark')
  expect(countOf(pixels, paper)).toBeGreaterThan(pixels.width * pixels.height * 0.8)
  expect(countOf(pixels, ink, { top: 0, bottom: 90 })).toBeGreaterThan(2000)
})

test('a mark outside the window is not drawn', async () => {
  expect(
    countOf(await drawn({ marks: [{ at: new Date(start - 60_000), kind: 'firing', label: 'firing' }] }), red),
  ).toBe(0)
})

test('a gap stays a gap: no line bridges the minutes without data', async () => {
  const plot = { top: 120, bottom: 640 }
  const whole = await drawn({ series: [{ name: 'up', points: hourOf(() => 0.5) }] })
  const gap = await drawn({ series: [{ name: 'up', points: hourOf((at) => (at > 20 && at < 40 ? null : 0.5)) }] })
  const middle = { left: 700, right: 800, ...plot }
  expect(countOf(whole, blue, middle)).toBeGreaterThan(500)
  expect(countOf(gap, blue, middle)).toBe(0)
  expect(countOf(gap, blue, { left: 180, right: 480, ...plot })).toBeGreaterThan(1000)
})

test('a single point can be seen, and so can a constant line', async () => {
  const plot = { top: 120, bottom: 680 }
  const point = await drawn({ series: [{ name: 'a', points: hourOf((at) => (at === 30 ? 0.3 : null)) }] })
  expect(countOf(point, blue, plot)).toBeGreaterThan(150)
  const level = await drawn({ unit: null, series: [{ name: 'a', points: hourOf(() => 0) }] })
  expect(countOf(level, blue, plot)).toBeGreaterThan(2500)
})

test('a chart without any value says so instead of showing an empty plot', async () => {
  const empty = await drawn({ series: [] })
  const nothing = await drawn({ series: [{ name: 'a', points: hourOf(() => null) }] })
  const middle = { left: 600, right: 1000, top: 250, bottom: 500 }
  expect(countOf(empty, quiet, middle)).toBeGreaterThan(200)
  expect(countOf(nothing, quiet, middle)).toBeGreaterThan(200)
})

test('no more series are drawn than a picture can show', async () => {
  const series = Array.from({ length: 100 }, (_, index) => ({ name: `pod-${index}`, points: hourOf(() => index + 1) }))
  const many = await renderer.render(chartOf({ series }))
  const most = await renderer.render(chartOf({ series: series.slice(0, 60) }))
  expect(Buffer.compare(many, most)).toBe(0)
})

test('the same chart gives the same bytes, drawn again or not', async () => {
  const chart = chartOf({
    threshold: { value: 0.4, bad: 'above' },
    marks: [{ at: new Date(start), kind: 'firing', label: 'firing' }],
  })
  const other = new ChartRenderer({ cache: 0 })
  const [once, again] = [await renderer.render(chart), await renderer.render(structuredClone(chart))]
  const [afresh, anew] = [await other.render(chart), await other.render(chart)]
  await other.close()
  for (const png of [again, afresh, anew]) expect(Buffer.compare(once, png)).toBe(0)
})

test('the same chart is drawn once, also when it is asked for twice at a time', async () => {
  const lazy = new ChartRenderer()
  const chart = chartOf({ title: 'asked for often' })
  const [first, second] = await Promise.all([lazy.render(chart), lazy.render(chart)])
  // Whoever asked may do with it what they like.
  first?.fill(0)
  // One that is drawn comes after those that were asked for before.
  const told: string[] = []
  const other = lazy.render(chartOf({ title: 'asked for once' })).then(() => told.push('drawn'))
  const third = await lazy.render(chart)
  told.push('kept')
  await other
  expect(told).toEqual(['kept', 'drawn'])
  expect(Buffer.compare(third, second ?? new Uint8Array())).toBe(0)
  await lazy.close()
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
  expect((await pixelsOf(png)).width).toBe(720 * density)
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
  await renderer.render(chartOf({ title: 'first' }))
  const turnsDuring = async (title: string): Promise<number> => {
    let turns = 0
    let drawing = true
    const turn = () => {
      turns += 1
      if (drawing) setImmediate(turn)
    }
    turn()
    await renderer.render(chartOf({ title }))
    drawing = false
    return turns
  }
  // Drawn in this thread, the loop would turn about twice for each. A busy machine may give this thread no processor
  // for as long as one chart takes, not for twenty.
  let most = 0
  for (let i = 0; i < 20 && most <= 50; i++) most = Math.max(most, await turnsDuring(`${i}`))
  expect(most).toBeGreaterThan(50)
})

test('a thread that is given up for having nothing to draw costs no chart that comes then', async () => {
  const restless = new ChartRenderer({ idle: 0 })
  for (let i = 0; i < 4; i++) {
    expect((await restless.render(chartOf({ title: `${i}` }))).length).toBeGreaterThan(1000)
    await new Promise((resolve) => AbortSignal.timeout(i).addEventListener('abort', resolve))
  }
  await restless.close()
})

test('a chart that crashes the worker is refused for good, and the next one is drawn', async () => {
  const small = new ChartRenderer({ memory: 40 })
  const heavy = Array.from({ length: 60 }, (_, series) => ({
    name: `${series}`,
    points: Array.from({ length: 1500 }, (_, index): [number, number] => [start + index, index % 7]),
  }))
  const crash = small.render(chartOf({ series: heavy }))
  await expect(crash).rejects.toThrow(PermanentError)
  await expect(crash).rejects.toThrow(/the drawing thread (crashed|ended)/)
  expect((await small.render(chartOf())).length).toBeGreaterThan(1000)
  await small.close()
})

test('a chart that takes too long is given up, and the ones behind it are still answered', async () => {
  const hasty = new ChartRenderer({ timeout: 1 })
  const both = await Promise.allSettled([hasty.render(chartOf()), hasty.render(chartOf({ title: 'other' }))])
  for (const one of both) {
    expect(one).toMatchObject({ status: 'rejected', reason: expect.any(PermanentError) })
    expect(one).toMatchObject({ reason: { message: 'The chart was not drawn: drawing took longer than 0.001 s' } })
  }
  await hasty.close()
})

test('a million points are thinned before they reach the thread, and no peak is lost', async () => {
  const points = Array.from({ length: 1_000_000 }, (_, index): [number, number] => [
    start + index * 3.6,
    index === 654_321 ? 9 : 1,
  ])
  let pixels: Awaited<ReturnType<typeof drawn>> | undefined
  const time = await quickest(5_000, async () => {
    pixels = await drawn({ unit: null, series: [{ name: 'a', points }] })
  })
  expect(time).toBeLessThan(5_000)
  if (pixels === undefined) return expect.fail('it was not drawn')
  expect(countOf(pixels, blue, { left: 900, right: 1100, top: 150, bottom: 500 })).toBeGreaterThan(500)
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
  const [first, second, third] = [1, 2, 3].map((title) => narrow.render(chartOf({ title: `${title}` })))
  await expect(third).rejects.toThrow('1 charts are waiting')
  await expect(third).rejects.toThrow(TransientError)
  await Promise.all([first, second])
  await narrow.close()
})

test('closing answers every chart that is not drawn yet', async () => {
  const closing = new ChartRenderer()
  const waiting = Promise.allSettled([closing.render(chartOf()), closing.render(chartOf({ title: 'other' }))])
  await closing.close()
  for (const one of await waiting) expect(one.status).toBe('rejected')
  await expect(closing.render(chartOf())).rejects.toThrow(TransientError)
})

const budgets = { title: 'Error budgets', subtitle: '', zone: 'Europe/Berlin', now: new Date(start), more: 0 }
const [monthAgo, day] = [start - 30 * 86_400_000, 86_400_000]

/** A budget that went evenly from all of it to `left`. */
function budgetTo(left: number, changes: Partial<BudgetRow> = {}): BudgetRow {
  const points = Array.from({ length: 31 }, (_, n): [number, number] => [monthAgo + n * day, 1 - ((1 - left) * n) / 30])
  const words = { label: 'payments', detail: '99.9 % over 30 days', text: 'some left' }
  return { ...words, left, from: new Date(monthAgo), until: new Date(start), points, end: null, ...changes }
}

async function budget(row: BudgetRow) {
  return pixelsOf(await renderer.renderBudget({ ...budgets, rows: [row] }))
}

test('an error budget is a line from all of it to what is left: in blue above zero, in red below', async () => {
  const [kept, spent] = [await budget(budgetTo(0.4)), await budget(budgetTo(-0.4))]
  const upper = { top: 220, bottom: 500 }
  expect(countOf(kept, blue, { ...upper, right: 600 })).toBeGreaterThan(800)
  expect(countOf(kept, blue, { top: 660 })).toBe(0)
  expect(countOf(spent, blue)).toBe(0)
  expect(countOf(spent, red)).toBeGreaterThan(countOf(kept, red) + 3000)
})

test('a gap in what is known of a budget is no line', async () => {
  const whole = await budget(budgetTo(0.9))
  const points = budgetTo(0.9).points.map(([at, left], n): [number, number | null] => [
    at,
    n > 10 && n < 20 ? null : left,
  ])
  const gap = await budget(budgetTo(0.9, { points }))
  const middle = { left: 690, right: 880, top: 200, bottom: 700 }
  expect(countOf(whole, blue, middle)).toBeGreaterThan(500)
  expect(countOf(gap, blue, middle)).toBe(0)
})

test('the budget of a month goes to its end, with where it leads when it will be spent', async () => {
  const month = { until: new Date(start + 30 * day) }
  const [open, foreseen] = [
    await budget(budgetTo(0.5, month)),
    await budget(budgetTo(0.5, { ...month, end: new Date(start + 10 * day) })),
  ]
  const right = { left: 830, top: 200 }
  expect(countOf(open, blue, right)).toBe(0)
  expect(countOf(foreseen, red, right)).toBeGreaterThan(countOf(open, red, right) + 100)
})

test('budgets of which nothing is known take a line of words, and no plot', async () => {
  const unknown = await budget(budgetTo(0, { left: null, points: [], text: 'no traffic' }))
  expect(unknown.height).toBeLessThan((await budget(budgetTo(1))).height)
  expect(countOf(unknown, blue) + countOf(unknown, red)).toBe(0)
})

test.each(samples)('of the contact sheet: %s', async (_, chart) => {
  for (const one of [renderer, night]) {
    const png = await one.render(chart)
    expect(png.length).toBeGreaterThan(5000)
    expect(png.length).toBeLessThan(1_000_000)
  }
})

test.each([
  ['without a time', { from: new Date(Number.NaN) }],
  ['that ends before it begins', { from: new Date(start), until: new Date(start - 60_000) }],
  ['of a year', { from: new Date(start - 365 * 86_400_000), until: new Date(start) }],
  ['whose threshold is no number', { threshold: { value: Number.NaN, bad: 'above' as const } }],
  ['whose threshold is endless', { threshold: { value: Number.POSITIVE_INFINITY, bad: 'below' as const } }],
  ['whose points go back in time', { series: [{ name: 'a', points: hourOf(() => 1).reverse() }] }],
  [
    'of a logarithm of what is below zero',
    { scale: 'log' as const, series: [{ name: 'a', points: hourOf(() => -3) }] },
  ],
  ['with a mark at no time', { marks: [{ at: new Date(Number.NaN), kind: 'firing' as const, label: 'firing' }] }],
  ['with an unnamed line', { series: [{ name: '', points: hourOf(() => 1) }] }],
])('a chart %s harms nobody: it is drawn or refused for good, and the next one is drawn', async (_, changes) => {
  const [odd, next] = await Promise.allSettled([
    renderer.render(chartOf(changes)),
    renderer.render(chartOf({ title: 'next' })),
  ])
  if (odd.status === 'rejected') expect(odd.reason).toBeInstanceOf(PermanentError)
  else expect(odd.value.length).toBeGreaterThan(5000)
  expect(next.status).toBe('fulfilled')
})
