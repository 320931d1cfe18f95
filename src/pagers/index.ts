// All that can carry a page: the chat platforms, and what is no chat, which is listed here only.
import type { Bot } from '../bot.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Templates } from '../templates.ts'
import { chatPager } from './chat.ts'
import { emailPager } from './email.ts'
import type { Pager } from './pager.ts'
import { webhookPager } from './webhook.ts'

/** All page channels of a running bot, in the order people are paged over them. */
export function pagersOf(bot: Bot): Pager[] {
  return [...bot.platforms.map((platform) => chatPager(bot, platform)), ...bot.pagers]
}

/** Those besides the chats that are configured. Mails are a usual way to a person; a webhook is one for whoever names it. */
export function makePagers(config: Config, { clock, templates }: { clock: Clock; templates: Templates }): Pager[] {
  const options = { words: { config, templates }, people: config.people, clock }
  return [
    ...(config.email === null ? [] : [emailPager(config.email, options)]),
    ...Object.values(config.webhooks).map((webhook) => webhookPager(webhook, options)),
  ]
}
