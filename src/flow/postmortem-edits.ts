// What people do to the text of a post-mortem: write, go back to an earlier version, ask what is still missing.
import type { Bot } from '../bot.ts'
import { beginningOf } from '../core/alert.ts'
import { type Missing, missingIn } from '../drafts/completeness.ts'
import { merge } from '../drafts/merge.ts'
import { UserError } from '../errors.ts'
import { noteLabel } from '../messages/postmortem.ts'
import { actionsOf } from '../store/actions.ts'
import type { Queryable } from '../store/db.ts'
import { type Draft, draftOf, type VersionKind, versionText, writeVersion } from '../store/postmortems.ts'
import { incidentView } from '../store/views.ts'
import { lockNamed } from './named.ts'

/** Characters of a post-mortem at most: a book; and few enough that no Markdown of it takes long to show. */
export const longestPostmortem = 200_000

/**
 * - `saved`: it is the version named, or it was so already.
 * - `conflict`: somebody, or the bot, wrote since `seen`. Nothing was written; `merged` is an offer that has both, to be saved
 *   upon `version`.
 */
export type Saving =
  | { outcome: 'saved'; version: number }
  | {
      outcome: 'conflict'
      version: number
      by: string | null
      at: Date
      current: string
      merged: string
      isClean: boolean
    }

export type Edit = { markdown: string; seen: number; by: string }

/** Writes what a person wrote upon the version they saw. Throws UserError when there is no post-mortem, or no such version. */
export async function savePostmortem(bot: Bot, number: number, edit: Edit): Promise<Saving> {
  return write(bot, number, edit, 'edited')
}

/** Makes an earlier version the latest again. What was written since stays in the history. */
export async function restorePostmortem(
  bot: Bot,
  number: number,
  { version, seen, by }: { version: number; seen: number; by: string },
): Promise<Saving> {
  const markdown = await versionText(bot.db, number, version)
  if (markdown === null) throw new UserError(`The post-mortem of incident ${number} has no version ${version}.`)
  return write(bot, number, { markdown, seen, by }, 'restored')
}

async function write(
  bot: Bot,
  number: number,
  edit: Edit,
  kind: Extract<VersionKind, 'edited' | 'restored'>,
): Promise<Saving> {
  const now = bot.clock.now()
  const { seen, by } = edit
  // Browsers send what is typed into a text box with either line end.
  const markdown = edit.markdown.replace(/\r\n?/g, '\n')
  return bot.db.tx(async (q) => {
    await lockNamed(q, number)
    const current = await draftOf(q, number)
    if (current === null)
      throw new UserError(`Incident ${number} has no post-mortem yet; it is drafted when the incident is resolved.`)
    if (current.markdown === markdown) return { outcome: 'saved', version: current.version }
    if (current.version !== seen) return conflict(bot, q, number, { markdown, seen, current })
    const base = current.base
    return { outcome: 'saved', version: await writeVersion(q, number, current, { by, kind, markdown, base }, now) }
  })
}

async function conflict(
  bot: Bot,
  q: Queryable,
  number: number,
  { markdown, seen, current }: { markdown: string; seen: number; current: Draft },
): Promise<Saving> {
  const base = await versionText(q, number, seen)
  if (base === null) throw new UserError(`The post-mortem of incident ${number} has no version ${seen}; open it again.`)
  const { text, isClean } = merge({ base, mine: markdown, theirs: current.markdown }, noteLabel(bot, current.by))
  const { version, by, at } = current
  return { outcome: 'conflict', version, by, at, current: current.markdown, merged: text, isClean }
}

/** What is missing before it should be published; empty: nothing. Null: there is no post-mortem. `markdown`: as somebody has it unsaved. */
export async function missingInPostmortem(bot: Bot, number: number, markdown?: string): Promise<Missing[] | null> {
  const [view, draft, actions] = [
    await incidentView(bot.db, number),
    await draftOf(bot.db, number),
    await actionsOf(bot.db, number),
  ]
  if (view === null || draft === null) return null
  const { openedAt, lead } = view.incident
  const began = beginningOf(openedAt, view.alerts)
  const hasDetectionGap = view.alerts.length === 0 || openedAt.getTime() - began.getTime() >= minute
  return missingIn({ markdown: markdown ?? draft.markdown, base: draft.base, lead, hasDetectionGap, actions })
}

const minute = 60_000
