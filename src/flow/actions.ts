// Action items: added, done, assigned, dated; while the incident runs and long after it.
import type { Bot } from '../bot.ts'
import { renewedBy } from '../core/acknowledgement.ts'
import { type ActionChange, type ActionFact, type ActionItem, changed, remindAt } from '../core/action.ts'
import { Draft } from '../core/change.ts'
import { entry } from '../core/timeline.ts'
import { UserError } from '../errors.ts'
import { actionItem, actionsOf, addAction, writeAction } from '../store/actions.ts'
import { writeChanges } from '../store/changes.ts'
import type { Queryable } from '../store/db.ts'
import { withEffects } from './effects.ts'
import { lockNamed } from './named.ts'
import { writing } from './opening.ts'

/** More than this is a plan, not what came of one incident. */
const most = 100

/** Adds one to an incident, whatever its status. Throws UserError when there is no such incident, or it has too many. */
export async function addActionItem(
  bot: Bot,
  incident: number,
  { text, owner, due }: Pick<ActionItem, 'text' | 'owner' | 'due'>,
  by: string,
): Promise<ActionItem> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const draft = await take(q, incident)
    if ((await actionsOf(q, incident)).length >= most)
      throw new UserError(`Incident ${incident} has ${most} action items already; drop or reword one of them.`)
    const added = { incident, text, owner, due, madeBy: by, madeAt: now }
    const reminder = remindAt({ due, status: 'open' }, draft.incident.terms.hours, now)
    const item = await addAction(q, added, reminder)
    await tell(bot, q, draft, { kind: 'action_added', item, action: text, owner, due }, by)
    return { ...added, item, status: 'open', closedBy: null, closedAt: null }
  })
}

/** Changes one, and answers it as it is then; `isNews` false: it was so already. Throws UserError when there is none. */
export async function changeActionItem(
  bot: Bot,
  incident: number,
  item: number,
  change: ActionChange,
  by: string,
): Promise<{ action: ActionItem; isNews: boolean }> {
  const now = bot.clock.now()
  return bot.db.tx(async (q) => {
    const draft = await take(q, incident)
    const before = await actionItem(q, incident, item)
    if (before === null)
      throw new UserError(
        `Incident ${incident} has no action item ${item}. /incident actions ${incident} shows those it has.`,
      )
    const step = changed(before, change, by, now)
    if (step === null) return { action: before, isNews: false }
    const [action, fact] = step
    await writeAction(q, action, remindAt(action, draft.incident.terms.hours, now))
    await tell(bot, q, draft, fact, by)
    return { action, isNews: true }
  })
}

async function take(q: Queryable, number: number): Promise<Draft> {
  return new Draft(await lockNamed(q, number))
}

async function tell(bot: Bot, q: Queryable, draft: Draft, fact: ActionFact, by: string): Promise<void> {
  const now = bot.clock.now()
  const incident = renewedBy(draft.incident, by, now)
  const change = withEffects(bot, draft.apply({ incident, clocks: [], entries: [entry(fact, now, by)] }))
  if (change !== null) await writeChanges(q, [change], writing(bot))
}
