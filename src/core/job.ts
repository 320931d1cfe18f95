// Work that is slow and rare: what a transaction leaves behind for the job queue. Pages and rooms have queues of their own.

/** `platform` null: it talks to no chat platform. */
export type Job =
  | { task: 'draw_chart'; platform: null; incident: number; moment: 'opened' | 'resolved' | 'after' }
  /** `asked`: the instant it was asked for, ISO 8601. `by`: who asked; null: the bot, when the incident opened. */
  | { task: 'gather_evidence'; platform: null; incident: number; asked: string; by: string | null }
  | { task: 'draft_postmortem'; platform: null; incident: number }
  | { task: 'post_digest'; platform: string; week: string }
  /** `account`: whose doing it is; null: nobody knows. */
  | {
      task: 'keep_message'
      platform: string
      incident: number
      channel: string
      message: string
      account: string | null
    }

/** `delay`: milliseconds from now before it may run. `attempt`: which try this is, 1 when absent. */
export type Timing = { delay?: number; attempt?: number }

export type JobOf<Task extends Job['task']> = Extract<Job, { task: Task }>

/** The queue's name for what does the job. */
export function taskName({ platform, task }: Pick<Job, 'platform' | 'task'>): string {
  return `${platform ?? 'tocsin'}:${task}`
}

/** What makes two jobs the same: writing one twice is a no-op while the first still waits. */
export function jobKey(job: Job): string {
  const about =
    job.task === 'post_digest'
      ? job.week
      : job.task === 'keep_message'
        ? `${job.incident}:${job.channel}:${job.message}`
        : job.task === 'draw_chart'
          ? `${job.incident}:${job.moment}`
          : `${job.incident}`
  return `${taskName(job)}:${about}`
}
