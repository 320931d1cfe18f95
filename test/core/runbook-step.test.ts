// A step of a runbook: whatever people do to it in whatever order, it stays whole, and its timer is told once at the most.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  actOnStep,
  endTimer,
  isTouched,
  longestTimer,
  runbookMark,
  type StepAct,
  type StepState,
  shortestTimer,
  untouched,
  waitIn,
} from '../../src/core/runbook-step.ts'
import { sentence } from '../../src/core/timeline.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const fresh: StepState = { ...untouched, step: 2, title: 'Restart' }

const people = fc.constantFrom('ada', 'grace', 'linus')
const acts: fc.Arbitrary<StepAct> = fc.oneof(
  fc.constant<StepAct>({ do: 'finish' }),
  fc.option(fc.string()).map((reason): StepAct => ({ do: 'skip', reason })),
  fc.constant<StepAct>({ do: 'reopen' }),
  fc.option(people).map((person): StepAct => ({ do: 'assign', person })),
  fc.string().map((note): StepAct => ({ do: 'note', note })),
  fc.integer({ min: 1, max: 30 }).map((minutes): StepAct => ({ do: 'start timer', length: minutes * 60_000 })),
  fc.constant<StepAct>({ do: 'stop timer' }),
  fc.constant<StepAct>({ do: 'helped' }),
)
const moves = fc.array(fc.record({ act: acts, by: people, after: fc.integer({ min: 0, max: 20 }) }), { maxLength: 30 })

/** Does them one after the other; timers are looked at before each. */
function play(all: { act: StepAct; by: string; after: number }[], seen: (state: StepState, kinds: string[]) => void) {
  let state = fresh
  let now = start
  for (const { act, by, after } of all) {
    now += after * 60_000
    const over = endTimer(state, new Date(now))
    if (over) {
      state = over.state
      seen(
        state,
        over.entries.map(({ fact }) => fact.kind),
      )
    }
    const outcome = actOnStep(state, act, by, new Date(now))
    if ('unchanged' in outcome) continue
    state = outcome.state
    seen(
      state,
      outcome.entries.map(({ fact }) => fact.kind),
    )
  }
  return state
}

describe('whatever is done to a step', () => {
  test('who and when are known exactly while it is done or skipped, and only what is open waits', () => {
    fc.assert(
      fc.property(moves, (all) => {
        play(all, (state) => {
          expect((state.by === null) === (state.status === 'open')).toBe(true)
          expect((state.at === null) === (state.by === null)).toBe(true)
          if (state.reason !== null) expect(state.status).toBe('skipped')
          const timer = [state.timerFrom, state.timerUntil, state.timerBy].map((one) => one === null)
          expect(new Set(timer).size).toBe(1)
        })
      }),
    )
  })

  test('a wait that is told of was begun after the last one that was, and nothing has ended it in between', () => {
    fc.assert(
      fc.property(moves, (all) => {
        let begun = 0
        play(all, (_, kinds) => {
          for (const kind of kinds) {
            if (kind === 'runbook_timer_started') begun = 1
            if (kind === 'runbook_timer_stopped' || kind === 'runbook_step_done' || kind === 'runbook_step_skipped')
              begun = 0
            if (kind === 'runbook_timer_ended') begun -= 1
          }
          expect(begun).toBeGreaterThanOrEqual(0)
        })
      }),
    )
  })

  test('doing it twice changes nothing, and says by whom it was done; notes are never too many', () => {
    fc.assert(
      fc.property(moves, acts, people, (all, act, by) => {
        const state = play(all, () => {})
        const now = new Date(start + 10_000 * 60_000)
        const once = actOnStep(state, act, by, now)
        if ('unchanged' in once || act.do === 'note') return
        expect(actOnStep(once.state, act, 'somebody else', now)).toHaveProperty('unchanged')
      }),
    )
  })

  test('every entry has its sentence', () => {
    fc.assert(
      fc.property(moves, (all) => {
        let state = fresh
        for (const { act, by } of all) {
          const outcome = actOnStep(state, act, by, new Date(start))
          if ('unchanged' in outcome) continue
          state = outcome.state
          for (const { fact, by: who } of outcome.entries)
            expect(sentence(fact, who, (name) => name)).toMatch(/runbook step 2|step 2/)
        }
      }),
    )
  })
})

test('a step that a version without timers marked waits no longer, and nobody is told', () => {
  const at = new Date(start)
  const state: StepState = { ...fresh, status: 'done', by: 'ada', at, timerFrom: at, timerUntil: at, timerBy: 'ada' }
  expect(endTimer(state, at)).toMatchObject({ state: { timerUntil: null }, entries: [] })
})

test('touched is what another runbook would take away', () => {
  expect(isTouched(fresh)).toBe(false)
  expect(isTouched({ ...fresh, assignee: 'ada' })).toBe(true)
})

test.each([
  ['Wait 10 minutes for the pods', '', 600_000],
  ['Restart', 'Then wait 5–10 min and look again.', 600_000],
  ['Monitor the error rate for at least 1 hour', '', 3_600_000],
  ['Give it 30 seconds', '', 30_000],
  ['Wait for the deployment', 'Nothing says how long.', null],
  ['Restart', '```bash\nkubectl wait --timeout 60s pod/x\n# wait 5 minutes\n```', null],
  ['Restart', 'Run `wait 5 minutes` there.', null],
  ['Wait 2 seconds', '', null],
  ['Wait 48 hours', '', null],
])('“%s” “%s” waits %s', (title, body, expected) => {
  expect(waitIn({ title, body })).toBe(expected)
})

test('the longest and the shortest wait are what the command takes', () => {
  expect([shortestTimer, longestTimer]).toEqual([10_000, 86_400_000])
})

test('a runbook’s mark is short, the same every time, and another one’s differs', () => {
  const mark = runbookMark({ path: '/books/ops.md', section: 'disk-full' })
  expect(mark).toMatch(/^[0-9a-z]{1,7}$/)
  expect(mark).toBe(runbookMark({ path: '/books/ops.md', section: 'disk-full' }))
  expect(mark).not.toBe(runbookMark({ path: '/books/ops.md', section: 'disk-slow' }))
  expect(runbookMark(null)).toBeNull()
})
