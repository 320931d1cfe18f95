// A chat platform as a page channel: its direct messages, and its channels for pages that are for everybody in one.
import type { Bot } from '../bot.ts'
import type { ChatPlatform, Destination } from '../chat/platform.ts'
import { recipientOf } from '../core/recipient.ts'
import type { Pager } from './pager.ts'

export function chatPager(bot: Bot, platform: ChatPlatform): Pager {
  return {
    name: platform.name,
    addressOf(recipient) {
      const to = recipientOf(recipient)
      if (to.kind === 'person') return bot.config.people[to.person]?.accounts[platform.name] ?? null
      return to.kind === 'channel' && (to.platform ?? platform.name) === platform.name ? `#${to.channel}` : null
    },
    send({ recipient, address, key, resumed, message, about }) {
      const everybody = recipientOf(recipient).kind === 'channel'
      const call = everybody ? { ...message, mentions: 'channel' as const } : message
      const opened = about?.view.incident.openedAt
      return platform.post({ to: destinationOf(address), message: call, key, opened, resumed, accounts: {} })
    },
    find: (address, { page: { key }, view }) =>
      platform.find(destinationOf(address), { key, opened: view.incident.openedAt }),
    // Chats tell by themselves how they are.
    check: null,
  }
}

/** No account begins with a `#`. */
function destinationOf(address: string): Destination {
  return address.startsWith('#') ? { channel: address.slice(1) } : { account: address }
}
