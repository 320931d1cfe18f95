import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commands } from '../commands/index.ts'
import { usage } from '../src/chat/arguments.ts'
import { referenceMarkdown } from '../src/config/reference.ts'
import { anchorOf } from '../src/runbooks/title.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('README has the configuration reference as the schema gives it', () => {
  expect(readme, 'put the output of referenceMarkdown() of src/config/reference.ts there').toContain(
    referenceMarkdown().trim(),
  )
})

it.each(commands.map((command) => [usage(command), command.summary]))('README has the command %s', (line, summary) => {
  expect(readme).toContain(`| \`${line}\` | ${summary} |`)
})

it('README says nothing of a command, a key or an address twice', () => {
  const rows = readme.split('\n').flatMap((line) => /^\| (`[^|]+`) \|/.exec(line)?.[1] ?? [])
  const starts = rows.map((row) => row.replace(/ \[.*/, '`'))
  expect(rows.filter((row, i) => rows.indexOf(row) !== i && !fields.includes(row))).toEqual([])
  expect(starts.filter((row, i) => row.startsWith('`/') && starts.indexOf(row) !== i)).toEqual([])
})

/** Fields that alerts and changes both have, each in the table of its own. */
const fields = ['`title`', '`status`', '`key`']

it('README has a list of its chapters, and no link in it leads nowhere', () => {
  const titles = [...readme.matchAll(/^(##+) (.+)$/gm)].map(([, depth, title = '']) => ({
    depth,
    anchor: anchorOf(title),
  }))
  const anchors = titles.map(({ anchor }) => anchor)
  const linked = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
  expect(linked.filter((anchor) => !anchors.includes(anchor))).toEqual([])
  const contents = readme.slice(0, readme.indexOf('\n## '))
  const chapters = titles.filter(({ depth }) => depth === '##').map(({ anchor }) => anchor)
  expect(chapters.filter((anchor) => !contents.includes(`(#${anchor})`))).toEqual([])
  expect(new Set(anchors).size).toBe(anchors.length)
})

// Several people write here at a time: a merge may keep the paragraph before and the one after.
it('README begins no two paragraphs in the same words', () => {
  const prose = readme.replace(/^```[\s\S]*?^```/gm, '').split(/\n\n|\n(?=- )/)
  const beginnings = prose.flatMap((text) => (/^[|#]/.test(text.trim()) ? [] : [text.trim().slice(0, 40)]))
  expect(beginnings.filter((text, i) => text.length === 40 && beginnings.indexOf(text) !== i)).toEqual([])
})
