// What every stage is handed: the parts of the running bot.
import type { ChartRenderer } from './charts/renderer.ts'
import type { ChatPlatform } from './chat/platform.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { likeness } from './core/likeness.ts'
import { recipientName } from './core/recipient.ts'
import type { Log } from './log.ts'
import type { Pager } from './pagers/pager.ts'
import type { RecurringChecklist, Runbook } from './runbooks/runbook.ts'
import type { Db } from './store/db.ts'
import type { Templates } from './templates.ts'

export type Bot = {
  config: Config
  db: Db
  clock: Clock
  log: Log
  /** In the order people are paged on: the first platform on which a person has an account. The console is last. */
  platforms: ChatPlatform[]
  /** The page channels besides those of the chat platforms. */
  pagers: Pager[]
  /** By platform: where incidents are announced, and where P3 cards go. */
  channels: Record<string, { incidents: string; alerts: string }>
  templates: Templates
  /** As the files are now; another list whenever they change. */
  runbooks: Runbook[]
  /** What the same documents list as coming back every day, week or month. */
  checklists: RecurringChecklist[]
  charts: ChartRenderer
}

/** What decisions look at: what is configured, and over what people can be reached. Nothing in it runs. */
export type Rules = Pick<Bot, 'config' | 'runbooks'> & { platforms: Pick<ChatPlatform, 'name'>[] }

/** Who writes from an account: the key of a person, or the name of somebody else, which is never that of a person. */
export function authorOf(
  { config }: Pick<Bot, 'config'>,
  platform: string,
  account: string,
  accountName: string,
): string {
  const people = Object.values(config.people)
  const person = people.find(({ accounts }) => accounts[platform] === account)
  if (person !== undefined) return person.key
  const shown = likeness(accountName)
  const isTaken = people.some(({ key, name }) => likeness(key) === shown || likeness(name) === shown)
  return isTaken ? `${accountName} (${account || 'not in people'})` : accountName
}

/** The name to show for a key of `people`, or for whatever a stranger to the configuration is called. */
export function nameOf(bot: Pick<Bot, 'config'>, person: string): string {
  return bot.config.people[person]?.name ?? recipientName(person)
}
