// All sample charts on one sheet, to be looked at: `npx tsx test/charts/contact-sheet.ts sheet.png [light|dark] [width] [from-until]`.
// A width of 360 is what a telephone and a chat's own preview show.
import { writeFileSync } from 'node:fs'
import { createCanvas, type Image, loadImage } from '@napi-rs/canvas'
import { ChartRenderer } from '../../src/charts/renderer.ts'
import { chartText } from '../../src/charts/text.ts'
import { samples } from './samples.ts'

const [file, theme = 'light', width = '720', range = ''] = process.argv.slice(2)
if (file === undefined || !/\.png$/.test(file) || !/^(light|dark)$/.test(theme) || !(Number(width) > 50)) {
  console.error('Usage: npx tsx test/charts/contact-sheet.ts <sheet.png> [light|dark] [width of each] [first-last]')
  process.exit(2)
}
const [first = 1, last = samples.length] = range === '' ? [] : range.split('-').map(Number)
const renderer = new ChartRenderer({ theme: theme === 'dark' ? 'dark' : 'light' })
const drawn: { name: string; image: Image }[] = []
for (const [index, [name, chart]] of samples.entries()) {
  if (index + 1 < first || index + 1 > last) continue
  const png = await renderer.render(chart)
  drawn.push({
    name: `${index + 1}. ${name} (${Math.round(png.byteLength / 1024)} KiB)`,
    image: await loadImage(Buffer.from(png)),
  })
  console.log(`${index + 1}. ${name}\n${chartText(chart)}\n`)
}
await renderer.close()
writeFileSync(file, Uint8Array.from(sheetOf(drawn, Number(width))))

function sheetOf(pictures: typeof drawn, wide: number): Buffer {
  const columns = Math.max(1, Math.floor(2230 / (wide + 16)))
  const high = (image: Image) => Math.round((image.height / image.width) * wide)
  const rows = Array.from({ length: Math.ceil(pictures.length / columns) }, (_, row) =>
    pictures.slice(row * columns, (row + 1) * columns),
  )
  const heights = rows.map((row) => Math.max(...row.map(({ image }) => high(image))) + 34)
  const total = heights.reduce((sum, height) => sum + height, 0)
  const canvas = createCanvas(columns * (wide + 16), total)
  const pen = canvas.getContext('2d')
  pen.fillStyle = '#808890'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.imageSmoothingQuality = 'high'
  let top = 0
  for (const [index, row] of rows.entries()) {
    for (const [column, { name, image }] of row.entries()) {
      const x = column * (wide + 16) + 8
      pen.fillStyle = '#000000'
      pen.font = '16px sans-serif'
      pen.fillText(name, x, top + 20)
      pen.drawImage(image, x, top + 26, wide, high(image))
    }
    top += heights[index] ?? 0
  }
  return canvas.toBuffer('image/png')
}
