// Whatever people do with their shifts, and whenever: somebody has the pager, nobody is told anything twice, and what is kept
// is kept for as long as its hand-over says so.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shiftAt } from '../../src/core/schedule.ts'
import { decideHandovers } from '../../src/flow/handover.ts'
import { overridesAt } from '../../src/store/overrides.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

const three = team.replace(
  'people: [ada, grace], every: week, starts: 2026-03-02, handover: "Mon 09:00"',
  'people: [ada, grace, linus], every: day, starts: 2026-03-02, handover: "09:00"',
)
const accounts = ['U-ADA', 'U-GRACE', 'U-LINUS']
const sayings = [
  'oncall have',
  'oncall take primary 3h',
  'oncall take primary',
  'oncall cover primary now',
  'oncall cover primary tomorrow',
  'oncall swap primary tomorrow with linus',
  'oncall swap primary tomorrow with grace',
  ...[1, 2, 3].flatMap((id) => [`oncall accept ${id}`, `oncall decline ${id}`, `oncall withdraw ${id}`]),
  ...[1, 2, 3].map((id) => `oncall have ${id}`),
]

const step = fc.oneof(
  fc.record({ minutes: fc.constantFrom(1, 14, 15, 16, 60, 181, 700, 1440, 3000) }),
  fc.record({ who: fc.constantFrom(...accounts), says: fc.constantFrom(...sayings) }),
)

async function holds(w: Night) {
  const now = w.clock.now()
  const schedule = w.bot.config.schedules.primary
  const overrides = await overridesAt(w.bot.db, now)
  expect(schedule && shiftAt(schedule, overrides, now)?.people).toHaveLength(1)
  const keys = w.chat.sent.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
  const { rows } = await w.bot.db.query<{ kept: number; asked: number; overrides: number }>(
    `select count(*) filter (where h.status = 'kept')::int as kept, count(*) filter (where h.status = 'asked')::int as asked,
            (select count(*)::int from overrides where made_by = 'tocsin' and starts_at <= $1 and ends_at > $1) as overrides
       from handovers h where until > $1`,
    [now],
  )
  // One question at a time, and an override for what is kept, and for nothing else.
  expect((rows[0]?.kept ?? 0) + (rows[0]?.asked ?? 0)).toBeLessThanOrEqual(1)
  expect(rows[0]?.overrides).toBe(rows[0]?.kept)
}

test('any sequence of days, presses and commands leaves somebody with the pager', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const w = await night({ yaml: three })
      try {
        for (const one of steps) {
          if ('minutes' in one) w.clock.advance(one.minutes * 60_000)
          else await w.chat.say(one.who, one.says)
          await Promise.all([decideHandovers(w.bot), w.turn()])
          await w.turn()
          await holds(w)
        }
      } finally {
        await w.stop()
      }
    }),
    { numRuns: 10 },
  )
})
