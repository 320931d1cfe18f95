// /incident help: every command, from the specs themselves.
import { usage } from '../../src/chat/arguments.ts'
import { type Command, privately } from '../../src/chat/command.ts'

export const help: Command = {
  name: 'incident help',
  aliases: ['incident', 'help'],
  summary: 'Show this list',
  args: [],
  example: '/incident help',
  async run({ commands }) {
    const lines = commands.map((command) => `- \`${usage(command)}\` – ${command.summary}`)
    const text = `In an incident's room its number can be left out.\n\n${lines.join('\n')}`
    return privately({ title: 'What you can say', tone: 'neutral', text })
  },
}
