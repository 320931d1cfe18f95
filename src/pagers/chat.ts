// A chat platform as a page channel: its direct messages, and its channels for pages that are for everybody in one.
import type { ChatPlatform, Destination } from '../chat/platform.ts'
import type { Person } from '../config/config.ts'
import { recipientOf } from '../core/recipient.ts'
import type { Pager } from './pager.ts'

export function chatPager(platform: ChatPlatform, people: Record<string, Person>): Pager {
  return {
    name: platform.name,
    addressOf(recipient) {
      const to = recipientOf(recipient)
      if (to.kind === 'person') return people[to.person]?.accounts[platform.name] ?? null
      return to.kind === 'channel' && (to.platform ?? platform.name) === platform.name ? `#${to.channel}` : null
    },
    async send({ address, key, resumed, message }) {
      await platform.post({ to: destinationOf(address), message, key, resumed, accounts: {} })
    },
  }
}

/** No account begins with a `#`. */
export function destinationOf(address: string): Destination {
  return address.startsWith('#') ? { channel: address.slice(1) } : { account: address }
}
