// What a calendar's address may lead to besides a calendar.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchCalendar, readCalendar } from '../../src/calendars/reader.ts'

test('a pipe or a folder is no calendar, and keeps the others waiting for nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-calendars-'))
  execFileSync('mkfifo', [join(folder, 'oncall.ics')])
  for (const path of [join(folder, 'oncall.ics'), folder])
    await expect(fetchCalendar(path)).rejects.toThrow('it is no file, but a folder, a pipe or a device')
})

test('a line that is folded in the middle of a character is the line it was, from a file and from an address', async () => {
  const line = Buffer.from('SUMMARY:Jörg Müßig').toString('latin1')
  const folded = line.replace('\xc3\xbc', '\xc3\r\n \xbc')
  const path = join(mkdtempSync(join(tmpdir(), 'tocsin-calendars-')), 'oncall.ics')
  writeFileSync(path, folded, 'latin1')
  expect(await fetchCalendar(path)).toBe('SUMMARY:Jörg Müßig')
  const server = createServer((_request, response) => response.end(folded, 'latin1'))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    expect(await fetchCalendar(`http://127.0.0.1:${port}/oncall.ics`)).toBe('SUMMARY:Jörg Müßig')
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('an answer that repeats the address is told without it: such an address often is the password to the calendar', async () => {
  const server = createServer(({ url = '' }, response) => {
    const message = `Route GET:${url} not found, nor ${decodeURIComponent(url)}`
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    for (const path of [
      '/ical/private-3f1e5a/basic.ics',
      '/feed/ada%40example.org/x.ics',
      '/x.ics?token=3f1e5a7b9c1d',
    ]) {
      const told = await fetchCalendar(`http://127.0.0.1:${port}${path}`).catch(String)
      expect(told).toContain('answered 404')
      expect(told).not.toMatch(/3f1e5a|ada/)
    }
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('three years of shifts are read in time where people are many: the calendar was given up, as if it could not be read', async () => {
  const people = Array.from({ length: 1_000 }, (_, i) => ({
    key: `p${i}`,
    name: `Person ${i}`,
    email: `p${i}@example.org`,
  }))
  const begin = Date.parse('2027-01-01T00:00Z')
  const stamp = (day: number) => new Date(begin + day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
  const days = Array.from({ length: 1_000 }, (_, i) =>
    ['BEGIN:VEVENT', `UID:${i}`, `SUMMARY:Person ${i}`, `DTSTART;VALUE=DATE:${stamp(i)}`, 'END:VEVENT'].join('\n'),
  )
  const text = ['BEGIN:VCALENDAR', ...days, 'END:VCALENDAR'].join('\n')
  const span = { from: new Date(begin), until: new Date(begin + 1_000 * 86_400_000) }
  const { shifts } = await readCalendar({ text, schedule: 'primary', zone: 'UTC', people, ...span })
  expect(shifts.map(({ person }) => person)).toEqual(days.map((_, i) => `p${i}`))
})
