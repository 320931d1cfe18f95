// Feeds as a strict reader of RFC 5545 takes them, and as our own does.
import { describe, expect, test } from 'vitest'
import { readEvents } from '../../src/calendars/events.ts'
import { feedText } from '../../src/calendars/feed.ts'

const name = 'Ümläut, Ada; “日本語の長い名前をもつ人” \\ 🔥'.repeat(3)
const from = new Date('2026-10-24T18:00:00Z')
const until = new Date('2026-10-25T07:00:00Z')
const now = new Date('2026-10-20T00:00:00Z')
const entry = { uid: '1@tocsin', from, until, summary: `primary: ${name}, grace`, description: 'one\ntwo' }
const text = feedText(`On call: ${name}\nBEGIN:VEVENT`, [entry], now)

describe('a feed', () => {
  test('has lines of 75 octets at most, each with its end, and folded between characters', () => {
    expect(text.endsWith('\r\nEND:VCALENDAR\r\n')).toBe(true)
    const lines = text.split('\r\n')
    expect(lines.filter((line) => line.includes('\n') || line.includes('\uFFFD'))).toEqual([])
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75)
  })

  test('escapes what people are called, in its own name, too', () => {
    const whole = text.replaceAll('\r\n ', '')
    const escaped = name.replaceAll('\\', '\\\\').replaceAll(';', '\\;').replaceAll(',', '\\,')
    expect(whole).toContain(`\r\nNAME:On call: ${escaped}\\nBEGIN:VEVENT\r\n`)
    expect(whole).toContain(`\r\nX-WR-CALNAME:On call: ${escaped}\\nBEGIN:VEVENT\r\n`)
    expect(whole).toContain(`\r\nSUMMARY:primary: ${escaped}\\, grace\r\n`)
    expect(whole).toContain('\r\nDESCRIPTION:one\\ntwo\r\n')
  })

  test('has no event that ends as it begins', () => {
    const brief = { ...entry, uid: '2@tocsin', until: new Date(from.getTime() + 300) }
    expect(feedText('s', [brief, entry], now).match(/^UID:.*/gm)).toEqual(['UID:1@tocsin'])
  })

  test('can be imported again', () => {
    const people = [
      { key: 'ada', name, email: null },
      { key: 'grace', name: 'Grace', email: null },
    ]
    const span = { from: new Date('2026-10-01T00:00Z'), until: new Date('2026-11-01T00:00Z') }
    const read = readEvents({ text, schedule: 's', zone: 'Europe/Berlin', people, ...span })
    expect(read.shifts).toEqual([
      { person: 'ada', from, until },
      { person: 'grace', from, until },
    ])
  })
})
