// Samples for charts that people ask for: every face they can show.
import { askedChartMessage, drawingMessage, noChartMessage, presetsMessage } from './asked-chart.ts'
import { sampleNow } from './sample-incidents.ts'
import type { Words } from './words.ts'

export function runChartBuilders(words: Words): void {
  const picture = { title: 'CPU in use', summary: 'now 81 %; peak 97 % at 14:05', text: '', png: new Uint8Array() }
  for (const titles of [['CPU in use'], ['CPU in use', 'Load per CPU', 'Network errors']])
    drawingMessage(words, titles, sampleNow)
  for (const by of ['ada', 'U-STRANGER']) askedChartMessage(words, picture, by, sampleNow)
  noChartMessage(
    words,
    { title: 'CPU in use', reason: 'no data for this expression in the last hour' },
    'ada',
    sampleNow,
  )
  presetsMessage(words, sampleNow)
}
