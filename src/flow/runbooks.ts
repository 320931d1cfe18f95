// What people do with an incident's runbook besides its steps: choose another one. Its steps and its times take the place of
// those before; who chose it is on the timeline.
import type { Bot } from '../bot.ts'
import { renewedBy } from '../core/acknowledgement.ts'
import { Draft } from '../core/change.ts'
import { startClock } from '../core/clocks.ts'
import { withRunbookClocks } from '../core/runbook-clocks.ts'
import { isTouched } from '../core/runbook-step.ts'
import { type Entry, entry } from '../core/timeline.ts'
import { UserError } from '../errors.ts'
import type { Runbook } from '../runbooks/runbook.ts'
import { writeChanges } from '../store/changes.ts'
import { replaceRunbook } from '../store/runbooks.ts'
import { stepsOf } from '../store/steps.ts'
import { withEffects } from './effects.ts'
import { lockNamed } from './named.ts'
import { writing } from './opening.ts'

/** The title of the runbook in force; null without one. `timeline` in order. */
export function runbookInForce(timeline: Pick<Entry, 'fact'>[]): string | null {
  const last = timeline.findLast(({ fact }) => fact.kind === 'runbook_matched' || fact.kind === 'runbook_chosen')?.fact
  return last?.kind === 'runbook_matched' || last?.kind === 'runbook_chosen' ? last.title : null
}

/**
 * Throws UserError when there is no such incident, or when it is over. `instead`: the title of the runbook before. Where people
 * have begun to work through that one, nothing is done unless `anyway`: answers how many of its steps they touched, else 0.
 */
export async function chooseRunbook(
  bot: Bot,
  number: number,
  { runbook, instead, by, anyway }: { runbook: Runbook; instead: string | null; by: string; anyway: boolean },
): Promise<number> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const locked = await lockNamed(q, number)
    const draft = new Draft(locked)
    const { incident } = draft
    if (incident.status === 'resolved')
      throw new UserError(`Incident ${number} is resolved; its runbook stays as it was.`)
    const place = { path: runbook.path, section: runbook.section }
    if (incident.terms.runbook?.path === place.path && incident.terms.runbook.section === place.section) return 0
    const touched = anyway ? 0 : (await stepsOf(q, number)).filter(isTouched).length
    if (touched > 0) return touched
    const escalations = runbook.escalations.map(({ after, unless }) => ({ after, unless }))
    const terms = withRunbookClocks({ ...incident.terms, runbook: place }, escalations)
    await replaceRunbook(q, number, { terms, steps: runbook.steps })
    const had = incident.terms.severities[incident.severity].clocks.map(({ name }) => name)
    // From now on: whoever chooses it late has its time, not a breach at once. What was answered is not asked again.
    const begun = terms.severities[incident.severity].clocks
      .filter(
        ({ name, until }) => !had.includes(name) && !(until === 'acknowledged' && incident.status === 'acknowledged'),
      )
      .map((term) => startClock(term, terms.hours, now))
    const times = escalations.length > 0 ? { escalations } : {}
    const fact = { kind: 'runbook_chosen', title: runbook.title, instead, ...times } as const
    draft.apply({
      incident: { ...renewedBy(incident, by, now), terms },
      clocks: begun,
      entries: [entry(fact, now, by)],
    })
    const change = withEffects(bot, draft)
    if (change !== null) await writeChanges(q, [change], writing(bot))
    return 0
  })
}
