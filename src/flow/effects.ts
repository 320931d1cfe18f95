// What follows from a decision: the jobs that tell the rooms, draw the charts and page the people.
import type { Bot } from '../bot.ts'
import type { Change, Draft } from '../core/change.ts'
import type { Fact } from '../core/timeline.ts'

/** Milliseconds in which alerts that join or clear are gathered for one edit of the card. */
const gathering = 1_000

/** Milliseconds within which page and chart are in the room, when all is well. */
const afterTheChart = 2_000

/** What nobody waits to see on the card. */
const unhurried: readonly Fact['kind'][] = ['alert_fired', 'alert_cleared', 'page_sent', 'room_opened']

/** Completes a draft with the jobs that its entries and pages call for. Null: there was nothing to decide. */
export function withEffects(bot: Bot, draft: Draft): Change | null {
  const change = draft.change()
  if (change === null) return null
  const incident = change.incident.number
  const happened = (...kinds: Fact['kind'][]) => change.entries.some((e) => kinds.includes(e.fact.kind))
  const { presence } = change.incident.terms.severities[change.incident.severity]
  if (presence !== 'none') {
    for (const { name: platform } of bot.platforms) {
      const opens = happened('incident_opened', 'severity_changed')
      const update = {
        task: 'update_card',
        platform,
        incident,
        ...(isBookkeeping(change) && { delay: gathering }),
      } as const
      change.jobs.push(opens ? { task: 'open_room', platform, incident } : update)
      // Its steps fill a screen: they come after the card, the page and the chart, not between them.
      if (opens) change.jobs.push({ task: 'post_runbook', platform, incident, delay: afterTheChart })
      else if (happened('runbook_step_done', 'runbook_step_skipped'))
        change.jobs.push({ task: 'post_runbook', platform, incident })
    }
  }
  for (const page of change.pages) {
    change.jobs.push({ task: 'page_person', platform: page.channel, incident, page: page.key })
  }
  if (presence === 'room') {
    if (happened('incident_opened', 'incident_reopened'))
      change.jobs.push({ task: 'draw_chart', platform: null, incident, moment: 'opened' })
    if (happened('incident_resolved')) {
      change.jobs.push({ task: 'draw_chart', platform: null, incident, moment: 'resolved' })
      change.jobs.push({ task: 'draft_postmortem', platform: null, incident })
    }
  }
  return change
}

function isBookkeeping({ entries }: Change): boolean {
  return entries.every(({ fact }) => unhurried.includes(fact.kind))
}
