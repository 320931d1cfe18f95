// What the clocks do to shifts, told where it happens and nowhere else.
import { expect, test } from 'vitest'
import { sound, told } from './team.ts'

const autumn = new Date('2027-10-01T12:00:00Z')
const found = (schedule: string, at?: Date) =>
  told(sound.replace(/primary: .*/, `primary: ${schedule}`), {}, at).flatMap(({ rule, message }) =>
    rule === 'daylight-saving' ? [message] : [],
  )

test('a hand-over from somebody to themselves is none, whatever the clocks do', () => {
  expect(
    found('{ rotation: { people: [ada, ada, grace], every: day, starts: 2027-03-27, handover: "02:30" } }'),
  ).toEqual(['ada’s shift in primary on Sun 28 Mar lasts 23 h instead of 24 h: the clocks of Europe/Berlin change'])
})

test('a shift that ends as the clocks jump is an hour shorter, too', () => {
  expect(found('{ rotation: { people: [ada, grace], every: day, starts: 2027-03-27, handover: "03:00" } }')).toEqual([
    'ada’s shift in primary on Sat 27 Mar lasts 23 h instead of 24 h: the clocks of Europe/Berlin change',
  ])
})

test('the clock of one layer does nothing to the shifts of another', () => {
  const layers = [
    '{ people: [ada, grace], every: day, handover: "12:00" }',
    // From 02:00 to 03:30 in Berlin, and from 01:00 to 02:30 once its summer is over.
    '{ people: [alan], zone: Asia/Kolkata, only: { from: "05:30", until: "07:00" } }',
  ]
  expect(found(`{ layers: [${layers}] }`, autumn)).toEqual([])
})

test('hours that end at a time that comes twice end at its last, and it is told', () => {
  const layers = [
    '{ people: [ada, grace], every: week }',
    '{ people: [alan], only: { days: sat, from: "08:00", until: "02:30" } }',
  ]
  expect(found(`{ layers: [${layers}] }`, autumn)).toEqual([
    'primary changes hands at 02:30 on Sun 31 Oct, which comes twice that night: the last counts',
    'alan’s shift in primary on Sat 30 Oct lasts 19.5 h instead of 18.5 h: the clocks of Europe/Berlin change',
  ])
})
