// Takes up runbooks that were changed while the bot runs, and tells the incidents channel of those that can no longer be read.
import type { Bot } from '../bot.ts'
import type { About, Notice } from '../core/notice.ts'
import type { Library, LibraryNews } from '../runbooks/library.ts'
import type { LoadedFile } from '../runbooks/load.ts'
import { postedMessage } from '../store/messages.ts'
import { addNotices } from '../store/notices.ts'
import { toChannels } from './notices.ts'
import { noteRunbooks } from './runbook-figures.ts'

/** Incidents that run keep the steps they have; the next one gets what is in the files then. */
export async function lookAtRunbooks(
  bot: Bot,
  library: Library,
  read: (files: string[]) => Promise<LoadedFile[]>,
): Promise<LibraryNews[]> {
  const news = await library.look(read)
  bot.runbooks = library.loaded.runbooks
  bot.checklists = library.loaded.checklists
  for (const one of news) {
    if (one.kind === 'broken') bot.log.error(one, 'a runbook file cannot be read')
    else bot.log.info(one, 'a runbook file changed')
  }
  const notices = (await Promise.all(news.map((one) => noticesOf(bot, one)))).flat()
  await addNotices(bot.db, notices, bot.clock.now())
  await noteRunbooks(bot)
  return news
}

async function noticesOf(bot: Bot, news: LibraryNews): Promise<Notice[]> {
  if (news.kind !== 'broken' && news.kind !== 'repaired') return []
  const file = shortName(bot, news.file)
  // By its content: every replica that sees the same broken file writes the same notice.
  const key = `runbook/${file}/${news.digest.slice(0, 16)}`
  const problem = news.kind === 'broken' ? news.problem.replace(news.file, file) : null
  const about: About = { kind: 'runbook', file, problem, kept: news.kind === 'broken' && news.kept }
  const notices = toChannels(bot, key, about)
  if (news.kind === 'broken') return notices
  // Only who heard of it is to hear that it is over.
  const told = await Promise.all(notices.map(({ platform }) => postedMessage(bot.db, platform, key)))
  return notices.filter((_, i) => told[i] !== null)
}

/** Without the folders that are the same for all: replicas may have them in other places. */
function shortName({ config }: Bot, file: string): string {
  const folder = config.runbooks.find((path) => file.startsWith(`${path}/`))
  return folder === undefined ? (file.split('/').at(-1) ?? file) : file.slice(folder.length + 1)
}
