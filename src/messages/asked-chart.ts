// What whoever asks for a chart reads: that it is being drawn, the picture outside a room, why there is none, what there is.
import type { Message } from '../core/message.ts'
import { exporters } from '../presets/index.ts'
import { setting, type Words } from './words.ts'

/** `titles`: of what is being drawn. */
export function drawingMessage(words: Words, titles: string[], now: Date): Message {
  return { ...written(words, 'messages/charts/drawing', { titles }, now), tone: 'info' }
}

export type AskedPicture = { title: string; summary: string; text: string; png: Uint8Array }

/** `by`: the key or name of whoever asked. */
export function askedChartMessage(words: Words, chart: AskedPicture, by: string, now: Date): Message {
  const { title, summary, text, png } = chart
  const name = `${
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'chart'
  }.png`
  return {
    ...written(words, 'messages/charts/asked', { chart: { title, summary }, by }, now),
    tone: 'info',
    picture: { name, alt: text || summary || title, caption: summary || title, png },
  }
}

export function noChartMessage(
  words: Words,
  missing: { title: string; reason: string },
  by: string,
  now: Date,
): Message {
  return { ...written(words, 'messages/charts/none', { missing, by }, now), tone: 'neutral' }
}

/** Every preset with one line. */
export function presetsMessage(words: Words, now: Date): Message {
  const all = exporters.map(({ name, aliases, title, variables, presets }) => ({
    ...{ name, aliases, title, variables: variables.all },
    presets: presets.map(({ name: preset, aspect, help }) => ({ name: preset, aspect, help })),
  }))
  return { ...written(words, 'messages/charts/presets', { exporters: all }, now), tone: 'info' }
}

function written(words: Words, template: string, facts: object, now: Date): Pick<Message, 'title' | 'text'> {
  const { title, text } = words.templates.message(template, { ...setting(words, words.config.zone, now), ...facts })
  return text === '' ? { title } : { title, text }
}
