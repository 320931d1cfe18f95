// The stage after the end: the draft of a post-mortem, written from the timeline, and its publication by a person.
import { type Bot, nameOf } from '../bot.ts'
import { beginningOf } from '../core/alert.ts'
import { Draft } from '../core/change.ts'
import { stopClocks } from '../core/clocks.ts'
import type { ServiceChange } from '../core/service-change.ts'
import { servicesBehind } from '../core/terms.ts'
import { entry } from '../core/timeline.ts'
import { merge } from '../drafts/merge.ts'
import { PermanentError, UserError } from '../errors.ts'
import { insteadNote, noteLabel, postmortemFacts } from '../messages/postmortem.ts'
import { actionsOf } from '../store/actions.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { draftOf, markPublished, type Draft as Text, writeVersion } from '../store/postmortems.ts'
import { serviceChangesBetween } from '../store/service-changes.ts'
import { type IncidentView, incidentView } from '../store/views.ts'
import type { Otherwise } from '../templates.ts'
import { withEffects } from './effects.ts'
import { lockNamed } from './named.ts'
import { writing } from './opening.ts'

/**
 * - `drafted`: there is a new draft; the timeline says so for the first one after each end.
 * - `unchanged`: the draft already says all there is; nothing was written.
 * - `published`: a person has published it; it is theirs and is left alone.
 * - `not resolved`: it is too early to look back.
 */
export type Drafting = 'drafted' | 'unchanged' | 'published' | 'not resolved'

/**
 * Writes the draft, or writes it again from a timeline that has grown: what people wrote stays, new facts are put in. Throws
 * UserError when there is no such incident.
 */
export async function draftPostmortem(bot: Bot, number: number): Promise<Drafting> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const locked = await lockNamed(q, number)
    if (locked.incident.status !== 'resolved') return 'not resolved'
    const earlier = await draftOf(q, number)
    if (earlier?.publication) return 'published'
    const view = await incidentView(q, number)
    if (view === null) throw new PermanentError(`incident ${number} vanished while its post-mortem was drafted`)
    const actions = await actionsOf(q, number)
    const facts = postmortemFacts(bot, view, {
      actions,
      changes: await changesAround(bot, q, view, locked.incident.resolvedAt),
      clocks: locked.clocks,
    })
    const generated = `${bot.templates.document(templateOf(view), facts, standard(bot))}\n`
    if (!(await write(bot, q, number, earlier, generated, now))) return 'unchanged'
    // Told once for each time it ended: a later chart or note goes in quietly.
    if (view.postmortem && view.postmortem.draftedAt >= locked.incident.resolvedAt) return 'drafted'
    const drafted = entry({ kind: 'postmortem_drafted' }, now)
    await tell(bot, q, new Draft(locked).apply({ incident: locked.incident, clocks: [], entries: [drafted] }))
    return 'drafted'
  })
}

/** More than anybody reads in a draft. */
const mostChanges = 20

/** What pipelines told of its service, from some hours before it began to its end. */
async function changesAround({ config }: Bot, q: Queryable, view: IncidentView, until: Date): Promise<ServiceChange[]> {
  const from = new Date(beginningOf(view.incident.openedAt, view.alerts).getTime() - config.changes.before)
  return serviceChangesBetween(q, { from, until, services: servicesBehind(view.incident), limit: mostChanges })
}

/** False: there is nothing new to say. */
async function write(bot: Bot, q: Queryable, number: number, earlier: Text | null, generated: string, now: Date) {
  if (earlier === null || earlier.markdown === earlier.base) {
    if (earlier?.markdown === generated) return false
    await writeVersion(q, number, earlier, { by: null, kind: 'generated', markdown: generated, base: null }, now)
    return true
  }
  if (earlier.base === generated) return false
  const { text } = merge({ base: earlier.base, mine: earlier.markdown, theirs: generated }, noteLabel(bot, null))
  // Also when it says the same: the next merge begins from here.
  await writeVersion(q, number, earlier, { by: null, kind: 'merged', markdown: text, base: generated }, now)
  return true
}

/** What there is to read when the team's own template is gone, or fails. */
function standard(bot: Bot): Otherwise {
  return { name: 'postmortems/default', note: (why) => insteadNote(bot, why) }
}

/** Frozen when the incident opened; those from before there was a choice have the default. */
function templateOf({ incident }: IncidentView): string {
  return `postmortems/${incident.terms.postmortems?.[incident.severity] ?? 'default'}`
}

/**
 * Publishes the draft as it stands and stops the clock that waited for it. Throws UserError when there is nothing to
 * publish, or it is published already and no clock waits (an incident that came back may be published again).
 */
export async function publishPostmortem(bot: Bot, number: number, by: string): Promise<void> {
  const now = bot.clock.now()
  await bot.db.tx(async (q) => {
    const locked = await lockNamed(q, number)
    if (locked.incident.status !== 'resolved')
      throw new UserError(`Incident ${number} is not resolved; its post-mortem can be published once it is.`)
    const found = await draftOf(q, number)
    if (found === null)
      throw new UserError(`Incident ${number} has no post-mortem yet; /postmortem ${number} drafts it.`)
    const clocks = stopClocks(locked.clocks, 'published', now)
    if (found.publication && clocks.length === 0) {
      const who = nameOf(bot, found.publication.publishedBy)
      throw new UserError(`The post-mortem of incident ${number} is published already, by ${who}.`)
    }
    await markPublished(q, number, by, now)
    const published = entry({ kind: 'postmortem_published' }, now, by)
    await tell(bot, q, new Draft(locked).apply({ incident: locked.incident, clocks, entries: [published] }))
  })
}

async function tell(bot: Bot, q: Queryable, draft: Draft): Promise<void> {
  const change = withEffects(bot, draft)
  if (change !== null) await writeChanges(q, [change], writing(bot))
}
