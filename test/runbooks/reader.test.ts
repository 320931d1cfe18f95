// Files that take for ever to be read: given up, without the others.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Library } from '../../src/runbooks/library.ts'
import { loadFile } from '../../src/runbooks/load.ts'
import { readFiles } from '../../src/runbooks/reader.ts'

const steps = '1. Look\n2. Act\n'
/** Minutes of work: the Markdown parser needs four times as long for a list of twice the length. */
const endless = `# Endless\n\n${'- a\n  - b\n'.repeat(60_000)}`

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-reader-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a file that is given up costs no other file, neither those before nor those after it', async () => {
  const folder = folderOf({ 'a.md': `# A\n\n${steps}`, 'b.md': endless, 'c.md': `# C\n\n${steps}` })
  const read = await readFiles(
    ['a.md', 'b.md', 'c.md'].map((name) => join(folder, name)),
    2_000,
  )
  expect(read.map(({ file, broken, runbooks }) => [basename(file), broken, runbooks.length])).toEqual([
    ['a.md', false, 1],
    ['b.md', true, 0],
    ['c.md', false, 1],
  ])
  expect(read[1]?.problems).toEqual([expect.stringContaining('b.md:1: reading it took longer than 2 s')])
})

test('the bot starts without a file that takes for ever, says so, and tries it once more', async () => {
  const folder = folderOf({ 'a.md': `# A\n\n${steps}`, 'b.md': endless })
  const library = await Library.open([folder], (files) => readFiles(files, 2_000))
  expect(library.loaded.runbooks.map(({ title }) => title)).toEqual(['A'])
  expect(library.broken).toEqual([expect.stringContaining('took longer than')])
  const again: string[] = []
  const read = async (files: string[]) => {
    again.push(...files.map((file) => basename(file)))
    writeFileSync(join(folder, 'b.md'), `# B\n\n${steps}`)
    return files.map(loadFile)
  }
  for (let look = 0; look < 3; look++) await library.look(read)
  expect(again).toContain('b.md')
  expect(library.loaded.runbooks.map(({ title }) => title)).toEqual(['A', 'B'])
})
