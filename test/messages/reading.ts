// A message as somebody reads it: a field, the first line, what can be pressed.
import type { Message } from '../../src/core/message.ts'
import { seen } from '../templates/markdown.ts'

export const field = (message: Message, label: string) =>
  seen(message.fields?.find((f) => f.label === label)?.value ?? '')
export const firstLine = (message: Message) => seen((message.text ?? '').split('\n\n')[0] ?? '')
export const labels = (message: Message) => (message.buttons ?? []).map((button) => button.label)
/** Its Markdown; the title is plain text everywhere. */
export const all = (message: Message) =>
  [message.text, ...(message.fields ?? []).map((f) => f.value), ...(message.sections ?? []).map((s) => s.text)]
    .filter((part) => part !== undefined)
    .join('\n\n')

export function raw(message: Message, label: string): string {
  return message.fields?.find((f) => f.label === label)?.value ?? ''
}
