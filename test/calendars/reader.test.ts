// What a calendar's address may lead to besides a calendar.
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchCalendar } from '../../src/calendars/reader.ts'

test('a pipe or a folder is no calendar, and keeps the others waiting for nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-calendars-'))
  execFileSync('mkfifo', [join(folder, 'oncall.ics')])
  for (const path of [join(folder, 'oncall.ics'), folder])
    await expect(fetchCalendar(path)).rejects.toThrow('it is no file, but a folder, a pipe or a device')
})
