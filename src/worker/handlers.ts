// Which function does which job.
import type { Bot } from '../bot.ts'
import type { ChatPlatform } from '../chat/platform.ts'
import type { ChatJob, OwnJob } from '../core/job.ts'
import { pagePerson, say } from '../flow/deliver.ts'
import { postDigest } from '../flow/digest.ts'
import { drawCharts } from '../flow/evidence.ts'
import { draftPostmortem } from '../flow/postmortem.ts'
import { openRoom, showRunbook, updateCard } from '../flow/rooms.ts'

/** Does a job on a platform. Answers milliseconds to wait before the same job runs again; 0: done. */
export async function doChatJob(bot: Bot, platform: ChatPlatform, job: ChatJob): Promise<number> {
  switch (job.task) {
    case 'open_room':
      await openRoom(bot, platform, job.incident)
      // What it posted may have been posted by an interrupted attempt, from an older state.
      return updateCard(bot, platform, job.incident)
    case 'update_card':
      return updateCard(bot, platform, job.incident)
    case 'post_runbook':
      return showRunbook(bot, platform, job.incident)
    case 'say':
      await say(bot, platform, job.incident, job.entry)
      return 0
    case 'page_person':
      await pagePerson(bot, platform, job.page)
      return 0
    case 'post_digest':
      await postDigest(bot, platform, job.week)
      return 0
    default:
      return job satisfies never
  }
}

export async function doOwnJob(bot: Bot, job: OwnJob): Promise<number> {
  switch (job.task) {
    case 'draw_chart':
      await drawCharts(bot, job)
      return 0
    case 'draft_postmortem':
      await draftPostmortem(bot, job.incident)
      return 0
    default:
      return job satisfies never
  }
}
