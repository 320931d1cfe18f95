// A runbook file that cannot be used must not keep the others, or the bot, from working.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filesBelowLater } from '../../src/folders.ts'
import { filesBehind, loadRunbooks } from '../../src/runbooks/load.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { workOf } from '../work.ts'

const folder = fileURLToPath(new URL('../fixtures/runbooks', import.meta.url))

test('folders are read with all below them, and every bad file is named with its line', () => {
  const { runbooks, problems } = loadRunbooks([folder])
  expect(runbooks.length).toBeGreaterThan(8)
  expect(problems.map((problem) => problem.slice(folder.length + 1).split(': ')[0])).toEqual([
    'broken/bad-front-matter.md:3',
    'broken/bad-yaml.md:2',
    'broken/no-steps.md:1',
    'broken/open-fence.md:7',
  ])
})

test('a file named by itself is read once, and a path that is not there is a problem', () => {
  const file = `${folder}/team-payments.md`
  const { runbooks, problems } = loadRunbooks([file, file, '/nowhere/runbooks'])
  expect(runbooks.map((r) => r.title)).toEqual(['Payments in general'])
  expect(problems).toEqual([expect.stringMatching(/^\/nowhere\/runbooks:1: cannot be read: .*ENOENT/)])
})

test('only Markdown is read, and bytes that are not UTF-8 are told but cost nothing', () => {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-runbooks-'))
  writeFileSync(join(made, 'notes.txt'), '1. Not a runbook\n')
  writeFileSync(join(made, 'latin.md'), Uint8Array.from(Buffer.from('# Überlast\n\n1. Look\n', 'latin1')))
  const { runbooks, problems } = loadRunbooks([made])
  expect(runbooks.map((one) => one.title)).toEqual(['Überlast'])
  expect(problems).toEqual([expect.stringContaining('latin.md:1: not UTF-8: read as Windows-1252')])
})

test('front matter whose aliases stand for more than there is memory costs its file, and the others are read', () => {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-runbooks-'))
  const lines = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${Array(9).fill(i === 0 ? 'x' : `*a${i - 1}`)}]`)
  const front = (keys: string) => `---\n${keys}\n---\n# Disk\n\n1. Look\n`
  writeFileSync(join(made, 'a.md'), front(lines.join('\n')))
  writeFileSync(join(made, 'b.md'), front('title: &t\n  - *t\n  - *t\n  - *t'))
  writeFileSync(join(made, 'c.md'), front('service: db'))
  const { runbooks, problems } = loadRunbooks([made])
  expect(runbooks.map(({ service }) => service)).toEqual(['db'])
  expect(problems).toEqual([
    expect.stringMatching(
      /\/a\.md:\d+: front matter: the aliases \(\*\) of this file stand for more than 100000 values; /,
    ),
    expect.stringMatching(/\/b\.md:\d+: front matter: is nested too deeply; does an anchor hold itself\?/),
  ])
})

test('a key of the front matter that is nearly one of ours is told, and those of other tools are not', () => {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-runbooks-'))
  const front = (keys: string) => `---\n${keys}\n---\n# Disk\n\n1. Look\n`
  writeFileSync(join(made, 'a.md'), front('alert: DiskFull\nowner: me\nservcie: db\nSeverity: P1'))
  writeFileSync(join(made, 'b.md'), front('service: db\nservices: [a]\npatch: 1\ntags: [x]\ntable: y\nlayout: doc'))
  expect(loadRunbooks([made]).problems).toEqual([
    `${made}/a.md:2: \`alert\` in the front matter is not read; did you mean alerts?`,
    `${made}/a.md:4: \`servcie\` in the front matter is not read; did you mean service?`,
    `${made}/a.md:5: \`Severity\` in the front matter is not read; did you mean severity?`,
  ])
})

test('a pipe among the files keeps nobody waiting', () => {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-runbooks-'))
  execFileSync('mkfifo', [join(made, 'pipe.md')])
  writeFileSync(join(made, 'real.md'), '# Real\n\n1. Look\n2. Act\n')
  const { runbooks, problems } = loadRunbooks([made])
  expect(runbooks.map((one) => one.title)).toEqual(['Real'])
  expect(problems).toEqual([`${made}/pipe.md:1: is no file, but a pipe or a device`])
})

test('links that lead back up are entered once, and a link to a file is a file of its own name', async () => {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-runbooks-'))
  mkdirSync(join(made, 'a', 'b'), { recursive: true })
  mkdirSync(join(made, '.hidden'))
  writeFileSync(join(made, 'a', 'b', 'Real.md'), '# Real\n\n1. Look\n2. Act\n')
  writeFileSync(join(made, '.hidden', 'Not.md'), '# Not\n\n1. Look\n2. Act\n')
  for (const name of ['one', 'two']) symlinkSync('..', join(made, 'a', name))
  symlinkSync('a/b', join(made, 'also'))
  symlinkSync('a/b/Real.md', join(made, 'AliasName.md'))
  symlinkSync('/nowhere/x.md', join(made, 'dangling.md'))
  const names = filesBehind([made]).files.map((file) => file.slice(made.length + 1))
  expect(names).toEqual(['AliasName.md', 'a/b/Real.md', 'dangling.md'])
  expect((await filesBelowLater(made)).files.sort()).toEqual(names.map((name) => join(made, name)))
  expect(loadRunbooks([made]).problems).toEqual([
    expect.stringContaining('dangling.md:1: is a link that leads nowhere'),
  ])
})

test('what cannot be looked into costs itself, and what else is in the folder is read', async () => {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-runbooks-'))
  for (const name of ['a', 'z', 'lost+found']) mkdirSync(join(made, name))
  for (const name of ['a/one.md', 'z/two.md', 'lost+found/Not.md'])
    writeFileSync(join(made, name), '# Disk full\n\n1. Look\n2. Act\n')
  // Nobody may enter it, not even root.
  symlinkSync('closed', join(made, 'closed'))
  const { runbooks, problems } = loadRunbooks([made])
  expect(runbooks.map(({ path }) => path)).toEqual([join(made, 'a/one.md'), join(made, 'z/two.md')])
  expect(problems).toEqual([expect.stringMatching(/\/closed:1: cannot be read: ELOOP/)])
  const { files, unread } = await filesBelowLater(made)
  expect([files.length, unread.map(({ path }) => path)]).toEqual([2, [join(made, 'closed')]])
})

test('a handbook of ten thousand procedures is read in seconds: all other files wait for it', () => {
  const text = Array.from({ length: 10_000 }, (_, i) => `## Service${i}Down\n\n1. Look\n`).join('\n')
  expect(workOf(() => expect(parseRunbooks('handbook.md', text)).toHaveLength(10_000))).toBeLessThan(20_000)
})
