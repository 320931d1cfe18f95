// The pager is kept by the outgoing person, and people arrange among themselves who does it instead.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { shiftAt } from '../../src/core/schedule.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let w: Night
beforeEach(async () => {
  // Mondays at 9:00 in Berlin: Ada 2 March, Grace 9 March, Linus 16 March. Grace does not confirm, and Ada keeps it.
  w = await night({ yaml: team.replace('people: [ada, grace]', 'people: [ada, grace, linus]') })
  await w.at('2026-03-09T08:00:00Z')
  await w.at('2026-03-09T08:15:00Z')
})
afterEach(() => w.stop())

async function holder(): Promise<string | undefined> {
  const { primary } = w.bot.config.schedules
  const now = w.clock.now()
  return primary && shiftAt(primary, await overridesAt(w.bot.db, now), now)?.people[0]
}

/** Everything that follows in the next seconds. */
async function settled(instant: string) {
  for (let second = 0; second < 4; second++) await w.at(new Date(Date.parse(instant) + second * 1_000).toISOString())
  return holder()
}

test('whoever takes over what somebody keeps has it, and not the one it is kept for', async () => {
  await w.chat.say('U-ADA', 'oncall cover primary now')
  await w.chat.say('U-LINUS', 'oncall accept 1')
  expect(await settled('2026-03-09T08:20:00Z')).toBe('linus')
  expect(w.told('@U-ADA')).toContain('Linus has the pager of primary')
  expect(await settled('2026-03-15T08:00:00Z')).toBe('linus')
  // Until she says so.
  await w.chat.say('U-GRACE', 'oncall have')
  expect(await settled('2026-03-15T08:10:00Z')).toBe('grace')
  expect(w.told('@U-LINUS').at(-1)).toBe('Grace Hopper has the pager of primary')
  expect(await settled('2026-03-16T08:00:00Z')).toBe('linus')
})

test('whoever took it over for a while hands it back to the one who keeps it', async () => {
  await w.chat.say('U-LINUS', 'oncall replace primary ada linus 2h')
  expect(await settled('2026-03-09T08:20:00Z')).toBe('linus')
  expect(await settled('2026-03-09T10:15:00Z')).toBe('ada')
  expect(w.told('@U-ADA').at(-1)).toBe('You have the pager of primary')
  expect(await settled('2026-03-09T10:31:00Z')).toBe('ada')
})

test('whoever does the shifts of the one it is kept for has it at once', async () => {
  await w.chat.say('U-LINUS', 'oncall replace primary grace linus 2h')
  expect(await settled('2026-03-09T08:20:00Z')).toBe('linus')
  expect(w.told('@U-ADA').at(-1)).toBe('Linus has the pager of primary')
  expect(w.told('@U-LINUS').at(-1)).toBe('You have the pager of primary')
  // Grace never confirmed, and is asked.
  expect(await settled('2026-03-09T10:16:00Z')).toBe('grace')
  expect(w.told('@U-GRACE').at(-1)).toBe('You have the pager of primary: please confirm')
})

test('whoever takes the pager that is kept for them has it from then on', async () => {
  await w.chat.say('U-GRACE', 'oncall take primary 2h')
  expect(await settled('2026-03-09T08:20:00Z')).toBe('grace')
  expect(await settled('2026-03-09T10:31:00Z')).toBe('grace')
  expect(w.told('@U-ADA')).not.toContain('You have the pager of primary')
})

test('nobody keeps the pager for somebody to whom a person gave it before the time to confirm was over', async () => {
  await w.at('2026-03-16T08:00:00Z')
  expect(w.told('@U-LINUS').at(-1)).toBe('You have the pager of primary: please confirm')
  await w.chat.say('U-ADA', 'oncall override primary linus 8h')
  expect(await settled('2026-03-16T08:15:00Z')).toBe('linus')
  // Nor does he read that it has moved on.
  expect(w.told('@U-LINUS').at(-1)).toBe('You have the pager of primary')
})
