// The threshold of a chart: a dashed line, a tint on its bad side, and its name where it covers the least of the data.
import type { Chart } from './chart.ts'
import { formatValue } from './format.ts'
import { widthOf } from './pen.ts'
import type { Scale } from './scale.ts'
import { font, inner, type Look, letters, size, thresholdDash } from './theme.ts'

/** An entry for chartjs-plugin-annotation, whose own types do not load in an ESM program. */
type Annotation = { type: 'line' | 'box' } & Record<string, unknown>

/** `name`: where its name stands, `at` in heights of the scale; null: there is no threshold. */
export type Held = { annotations: Record<string, Annotation>; name: { end: Place['end']; at: number } | null }

export function thresholdOf(chart: Chart, scale: Scale, look: Look): Held {
  if (chart.threshold === null) return { annotations: {}, name: null }
  const { value, bad } = chart.threshold
  const text = `threshold ${formatValue(value, chart.unit)}`
  const { min, max } = scale
  if (scale.off !== null) {
    const label = `▲ ${text}, far above this`
    const place = placeOf(chart, { at: max, text: label, prefers: 'under' }, scale)
    const limit = limitLine(max, label, place, { line: 'transparent', look })
    return { annotations: { limit }, name: { end: place.end, at: max } }
  }
  const at = scale.heightOf(value)
  const place = placeOf(chart, { at, text, prefers: bad === 'above' ? 'over' : 'under' }, scale)
  const badSide: Annotation = {
    type: 'box',
    ...(bad === 'above' ? { yMin: at, yMax: max } : { yMin: min, yMax: at }),
    // The zones of bands tell already which side is bad.
    backgroundColor: chart.bands ? 'transparent' : look.badSide,
    borderWidth: 0,
    drawTime: 'beforeDatasetsDraw',
  }
  const limit = limitLine(at, text, place, { line: look.threshold, look })
  return { annotations: { badSide, limit }, name: { end: place.end, at } }
}

type Place = { end: 'start' | 'end'; side: 'over' | 'under' }

/**
 * Over or under the line, at its beginning or its end: where there is room and the fewest points lie; if it makes no
 * difference, at the beginning on the bad side, where the data should not be.
 */
function placeOf(
  chart: Chart,
  { at, text, prefers }: { at: number; text: string; prefers: Place['side'] },
  scale: Scale,
): Place {
  const range = scale.max - scale.min
  const wide = (widthOf(text, letters.axis, true) + 24) / (inner - 70)
  const high = (letters.axis + 10) / size.plot
  const [start, span] = [chart.from.getTime(), Math.max(1, chart.until.getTime() - chart.from.getTime())]
  const points = [...chart.series.slice(0, 6), ...(chart.baseline ? [chart.baseline] : [])].flatMap(({ points }) =>
    points.flatMap(([x, value]) =>
      value === null ? [] : [{ x: (x - start) / span, y: (scale.heightOf(value) - at) / range }],
    ),
  )
  const covered = ({ end, side }: Place) => {
    const room = side === 'over' ? (scale.max - at) / range : (at - scale.min) / range
    if (room < high) return Number.POSITIVE_INFINITY
    const hidden = points.filter(({ x, y }) => {
      const beside = end === 'start' ? x < wide : x > 1 - wide
      return beside && (side === 'over' ? y > 0 && y < high : y < 0 && y > -high)
    }).length
    const marked = chart.marks.some((mark) => {
      const x = (mark.at.getTime() - start) / span
      return end === 'start' ? x >= 0 && x < wide : x <= 1 && x > 1 - wide
    })
    return hidden + (marked ? 8 : 0) + (side === prefers ? 0 : 0.2) + (end === 'start' ? 0 : 0.1)
  }
  const other: Place['side'] = prefers === 'over' ? 'under' : 'over'
  const places = [prefers, other].flatMap((side): Place[] => [
    { end: 'start', side },
    { end: 'end', side },
  ])
  return places.reduce((best, one) => (covered(one) < covered(best) ? one : best))
}

function limitLine(at: number, text: string, { end, side }: Place, { line, look }: { line: string; look: Look }) {
  const annotation: Annotation = {
    type: 'line',
    yMin: at,
    yMax: at,
    borderColor: line,
    borderWidth: 2.5,
    borderDash: thresholdDash,
    drawTime: 'afterDatasetsDraw',
    label: {
      display: true,
      content: text,
      position: end,
      xAdjust: end === 'start' ? 4 : -4,
      yAdjust: side === 'over' ? -16 : 16,
      color: look.threshold,
      backgroundColor: look.veil,
      padding: { x: 5, y: 2 },
      font: { family: font, size: letters.axis, weight: 'bold' },
      drawTime: 'afterDatasetsDraw',
    },
  }
  return annotation
}
