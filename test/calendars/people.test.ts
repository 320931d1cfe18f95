// Whose shift an event is: what is written out counts, nothing is guessed.
import { describe, expect, test } from 'vitest'
import { whoseEvent } from '../../src/calendars/people.ts'

const known = [
  { key: 'ada', name: 'Ada Lovelace', email: 'ada@example.org' },
  { key: 'grace', name: 'Grace Hopper', email: null },
  { key: 'ann', name: 'Ann', email: null },
  { key: 'smith', name: 'Ann Smith', email: 'ann.smith@example.org' },
]
const none = { summary: '', attendees: [], organizer: null }
const mail = (email: string, name: string | null = null) => ({ email, name })
const whose = (event: Partial<Parameters<typeof whoseEvent>[0]>) => whoseEvent({ ...none, ...event }, known, 'payments')

describe('the summary', () => {
  test.each([
    ['On call: Ada Lovelace', ['ada']],
    ['ADA  LOVELACE', ['ada']],
    ['ada', ['ada']],
    ['ada@example.org has the pager', ['ada']],
    ['Grace Hopper & Ada', ['grace', 'ada']],
    ['Ann Smith', ['smith']],
    ['Ann', ['ann']],
    ['Ann, Ann Smith', ['ann', 'smith']],
    ['Ada+Grace.', ['ada', 'grace']],
  ])('%j names %j', (summary, people) => {
    expect(whose({ summary })).toEqual({ people, unknown: [] })
  })

  test.each([
    ['ada.smith@example.org'],
    ['Ada.Smith'],
    ['ada+pager@example.org'],
    ['nobody+ada@example.org'],
    ['ada@example.org.au'],
  ])('%j is somebody else’s address or account', (summary) => {
    expect(whose({ summary })).toEqual({ people: [], unknown: [summary] })
    expect(whose({ summary: `${summary}, Grace Hopper.` }).people).toEqual(['grace'])
  })

  test.each(['Adam', 'Canada', 'Hopper', 'ada@example.com', 'nada@example.org', 'Zoe'])(
    '%j names nobody who is known, and is told',
    (summary) => {
      expect(whose({ summary })).toEqual({ people: [], unknown: [summary] })
    },
  )
})

describe('attendees', () => {
  test('count before the summary, by address or by full name', () => {
    expect(whose({ summary: 'Grace Hopper', attendees: [mail('ADA@example.org')] }).people).toEqual(['ada'])
    expect(whose({ attendees: [mail('hopper@navy.example', 'Grace Hopper')] }).people).toEqual(['grace'])
  })

  test('who are not known are told beside those who are', () => {
    expect(whose({ attendees: [mail('zoe@example.org', 'Zoe'), mail('ada@example.org')] })).toEqual({
      people: ['ada'],
      unknown: ['zoe@example.org'],
    })
  })

  test('of whom none is known leave it to the summary', () => {
    const attendees = [mail('team@example.org')]
    expect(whose({ summary: 'Ada Lovelace', attendees })).toEqual({ people: ['ada'], unknown: [] })
    expect(whose({ summary: 'Payments', attendees })).toEqual({ people: [], unknown: ['team@example.org'] })
  })
})

test('a summary of one long word is read as any other: it held up the whole calendar', () => {
  const word = 'a'.repeat(1_000_000)
  expect(whose({ summary: `${word} Ada` }).people).toEqual(['ada'])
  expect(whose({ summary: word })).toEqual({ people: [], unknown: [word] })
})

describe('the organizer', () => {
  test('counts where nobody else is named', () => {
    expect(whose({ summary: 'On-call: payments', organizer: mail('ada@example.org') }).people).toEqual(['ada'])
    expect(whose({ organizer: mail('zoe@example.org') })).toEqual({ people: [], unknown: ['zoe@example.org'] })
    expect(whose({})).toEqual({ people: [], unknown: ['an event without a summary'] })
  })

  test('is not whom a summary means that names a stranger', () => {
    expect(whose({ summary: 'Zoe on call', organizer: mail('ada@example.org') })).toEqual({
      people: [],
      unknown: ['Zoe on call'],
    })
  })
})
