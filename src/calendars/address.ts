// Where a feed is, and the word in its address that lets a calendar in: calendars can send no headers.
import { createHmac } from 'node:crypto'
import type { Config } from '../config/config.ts'

export type FeedOf = { schedule: string } | { person: string }

function feedPath(feed: FeedOf): string {
  return 'schedule' in feed
    ? `/calendars/schedules/${encodeURIComponent(feed.schedule)}.ics`
    : `/calendars/people/${encodeURIComponent(feed.person)}.ics`
}

/** Opens one feed and nothing else; a new access token ends it. */
export function feedToken(accessToken: string, feed: FeedOf): string {
  return createHmac('sha256', accessToken)
    .update(`tocsin: calendar ${feedPath(feed)}`)
    .digest('base64url')
}

/** To be given to a calendar; as good as a password when the bot has an access token. */
export function feedAddress({ accessToken, server }: Pick<Config, 'accessToken' | 'server'>, feed: FeedOf): string {
  const address = `${server.publicUrl.replace(/\/+$/, '')}${feedPath(feed)}`
  return accessToken === null ? address : `${address}?token=${feedToken(accessToken, feed)}`
}
