// Opens a made-up incident, writes and draws its messages, over and over before a real one comes: code that never ran takes ten
// times as long, and what runs first otherwise is the page of a quiet night. Nothing of it is kept, nothing is sent.
import type { Bot } from '../bot.ts'
import type { Message } from '../core/message.ts'
import { reasonOf } from '../errors.ts'
import { rehearseOpening } from '../flow/rehearse.ts'
import { announcementMessage } from '../messages/announcement.ts'
import { cardMessage } from '../messages/card.ts'
import { pageMessage } from '../messages/page.ts'
import { topicText } from '../messages/room.ts'
import { entryMessage } from '../messages/said.ts'
import { samplePages, sampleViews } from '../messages/sample-incidents.ts'
import type { IncidentView } from '../store/views.ts'
import { type Loop, loop } from './timer.ts'

/** As often as it takes for the code to be compiled; an opening, which PostgreSQL takes part in, every few of them. */
const rounds = 40
const roundsAnOpening = 2
/** Milliseconds between two of them at least, each of which takes a few: nobody has to wait for it. */
const apart = 50
/** Times as long as the last one took: where much else starts, this has time. */
const rest = 8

/** `calm`: resolves when nothing urgent is going on. */
export function startRehearsal(bot: Bot, calm: () => Promise<void>): Pick<Loop, 'stop'> {
  const [view] = sampleViews()
  let round = 0
  const rehearsing: Loop = loop(
    async () => {
      await calm()
      if (view === undefined || ++round > rounds) {
        void rehearsing.stop()
        // The garbage of the start goes now (`--expose-gc`), not in the middle of the first storm.
        globalThis.gc?.()
        return 0
      }
      const since = performance.now()
      rehearse(bot, view, round)
      if (round % roundsAnOpening === 0) await rehearseOpening(bot)
      return Math.max(apart, rest * (performance.now() - since))
    },
    (error) => {
      // A template of the team's that needs what a made-up incident has not: a real one will tell.
      bot.log.debug({ reason: reasonOf(error) }, 'the rehearsal was broken off')
      void rehearsing.stop()
    },
  )
  return rehearsing
}

function rehearse(bot: Bot, sample: IncidentView, round: number): void {
  // Another text each time, or it would be remembered instead of written.
  const incident = { ...sample.incident, number: round, title: `Rehearsal ${round}` }
  const view: IncidentView = { ...sample, incident }
  const now = bot.clock.now()
  const [page] = samplePages
  const paged = view.timeline.find(({ fact }) => fact.kind === 'people_paged')
  topicText(bot, view)
  for (const platform of bot.platforms) {
    const { name } = platform
    const messages: Message[] = [cardMessage(bot, view, now, name), announcementMessage(bot, view, now, name)]
    if (page !== undefined) messages.push(pageMessage(bot, view, { ...page, channel: name }, now))
    if (paged !== undefined) messages.push(entryMessage(bot, view, paged, now, name))
    for (const message of messages) platform.rehearse?.(message)
  }
}
