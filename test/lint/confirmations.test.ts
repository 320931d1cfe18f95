// Shifts that are over before anybody had to confirm them.
import { expect, test } from 'vitest'
import { sound, told } from './team.ts'

/** In a season in which no clock changes. */
const summer = new Date('2027-05-03T12:00:00Z')
const found = (yaml: string) => told(yaml, {}, summer).filter(({ rule }) => rule === 'confirmation-after-the-shift')
const shifts = sound.replace('every: week', 'every: 12h').replace('"Mon 09:00"', '"09:00"')

test('a time to confirm that is as long as a shift is told, with the schedule', () => {
  expect(found(`${shifts}handover: { accept_within: 12h }\n`)).toEqual([
    {
      rule: 'confirmation-after-the-shift',
      weight: 'warning',
      line: expect.any(Number),
      message:
        'primary has shifts of 12 h, which are over before the 12 h in which they can be confirmed: nobody keeps the pager for whoever does not, and nobody is told',
      fix: 'let accept_within be shorter than 12 h, or never, which asks nobody',
    },
  ])
})

test('what is asked in time, of nobody or after a gap is as it should be', () => {
  expect(found(shifts)).toEqual([])
  expect(found(`${shifts}handover: { accept_within: never }\n`)).toEqual([])
  const office = shifts.replace('every: 12h,', 'every: 12h, only: { from: "09:00", until: "17:00" },')
  expect(found(`${office}handover: { accept_within: 12h }\n`)).toEqual([])
})
