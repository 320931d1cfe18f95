// Whether anybody still needs a page: asked again right before it goes out.
import type { Incident } from '../core/incident.ts'
import { kindOfPage, type Page } from '../core/page.ts'
import type { Entry } from '../core/timeline.ts'

/**
 * A page of the policy is for whoever has it, which nobody does while it is open; one asked for by hand is for the person,
 * until that person has said something. `timeline` absent: not looked at.
 */
export function isWanted(incident: Incident, page: Page, timeline: Entry[] = []): boolean {
  if (kindOfPage(page.key) !== 'm') return incident.status === 'open'
  return incident.status !== 'resolved' && !hasShownUp(page, timeline)
}

/** The person did something about the incident since they were asked for. */
function hasShownUp({ person }: Page, timeline: Entry[]): boolean {
  const asked = timeline.findLastIndex(
    ({ fact }) => fact.kind === 'people_paged' && fact.because === 'person' && fact.people.includes(person),
  )
  return asked >= 0 && timeline.slice(asked + 1).some(({ by }) => by === person)
}
