// Who a page is for, as one text that is kept in the ledger: mostly a person, else a whole chat channel or a webhook. No key
// of `people` holds a `#` or a colon, so that the three cannot be mistaken for each other.

export type Recipient =
  | { kind: 'person'; person: string }
  /** `platform` null: the first one. */
  | { kind: 'channel'; platform: string | null; channel: string }
  | { kind: 'webhook'; channel: string }

/** Reads `ada`, `#sre`, `slack#sre`, `webhook:pagerduty`. A webhook is its own page channel, of the same name. */
export function recipientOf(text: string): Recipient {
  if (text.startsWith('webhook:')) return { kind: 'webhook', channel: text }
  const hash = text.indexOf('#')
  if (hash < 0) return { kind: 'person', person: text }
  return { kind: 'channel', platform: text.slice(0, hash) || null, channel: text.slice(hash + 1) }
}

export function channelRecipient(platform: string | null, channel: string): string {
  return `${platform ?? ''}#${channel}`
}

/** What people call a recipient that is none of `people`: channels as they are, `webhook pagerduty`. */
export function recipientName(recipient: string): string {
  return recipient.replace(/^webhook:/, 'webhook ')
}

/** How a page got there, for people: `in Slack`, `by e-mail`, `over the webhook phone`. */
export function wayName(channel: string): string {
  if (channel === 'email') return 'by e-mail'
  if (channel === 'console') return 'in the console'
  if (channel.startsWith('webhook:')) return `over the webhook ${channel.slice('webhook:'.length)}`
  return `in ${channel.charAt(0).toUpperCase()}${channel.slice(1)}`
}

export function webhookChannel(name: string): string {
  return `webhook:${name}`
}
