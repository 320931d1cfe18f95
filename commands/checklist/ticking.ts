// What `/checklist done` and `/checklist undo` share: reading which items are meant.
import type { ArgSpec } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'

export const tickingArgs: ArgSpec[] = [
  { name: 'number', kind: 'number', required: true, help: 'which checklist' },
  { name: 'items', kind: 'text', required: true, help: 'numbers of the items, e.g. 1 2 3' },
]

export function itemNumbers(text: string): number[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const stranger = words.find((word) => !/^[1-9]\d{0,3}$/.test(word))
  if (stranger !== undefined)
    throw new UserError(`“${stranger}” is not the number of an item. For example: /checklist done 12 1 2`)
  return [...new Set(words.map(Number))]
}
