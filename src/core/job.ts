// Work that is slow and rare: what a transaction leaves behind for the job queue. Pages and rooms have queues of their own.

/** `platform` null: it talks to no chat platform. */
export type Job =
  /** `again`: how often it has been tried again because nobody answered; absent: it is the first try. */
  | { task: 'draw_chart'; platform: null; incident: number; moment: 'opened' | 'resolved' | 'after'; again?: number }
  /** `asked`: the instant it was asked for, ISO 8601. `by`: who asked; null: the bot, when the incident opened. */
  | { task: 'gather_evidence'; platform: null; incident: number; asked: string; by: string | null }
  /** `words`: what was typed after `/chart`; `incident`: whose room it was said in; `asked`: when, ISO 8601; `by`: who, by name. */
  | {
      task: 'draw_asked'
      platform: string
      incident: number | null
      channel: string
      account: string
      by: string
      words: string
      asked: string
    }
  | { task: 'draft_postmortem'; platform: null; incident: number }
  /** Makes Grafana's note of the incident say what is true now. */
  | { task: 'annotate_dashboards'; platform: null; incident: number }
  /** The queries of a step. `asked`, `by`: as above. `mark`: of the runbook the step is of. */
  | { task: 'run_step'; platform: null; incident: number; step: number; mark: string | null; asked: string; by: string }
  /** `account`: whose doing it is; null: nobody knows. */
  | {
      task: 'keep_message'
      platform: string
      incident: number
      channel: string
      message: string
      account: string | null
    }
  /** `digest`: its name; absent: the one that always was. */
  | { task: 'post_digest'; platform: string; week: string; digest?: string }
  | { task: 'mail_digest'; platform: null; week: string; digest: string; to: string }

/** `delay`: milliseconds from now before it may run. `attempt`: which try this is, 1 when absent. */
export type Timing = { delay?: number; attempt?: number }

export type JobOf<Task extends Job['task']> = Extract<Job, { task: Task }>

/** The queue's name for what does the job. */
export function taskName({ platform, task }: Pick<Job, 'platform' | 'task'>): string {
  return `${platform ?? 'tocsin'}:${task}`
}

/** Jobs with the same queue are done one after the other, whoever does them; null: side by side. */
export function queueName({ platform, task }: Pick<Job, 'platform' | 'task'>): string | null {
  // Two at once would both find no note and both write one; and a Grafana that hangs holds up one hand only.
  if (task === 'annotate_dashboards') return 'grafana'
  // Every replica asks for it in the same moment: whoever is second has to find what the first one posted.
  return task === 'post_digest' ? `digest ${platform}` : null
}

/** What makes two jobs the same: writing one twice is a no-op while the first still waits. */
export function jobKey(job: Job): string {
  return `${taskName(job)}:${aboutOf(job)}`
}

function aboutOf(job: Job): string {
  switch (job.task) {
    case 'post_digest':
      return job.digest ? `${job.digest}:${job.week}` : job.week
    case 'mail_digest':
      return `${job.digest}:${job.week}:${job.to}`
    case 'keep_message':
      return `${job.incident}:${job.channel}:${job.message}`
    case 'draw_asked':
      return `${job.channel}:${job.account}:${job.asked}`
    case 'draw_chart':
      // Another opening must not wait for the next try of the one before.
      return `${job.incident}:${job.moment}${job.again ? ':again' : ''}`
    case 'run_step':
      return `${job.incident}:${job.step}`
    default:
      return `${job.incident}`
  }
}
