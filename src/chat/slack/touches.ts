// What people do to messages on Slack: pins, 📌, edits and deletions, told to whoever keeps the timeline. Slack may tell the same
// thing twice; whoever hears it looks at the message itself.
// https://docs.slack.dev/reference/events/{reaction_added,pin_added,message/message_changed,message/message_deleted}/
import type { App } from '@slack/bolt'
import { reasonOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Touch } from '../platform.ts'
import { pinEmoji } from './messages.ts'
import type { Workspace } from './workspace.ts'

/** The parts of an event that we read; the rest, and whatever else it is, is Slack's. */
type SlackEvent = {
  type?: string
  subtype?: string
  user?: string
  reaction?: string
  channel?: string
  channel_id?: string
  deleted_ts?: string
  item?: { type?: string; channel?: string; ts?: string; message?: { ts?: string } }
  message?: { ts?: string; user?: string; bot_id?: string; subtype?: string }
}

type Deps = { workspace: Workspace; log: Log; touched: (touch: Touch) => Promise<void> }

/** `running`: where what is under way is kept until it is done. */
export function listenForTouches(app: App, deps: Deps, running: Set<Promise<void>>): void {
  const hear = (event: SlackEvent, body: { team_id?: string }) => {
    const touch = touchOf(event)
    if (touch === null) return
    const done = tell(touch, event, body, deps).finally(() => running.delete(done))
    running.add(done)
  }
  for (const type of ['message', 'pin_added', 'pin_removed', 'reaction_added', 'reaction_removed']) {
    app.event(type, async ({ event, body }) => hear(event as SlackEvent, body as { team_id?: string }))
  }
}

async function tell(
  touch: Touch,
  event: SlackEvent,
  body: { team_id?: string },
  { workspace, log, touched }: Deps,
): Promise<void> {
  try {
    const { teamId, botUserId } = await workspace.learn()
    // Of a channel that is shared with another company, each side hears under its own name.
    if (body.team_id !== undefined && body.team_id !== teamId) return
    // The bot edits its cards all the time.
    if (touch.what === 'change' && event.message?.user === botUserId) return
    await touched(touch)
  } catch (error) {
    log.error(
      { channel: touch.channel, message: touch.message, reason: reasonOf(error) },
      'a pin was not heard: pin again',
    )
  }
}

/** Null: nothing that matters here. */
function touchOf(event: SlackEvent): Touch | null {
  const { type, item, user, channel } = event
  const of = (
    place: { channel?: string | undefined; message?: string | undefined },
    what: Touch['what'],
  ): Touch | null =>
    place.channel === undefined || place.message === undefined
      ? null
      : { platform: 'slack', channel: place.channel, message: place.message, account: user ?? null, what }
  switch (type) {
    case 'reaction_added':
    case 'reaction_removed':
      // 📌 in another tone is still 📌.
      if (event.reaction?.split('::')[0] !== pinEmoji || item?.type !== 'message') return null
      return of({ channel: item.channel, message: item.ts }, 'mark')
    case 'pin_added':
    case 'pin_removed':
      return of({ channel: event.channel_id ?? item?.channel, message: item?.message?.ts ?? item?.ts }, 'mark')
    case 'message':
      if (event.subtype === 'message_deleted') return of({ channel, message: event.deleted_ts }, 'change')
      if (event.subtype === 'message_changed') return of({ channel, message: event.message?.ts }, 'change')
      return null
    default:
      return null
  }
}
