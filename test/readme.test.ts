import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commands } from '../commands/index.ts'
import { usage } from '../src/chat/arguments.ts'
import { referenceMarkdown } from '../src/config/reference.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('README has the configuration reference as the schema gives it', () => {
  expect(readme, 'put the output of referenceMarkdown() of src/config/reference.ts there').toContain(
    referenceMarkdown().trim(),
  )
})

it.each(commands.map((command) => [usage(command), command.summary]))('README has the command %s', (line, summary) => {
  expect(readme).toContain(`| \`${line}\` | ${summary} |`)
})
