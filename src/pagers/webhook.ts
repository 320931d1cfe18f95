// Pages as JSON posted to an address of the team's choosing: a phone gateway, another pager, a script. README documents the
// body and how to check the signature; both are a contract.
import { createHash, createHmac } from 'node:crypto'
import { plainText } from '../chat/markdown.ts'
import type { Clock } from '../clock.ts'
import type { Person, WebhookConfig } from '../config/config.ts'
import { recipientName, recipientOf, webhookChannel } from '../core/recipient.ts'
import { writeJson } from '../json.ts'
import { consoleUrl } from '../messages/addresses.ts'
import type { Words } from '../messages/words.ts'
import { keysIn, outbound } from '../outbound.ts'
import type { OutgoingPage, Pager } from './pager.ts'

/**
 * A gateway that is being started again is not found by the proxy before it, and who cannot ask whether a token is good says that it is not.
 * Where it is the only way to somebody, a page that was done with would come no more.
 */
const mayPass = [401, 403, 404]

export type WebhookOptions = { words: Words; people: Record<string, Person>; clock: Clock }

export function webhookPager(config: WebhookConfig, options: WebhookOptions): Pager {
  const name = webhookChannel(config.name)
  const url = new URL(config.url)
  const { origin, username, password, pathname, search } = url
  const userinfo = username + password === '' ? '' : `${username}:${password}@`
  const client = outbound({
    name: `The webhook ${config.name}`,
    baseUrl: origin.replace('//', `//${userinfo}`),
    timeout: config.timeout,
    proxy: config.proxy,
    maxResponse: 1024 * 1024,
    secrets: keysIn(url),
    // Who has answered 2xx has the page.
    statusOnly: true,
    mayPass,
  })
  return {
    name,
    addressOf: (recipient) => (isFor(name, recipient, options.people) ? config.url : null),
    async send(page) {
      const id = idempotencyKey(page)
      const body = writeJson(bodyOf(page, options))
      await client.post(`${origin}${pathname}${search}`, body, {
        headers: {
          'content-type': 'application/json',
          'idempotency-key': id,
          ...(config.secret !== null && { 'tocsin-signature': signature(config.secret, body, options.clock.now()) }),
        },
        // The body is signed as it is.
        transformRequest: (data: string) => data,
      })
      return { channel: name, id }
    },
    find: null,
    check: null,
  }
}

/** Itself, as the target of a policy; or whoever names it among their own ways. */
function isFor(channel: string, recipient: string, people: Record<string, Person>): boolean {
  if (recipient === channel) return true
  const rules = Object.values(people[recipient]?.reach ?? {})
  return rules.some((ways) => ways?.some((way) => way.channel === channel))
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`, so that an old delivery cannot be played again. */
function signature(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000)
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/** Incidents are numbered anew in every database: the page's key alone might be that of another, years ago. */
function idempotencyKey({ key, about }: OutgoingPage): string {
  if (about === null) return key
  const { trace, openedAt } = about.view.incident
  return `${key}/${createHash('sha256').update(`${trace} ${openedAt.toISOString()}`).digest('hex').slice(0, 12)}`
}

function bodyOf({ key, message, about, recipient }: OutgoingPage, { words, people }: WebhookOptions) {
  const text = [message.text ?? '', ...(message.fields ?? []).map(({ label, value }) => `${label}: ${value}`)]
  const base = {
    event: about === null ? 'test' : 'page',
    key,
    title: message.title,
    text: text
      .map(plainText)
      .filter((part) => part !== '')
      .join('\n'),
    to: toOf(recipient, people),
  }
  if (about === null) return { ...base, incident: null, page: null }
  const { incident } = about.view
  const { number, title, severity, service, status, openedAt } = incident
  const { step, round, dueAt } = about.page
  return {
    ...base,
    incident: { number, title, severity, service, status, openedAt, url: consoleUrl(words, number) },
    page: { step: step + 1, round, dueAt },
  }
}

function toOf(recipient: string, people: Record<string, Person>) {
  const person = people[recipient]
  if (person !== undefined) return { kind: 'person', key: person.key, name: person.name, email: person.email }
  return { kind: recipientOf(recipient).kind, key: recipient, name: recipientName(recipient), email: null }
}
