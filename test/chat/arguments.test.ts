// What was typed, read by the spec of its command: what people really type at night, and what they are told.
import { describe, expect, test } from 'vitest'
import { commands } from '../../commands/index.ts'
import { parseArguments } from '../../src/chat/arguments.ts'
import { findCommand } from '../../src/chat/dispatch.ts'
import { unknownCommand } from '../../src/chat/unknown.ts'

const read = (text: string, room: number | null = null) => {
  const found = findCommand(text)
  if (found === null) throw new Error(`no command in ${text}`)
  const person = (word: string) => (word.replace('@', '') === 'ada' ? 'ada' : null)
  return parseArguments(found.command, found.rest, { room, person, people: ['ada'], schedules: ['primary'] })
}

describe('the number of the incident', () => {
  test.each([
    ['incident ack 12 —take-over', { incident: 12, 'take-over': 'true' }],
    ['incident new P1 —service “check out” it is down', { severity: 'P1', service: 'check out', title: 'it is down' }],
    [
      'incident new P1 checkout is down – again — since 3',
      { severity: 'P1', title: 'checkout is down – again — since 3' },
    ],
    ['oncall take Primary 4h', { schedule: 'primary', duration: 14_400_000 }],
  ])('what a telephone makes of /%s is read as it was meant', (text, args) => {
    expect(read(text)).toEqual(args)
  })

  test.each([
    ['incident step 3 done', { step: 3, what: 'done' }],
    ['incident step 12 3 done', { incident: 12, step: 3, what: 'done' }],
    ['incident step #12 3 skip', { incident: 12, step: 3, what: 'skip' }],
    ['incident note 502s since the deployment', { note: '502s since the deployment' }],
    ['incident note #12 rolled back', { incident: 12, note: 'rolled back' }],
    ['incident ack 12', { incident: 12 }],
    ['incident ack', {}],
    ['incident verdict 12 noise every night', { incident: 12, verdict: 'noise', because: 'every night' }],
    ['incident verdict noise 3 times a week', { verdict: 'noise', because: '3 times a week' }],
    ['incident sev 12 P3 because few', { incident: 12, severity: 'P3', because: 'because few' }],
    ['incident sev 2 because few', { severity: 'P2', because: 'because few' }],
    ['incident sev 2', { severity: 'P2' }],
    ['incident silence 12 2h rolling back', { incident: 12, duration: 7_200_000, because: 'rolling back' }],
  ])('in a room, /%s is read as it is meant', (text, args) => {
    expect(read(text, 7)).toEqual(args)
  })

  test('elsewhere it comes first', () => {
    expect(read('incident note 12 rolled back')).toEqual({ incident: 12, note: 'rolled back' })
    expect(read('incident step 12 3 done')).toEqual({ incident: 12, step: 3, what: 'done' })
  })
})

test.each([
  [
    'incident resolve 12 because',
    'I do not know what “because” is for. It goes like this: /incident resolve [incident]',
  ],
  [
    'oncall override primary ada 8h tomorrow',
    'I do not know what “tomorrow” is for. It goes like this: /oncall override <schedule> <person> <duration> [--from …]',
  ],
  [
    'oncall override primary ada',
    '<duration> is missing: how long, e.g. 8h. For example: /oncall override primary me 8h',
  ],
  ['oncall override primary ada 8x', '<duration>: “8x” is not a length of time. Write 90m, 8h or 2d.'],
  ['incident lead 12 zoe', 'I know nobody called “zoe”. I know: ada.'],
])('/%s is answered with what to say instead', (text, answer) => {
  expect(() => read(text)).toThrow(answer)
})

test.each([
  [
    'incident aknowledge 12',
    'I do not know “/incident aknowledge 12”. Did you mean /incident acknowledge? /incident help',
  ],
  ['onkall', 'Did you mean /oncall?'],
  ['incident nonsense', 'I do not know “/incident nonsense”. /incident help shows what you can say.'],
  ['incident snooze 1h', '/incident ack says that you have it'],
  ['snooze', '/incident silence 2h keeps its alerts quiet'],
  ['incident reassign 12 @grace', '/incident page @name calls them'],
])('what was probably meant by /%s is said', (text, answer) => {
  expect(unknownCommand(text, commands)).toContain(answer)
})

test.each([
  'help',
  'incident',
  'incident help',
  'oncall help',
  'postmortem help',
  '/digest help',
  'checklist help',
  'slo help',
])('whoever asks for help by /%s gets the list', (text) => {
  expect(findCommand(text)?.command.name).toBe('incident help')
})
