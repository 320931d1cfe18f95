// Effects still to be had: what a transaction leaves behind for the workers.

/** Work on one chat platform. Each platform has its own workers, so that one that hangs delays no other. */
export type ChatJob =
  | { task: 'open_room'; incident: number }
  | { task: 'update_card'; incident: number }
  | { task: 'post_runbook'; incident: number }
  | { task: 'say'; incident: number; entry: number }
  | { task: 'page_person'; incident: number; page: string }
  | { task: 'post_digest'; week: string }

/** Work that talks to no chat platform. */
export type OwnJob =
  | { task: 'draw_chart'; incident: number; moment: 'opened' | 'resolved' }
  | { task: 'draft_postmortem'; incident: number }

/** `delay`: milliseconds from now before it may run. `attempt`: which try this is, 1 when absent. `urgency`: the more,
 * the sooner. */
type Timing = { delay?: number; attempt?: number; urgency?: number }
export type Job = (ChatJob & { platform: string } & Timing) | (OwnJob & { platform: null } & Timing)

export const chatTasks = ['open_room', 'update_card', 'post_runbook', 'say', 'page_person', 'post_digest'] as const
export const ownTasks = ['draw_chart', 'draft_postmortem'] as const

/** What makes two jobs the same: writing one twice is a no-op while the first still waits. */
export function jobKey(job: Job): string {
  const about =
    'page' in job
      ? job.page
      : 'entry' in job
        ? `${job.incident}:${job.entry}`
        : 'week' in job
          ? job.week
          : 'moment' in job
            ? `${job.incident}:${job.moment}`
            : job.incident
  return `${job.platform ?? 'tocsin'}:${job.task}:${about}`
}

/** Jobs of one queue run one at a time, in order. Pages wait for nobody. */
export function jobQueue(job: Job): string | null {
  if (job.platform === null || job.task === 'page_person' || job.task === 'post_digest') return null
  return `${job.platform}:${job.incident}`
}
