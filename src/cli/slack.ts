// tocsin slack manifest: what is pasted into api.slack.com/apps to have the app, with exactly the scopes the code uses.
import type { Command } from 'commander'
import { commands } from '../../commands/index.ts'
import { slackManifest } from '../chat/slack/manifest.ts'
import type { Outcome } from './outcome.ts'
import type { Add } from './program.ts'

export function addSlack(program: Command, add: Add): void {
  const slack = program.command('slack').description('connect Slack')
  add(
    slack,
    'manifest',
    'print the app manifest to create the Slack app from',
    [
      ['--http', 'for signed HTTP instead of Socket Mode; needs --url'],
      ['--url <address>', 'how Slack reaches the bot, e.g. https://tocsin.example.com'],
    ],
    async (options) => manifest(options as { http?: boolean; url?: string }),
  )
}

function manifest({ http, url }: { http?: boolean; url?: string }): Outcome {
  const mode = http || url !== undefined ? 'http' : 'socket'
  const made = slackManifest({ mode, commands: rootCommands(), ...(url !== undefined && { url }) })
  return { lines: [JSON.stringify(made, null, 2)], data: made }
}

/** Slack registers `/incident`; what may follow it is its hint. */
function rootCommands(): { name: string; description: string; usage_hint?: string }[] {
  const roots = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))]
  return roots.map((root) => {
    const members = commands.filter(({ name }) => name === root || name.startsWith(`${root} `))
    const own = members.find(({ name }) => name === root)
    const words = members.filter((member) => member !== own).map(({ name }) => name.slice(root.length + 1))
    const hint = own?.args.map(({ name, required }) => (required ? name : `[${name}]`)).join(' ')
    return {
      name: root,
      description: own?.summary ?? `Everything about an ${root}: ${words.slice(0, 5).join(', ')}, …`,
      usage_hint: [hint, words.join(' | ')].filter(Boolean).join(' · ') || '',
    }
  })
}
