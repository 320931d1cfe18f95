// What is laid over the schedules by hand: the answer to /oncall overrides.
import type { Message } from '../core/message.ts'
import type { PersonalOverride } from '../core/schedule.ts'
import { overrideFacts } from './oncall.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** More lines than this do not help on a phone. */
const shown = 25

export function overridesMessage(words: Words, overrides: PersonalOverride[], now: Date): Message {
  const lines = overrides.slice(0, shown).map((override) => {
    const { id, schedule, person, replaces, from, until } = override
    return {
      id,
      schedule,
      person,
      replaces,
      from,
      until,
      begun: from <= now,
      ...overrideFacts(override),
      stray: !words.config.schedules[schedule]
        ? 'schedule'
        : [person, replaces].some((one) => one && !words.config.people[one])
          ? 'person'
          : '',
    }
  })
  const facts = { ...setting(words, words.config.zone, now), overrides: lines, more: overrides.length - lines.length }
  return { ...said(words, 'messages/overrides', facts), tone: 'neutral' }
}
