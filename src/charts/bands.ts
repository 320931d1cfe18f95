// The bands of a chart as zones behind the lines: soft colours that stay different for those who see fewer, and a name in
// each, because colours alone tell nobody which is which.
import type { Chart as Drawn, Plugin } from 'chart.js'
import { type BandName, type Bands, type Zone, zonesOf } from '../core/bands.ts'
import type { Chart } from './chart.ts'
import { formatValue } from './format.ts'
import { xOf } from './marks.ts'
import { fontOf, type Pen, widthOf } from './pen.ts'
import type { Scale } from './scale.ts'
import { type Look, letters } from './theme.ts'
import type { Held } from './threshold.ts'

/** Heights between two names, in pixels: closer than this one covers the other. */
const apart = 25
/** A name that tells most goes first where there is not room for all. */
const telling: BandName[] = ['critical', 'target', 'acceptable', 'poor']

type End = 'start' | 'end'

/** `taken`: where the threshold has its own name. */
export function bandsPlugin(chart: Chart, scale: Scale, taken: Held['name'], look: Look): Plugin<'line'> {
  const { bands } = chart
  return {
    id: 'bands',
    beforeDatasetsDraw: (drawn) => {
      if (bands) fill(drawn, bands, scale, look)
    },
    afterDatasetsDraw: (drawn) => {
      if (bands) label(drawn, { chart, bands, scale, taken }, look)
    },
  }
}

type Stripe = { zone: Zone; top: number; bottom: number; worse: number | null; better: number | null }

/** The zones that are on the plot, in pixels. */
function stripesOf(drawn: Drawn, bands: Bands, scale: Scale): Stripe[] {
  const { top, bottom } = drawn.chartArea
  const yOf = (value: number) => drawn.scales.y?.getPixelForValue(scale.heightOf(value)) ?? 0
  return zonesOf(bands).flatMap((zone) => {
    const [good, ill] = bands.bad === 'above' ? [bottom, top] : [top, bottom]
    const ends = [zone.better === null ? good : yOf(zone.better), zone.worse === null ? ill : yOf(zone.worse)]
    const stripe = { top: Math.max(top, Math.min(...ends)), bottom: Math.min(bottom, Math.max(...ends)) }
    if (stripe.bottom - stripe.top < 1) return []
    const seen = (value: number | null) => {
      const y = value === null ? null : yOf(value)
      return y !== null && y >= top - 1 && y <= bottom + 1 ? y : null
    }
    return [{ zone, ...stripe, worse: seen(zone.worse), better: seen(zone.better) }]
  })
}

function fill(drawn: Drawn, bands: Bands, scale: Scale, look: Look): void {
  const pen = drawn.ctx as Pen
  const { left, right } = drawn.chartArea
  pen.save()
  for (const { zone, top, bottom, worse } of stripesOf(drawn, bands, scale)) {
    pen.fillStyle = look.bands[zone.name]
    pen.fillRect(left, top, right - left, bottom - top)
    if (worse === null) continue
    pen.strokeStyle = look.axis
    pen.lineWidth = 1.25
    pen.setLineDash([2, 4])
    pen.beginPath()
    pen.moveTo(left, worse)
    pen.lineTo(right, worse)
    pen.stroke()
  }
  pen.restore()
}

type Name = { text: string; y: number; width: number }

function label(
  drawn: Drawn,
  { chart, bands, scale, taken }: { chart: Chart; bands: Bands; scale: Scale; taken: Held['name'] },
  look: Look,
): void {
  const held = taken && { end: taken.end, y: drawn.scales.y?.getPixelForValue(taken.at) ?? 0 }
  const names = namesOf(drawn, chart, stripesOf(drawn, bands, scale))
  const free = (end: End) => names.filter(({ y }) => held?.end !== end || Math.abs(y - held.y) > apart)
  const pen = drawn.ctx as Pen
  const { left, right } = drawn.chartArea
  const end = emptier(drawn, chart, scale, { start: free('start'), end: free('end') })
  pen.save()
  pen.font = fontOf(letters.band, true)
  pen.textBaseline = 'middle'
  pen.textAlign = 'left'
  for (const { text, y, width } of free(end)) {
    const x = end === 'start' ? left + 4 : right - width - 12
    pen.fillStyle = look.veil
    pen.fillRect(x, y - 11, width + 8, 22)
    pen.fillStyle = look.quiet
    pen.fillText(text, x + 4, y)
  }
  pen.restore()
}

/** Each at the bound that it is named after, on its own side of it; those that tell least give way. */
function namesOf(drawn: Drawn, chart: Chart, stripes: Stripe[]): Name[] {
  const { top, bottom } = drawn.chartArea
  const kept: Name[] = []
  for (const name of telling) {
    const stripe = stripes.find(({ zone }) => zone.name === name)
    if (stripe === undefined || stripe.bottom - stripe.top < 14) continue
    const text = nameOf(stripe, chart)
    const at = stripe.worse ?? stripe.better
    const inside = at === null ? stripe.top : at <= stripe.top + 1 ? at + 14 : at - 14
    const y = Math.max(top + 13, Math.min(bottom - 13, inside))
    if (kept.some((one) => Math.abs(one.y - y) < apart)) continue
    kept.push({ text, y, width: widthOf(text, letters.band, true) })
  }
  return kept
}

/** `critical > 1 s`, `target ≤ 100 ms`, `acceptable ≤ 500 ms`. */
function nameOf({ zone }: Stripe, { bands, unit }: Chart): string {
  const [better, worse] = bands?.bad === 'below' ? ['≥', '<'] : ['≤', '>']
  if (zone.worse !== null) return `${zone.name} ${better} ${formatValue(zone.worse, unit)}`
  return zone.better === null ? zone.name : `${zone.name} ${worse} ${formatValue(zone.better, unit)}`
}

/** The end of the plot at which the names cover fewer points of the lines; one that is left out is worth some. */
function emptier(drawn: Drawn, chart: Chart, scale: Scale, names: Record<End, Name[]>): End {
  const { left, right } = drawn.chartArea
  const covered = (end: End) => {
    const wide = Math.max(0, ...names[end].map(({ width }) => width)) + 16
    const points = chart.series.slice(0, 6).flatMap((series) => series.points)
    const hidden = points.filter(([at, value]) => {
      if (value === null) return false
      const [x, y] = [xOf(drawn, at), drawn.scales.y?.getPixelForValue(scale.heightOf(value)) ?? 0]
      const beside = end === 'start' ? x < left + wide : x > right - wide
      return beside && names[end].some((name) => Math.abs(name.y - y) < 14)
    })
    return hidden.length - 20 * names[end].length
  }
  return covered('end') < covered('start') ? 'end' : 'start'
}
