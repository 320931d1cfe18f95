// The worker thread: takes one chart at a time, answers with a PNG. Nothing in here is imported by the main thread.
import { parentPort } from 'node:worker_threads'
import type { Canvas } from '@napi-rs/canvas'
import type { ChartConfiguration, Plugin } from 'chart.js'
import { ChartJSNodeCanvas } from 'chartjs-node-canvas'
import { budgetPictureOf } from './budget.ts'
import type { BudgetChart, Chart } from './chart.ts'
import { pictureOf } from './draw.ts'
import { type Pixels, pngOf } from './png.ts'
import { lookOf, registerFont, size, type Theme } from './theme.ts'

/** What is to be drawn, and how it looks. */
export type Drawing = { theme: Theme } & ({ kind: 'chart'; chart: Chart } | { kind: 'budget'; chart: BudgetChart })
export type Order = { id: number; drawing: Drawing }
export type Answer = { id: number; png: Uint8Array } | { id: number; reason: string }

/** Without a copy: there are millions of them. */
function pixelsOf(canvas: Canvas): Pixels {
  const { buffer, byteOffset, byteLength } = canvas.data()
  return { width: canvas.width, height: canvas.height, data: new Uint8Array(buffer, byteOffset, byteLength) }
}

/** Charts have different heights; one renderer for each would load chart.js again for each. */
class Easel extends ChartJSNodeCanvas {
  draw(configuration: ChartConfiguration, height: number): Uint8Array {
    Object.assign(this, { _height: height })
    let canvas: Canvas | null = null
    const keep: Plugin = {
      id: 'keep',
      afterInit: (chart) => {
        const drawn = chart.canvas as unknown as Canvas
        // What renderToBufferSync asks the canvas for in the end.
        const toBuffer = () => pngOf(pixelsOf(drawn))
        canvas = Object.assign(drawn, { toBuffer }) as Canvas
      },
    }
    configuration.plugins = [...(configuration.plugins ?? []), keep]
    // Only the synchronous call works on this canvas: the others reject or never settle.
    const png = Uint8Array.from(this.renderToBufferSync(configuration, 'image/png'))
    // Six megabytes that the garbage collector does not see: given back now instead of some day.
    Object.assign(canvas ?? {}, { width: 1, height: 1 })
    return png
  }
}

registerFont()
const easel = new Easel({
  width: size.width,
  height: size.leastHeight,
  plugins: { modern: ['chartjs-plugin-annotation'] },
})

function draw({ drawing }: Order): Uint8Array {
  const look = lookOf(drawing.theme)
  const picture = drawing.kind === 'chart' ? pictureOf(drawing.chart, look) : budgetPictureOf(drawing.chart, look)
  return easel.draw(picture.configuration as ChartConfiguration, picture.height)
}

parentPort?.on('message', (order: Order) => {
  let answer: Answer
  try {
    answer = { id: order.id, png: draw(order) }
  } catch (error) {
    answer = { id: order.id, reason: error instanceof Error ? error.message : String(error) }
  }
  parentPort?.postMessage(answer, 'png' in answer ? [answer.png.buffer as ArrayBuffer] : [])
})
