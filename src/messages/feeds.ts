// Where a person's shifts can be subscribed to: the answer to /oncall calendar.
import { feedAddress } from '../calendars/address.ts'
import type { Config } from '../config/config.ts'
import type { Message } from '../core/message.ts'
import { said } from './replies.ts'
import { setting, type Words } from './words.ts'

/** `person` null: nobody in `people:`, who has no feed of their own. */
export function feedsMessage(
  words: Words,
  config: Pick<Config, 'accessToken' | 'server'>,
  about: { person: string | null; schedules: string[] },
  now: Date,
): Message {
  const facts = {
    ...setting(words, words.config.zone, now),
    own: about.person === null ? '' : feedAddress(config, { person: about.person }),
    schedules: about.schedules.map((schedule) => ({ schedule, address: feedAddress(config, { schedule }) })),
    secret: config.accessToken !== null,
  }
  return { ...said(words, 'messages/feeds', facts), tone: 'neutral' }
}
