// Recurring checklists: when they come up, where, and those that are written here instead of in a document.
import { channel, oneOf, textLike, time, yesNo } from '../notation.ts'
import { anyName, keys, leaf, list, named } from './parts.ts'

const rhythm = oneOf('day', 'week', 'month')

export const checklists = keys({
  documents: leaf(yesNo, 'Whether daily, weekly and monthly lists of the runbook documents come up.').prefault('true'),
  at: leaf(time, 'When, on the first business day of the day, week or month.').prefault('09:00'),
  channel: leaf(channel, 'Where.', { 'x-default': "each platform's incidents channel" }).optional(),
  lists: named(
    anyName,
    keys({
      every: leaf(rhythm, 'How often: `day` (business days), `week` or `month`.'),
      items: list(leaf(textLike('Look at the backups'), 'What is to be done.')).refine((all) => all.length > 0, {
        error: 'must have at least one item',
      }),
      channel: leaf(channel, 'Where this one comes up.', { 'x-default': 'as above' }).optional(),
    }),
  ).prefault({}),
})
