// tocsin digest preview: the digest as the running bot would post it now.
import type { Command } from 'commander'
import type { Add } from './program.ts'
import { ask, runningBot } from './running.ts'

type Options = { name?: string; week?: string; url?: string }

export function addDigest(program: Command, add: Add): void {
  const digest = program.command('digest').description('what a week was like').helpCommand(false)
  add(
    digest,
    'preview',
    'print the digest of the seven days before today, as Markdown',
    [
      ['--name <name>', 'one of digests: in tocsin.yaml; the usual one when left out'],
      ['--week <week>', 'of another week, e.g. 2026-W47'],
      ['--url <address>', 'where the bot is; default: where the configuration says'],
    ],
    async (options, around) => {
      const { name, week, url } = options as Options
      const { http } = runningBot(around, url)
      const found = await ask(http.get<{ markdown: string }>('/api/v1/digest', { params: { name, week } }))
      return { lines: [found.markdown], data: found }
    },
  )
}
