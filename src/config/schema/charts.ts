// How charts look, and what they are compared with.
import { oneOf } from '../notation.ts'
import { keys, leaf } from './parts.ts'

export const chartsLook = keys({
  baseline: leaf(
    oneOf('week', 'day', 'none'),
    'What the worst line is compared with: the same hours of last week (of yesterday, when there is nothing), of yesterday, or nothing.',
  ).prefault('week'),
  theme: leaf(oneOf('light', 'dark'), 'Colours of the pictures; both can be read in both modes of a chat.').prefault(
    'light',
  ),
})
