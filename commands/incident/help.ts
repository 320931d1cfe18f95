// /incident help: every command, from the specs themselves.
import { usage } from '../../src/chat/arguments.ts'
import { type Command, privately } from '../../src/chat/command.ts'

export const help: Command = {
  name: 'incident help',
  aliases: [
    'incident',
    'help',
    ...['oncall', 'postmortem', 'digest', 'checklist', 'slo'].map((word) => `${word} help`),
  ],
  summary: 'Show this list',
  args: [],
  example: '/incident help',
  async run({ commands }) {
    const list = (aboutIncidents: boolean) =>
      commands
        .filter(({ name }) => name.startsWith('incident ') === aboutIncidents)
        .map((command) => `- \`${usage(command)}\` – ${command.summary}`)
        .join('\n')
    const text = `In an incident's room its number can be left out. What stands in [brackets] is optional.

**Incidents**

${list(true)}

**Around them**

${list(false)}`
    return privately({ title: 'What you can say', tone: 'neutral', text })
  },
}
