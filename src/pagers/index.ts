// The page channels besides chat: the one place that lists them.
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Templates } from '../templates.ts'
import { emailPager } from './email.ts'
import type { Pager } from './pager.ts'
import { webhookPager } from './webhook.ts'

/** Those that are configured. Mails are a usual way to a person; a webhook is one for whoever names it. */
export function makePagers(config: Config, { clock, templates }: { clock: Clock; templates: Templates }): Pager[] {
  const options = { words: { config, templates }, people: config.people, clock }
  return [
    ...(config.email === null ? [] : [emailPager(config.email, options)]),
    ...Object.values(config.webhooks).map((webhook) => webhookPager(webhook, options)),
  ]
}
