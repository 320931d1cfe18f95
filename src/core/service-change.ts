// Something that people did to a service, as their pipeline tells it: a deployment, a flag, a new configuration.

/** What people read over a list of them, also on the timeline. */
export const changesTitle = 'What changed just before'

export const changeKinds = ['deployment', 'flag', 'configuration', 'other'] as const
export type ChangeKind = (typeof changeKinds)[number]

/**
 * - `running`: it is being done.
 * - `succeeded`: it is in place.
 * - `failed`: it did not come to be, or not wholly.
 * - `rolled back`: it was undone.
 */
export const changeStatuses = ['running', 'succeeded', 'failed', 'rolled back'] as const
export type ChangeStatus = (typeof changeStatuses)[number]

export type ServiceChange = {
  /** The configured name of the source it came from. */
  source: string
  /** The sender's own identity: news of the same change have the same. */
  key: string
  kind: ChangeKind
  /** One line, e.g. `Deploy payments 4.2.1 to production`. */
  title: string
  /** Null: of no one service, or the sender does not say. */
  service: string | null
  environment: string | null
  version: string | null
  url: string | null
  by: string | null
  status: ChangeStatus
  startedAt: Date
  finishedAt: Date | null
  /** When the sender knew this. */
  toldAt: Date
}
