// Documents as teams have them, and what is read out of each: the reports beside them were read by a person, line by line.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { propose } from '../../src/documents/proposal.ts'
import { readDocument } from '../../src/documents/read.ts'
import { proposalLines, reportLines } from '../../src/documents/report.ts'
import { loadRunbooks } from '../../src/runbooks/load.ts'
import { mostBytes } from '../../src/runbooks/text.ts'
import { cli } from '../cli/cli.ts'

const folder = fileURLToPath(new URL('../fixtures/documents', import.meta.url))
const names = readdirSync(folder).filter((name) => name.endsWith('.md'))
const read = (name: string) => readDocument(name, Uint8Array.from(readFileSync(join(folder, name))))
const text = (markdown: string) => readDocument('a.md', new TextEncoder().encode(markdown))
const emptyFolder = () => mkdtempSync(join(tmpdir(), 'tocsin-import-'))

describe('a document', () => {
  test.each(names)('%s is understood as its report says, and proposes what its report says', async (name) => {
    const document = read(name)
    const report = [...reportLines(document), '', ...proposalLines(propose([document], 'runbooks')), '']
    await expect(report.join('\n')).toMatchFileSnapshot(join(folder, 'expected', name.replace('.md', '.txt')))
  })

  test.each(names)('%s proposes a configuration that Tocsin takes as it is', (name) => {
    const here = emptyFolder()
    const lines = proposalLines(propose([read(name)], here))
    writeFileSync(join(here, 'tocsin.yaml'), lines.join('\n'))
    expect(() => loadConfig({ TOCSIN_CONFIG: join(here, 'tocsin.yaml') }, { cwd: here })).not.toThrow()
  })

  test('names a procedure without any step among what was not understood', () => {
    const { runbooks, ignored } = text(
      '# Ops\n\n## Disk full\n\nAlerts: DiskFull\n\n### Diagnosis\n\n## Queue\n\n**Symptoms**: QueueGrows\n\n1. Look\n',
    )
    expect(runbooks.map(({ title }) => title)).toEqual(['Queue'])
    expect(ignored.map(({ title, from }) => [title, from])).toEqual([['Disk full', 3]])
  })

  test('has a line number behind everything that is proposed', () => {
    const { lines } = propose(names.map(read), 'runbooks')
    const said = lines.filter((line) => /: \S/.test(line.replace(/#.*/, '')) || /^\s+- /.test(line))
    expect(said.length).toBeGreaterThan(30)
    for (const line of said) expect(line).toMatch(/# .*from [\w.-]+\.md:\d+|from [\w.-]+\.md:\d+/)
  })

  test('with a column of its own words for times is asked about them, and nothing is dropped', () => {
    const { clocks, questions } = text(
      '# Response targets\n\n| Class | First touch | Hand-off | Fix |\n|---|---|---|---|\n' +
        '| Sev 1 | within a quarter of an hour | 20 minutes | 4 hours |\n| Sev 2 | 1 hr | soon | 8 hrs |\n',
    )
    const minute = 60_000
    expect(clocks.map(({ severity, name, within }) => [severity, name, within])).toEqual([
      ['P1', 'respond', 15 * minute],
      ['P1', 'resolve', 240 * minute],
      ['P2', 'respond', 60 * minute],
      ['P2', 'resolve', 480 * minute],
    ])
    expect(questions).toEqual([{ line: 5, text: 'a time for P1, but for what? “20 minutes” (Hand-off)' }])
  })

  test('says where it has tables and lists in HTML, of which nothing is read', () => {
    const { questions } = text(
      '# Lag\n\n*When*: `LagHigh`\n\n<table>\n<tr><td>P1</td><td>5 minutes</td></tr>\n</table>\n\n1. Look\n',
    )
    expect(questions).toMatchObject([{ line: 5, text: expect.stringContaining('this is HTML') }])
  })

  test('that says a thing twice, and differently, is asked about and not decided', () => {
    const { clocks, questions } = text(
      '# Times\n\n| Severity | Response |\n|---|---|\n| P1 | 5 min |\n| P1 | 10 min |\n',
    )
    expect(clocks).toEqual([{ severity: 'P1', name: 'respond', within: 300_000, line: 5 }])
    expect(questions).toEqual([
      { line: 6, text: expect.stringContaining('another time to respond for P1 than on line 5') },
    ])
  })

  test('with the time to respond in a heading takes no symptom below it for another', () => {
    const { clocks, questions } = text(
      '## Levels\n\n### P1 - Critical (Response: 15 minutes)\n- Down for 2 minutes\n- Disk space < 10%\n\n' +
        '### P2 - Warning (Response: 1 hour)\n- p95 > 2 s\n- Queue older than 5 min\n',
    )
    expect(clocks).toEqual([
      { severity: 'P1', name: 'respond', within: 900_000, line: 3 },
      { severity: 'P2', name: 'respond', within: 3_600_000, line: 7 },
    ])
    expect(questions).toEqual([])
  })

  test('may say all four clocks of a severity in one sentence', () => {
    const { clocks } = text(
      '## P1 critical\n\nRespond within 5 minutes, investigate within 15 minutes, resolve in 1 hour; post-mortem after 24 hours.\n',
    )
    expect(clocks.map(({ name, within }) => [name, within])).toEqual([
      ['respond', 300_000],
      ['investigate', 900_000],
      ['resolve', 3_600_000],
      ['postmortem', 86_400_000],
    ])
  })

  test('with two documents that disagree, the first counts and the second is a question', () => {
    const one = readDocument('one.md', new TextEncoder().encode('# SLA\n\n- P1: respond within 5 minutes\n'))
    const two = readDocument('two.md', new TextEncoder().encode('# SLA\n\n- P1: respond within 9 minutes\n'))
    const { lines, questions } = propose([one, two], 'runbooks')
    expect(lines).toContain('      respond: 5m # from one.md:3')
    expect(questions).toEqual([{ path: 'two.md', line: 3, text: expect.stringContaining('one.md:3, which was taken') }])
  })
})

describe('tocsin runbook import', () => {
  test('prints, writes nothing, and ends with 0', async () => {
    const here = emptyFolder()
    const said = await cli(['runbook', 'import', join(folder, 'playground.md')], {}, here)
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out).toContain('Service Down · P1 · answers PlaygroundBackendDown, PlaygroundFrontendDown')
    expect(said.out).toContain('Nothing was written.')
    expect(readdirSync(here)).toEqual([])
  })

  test('with --write leaves runbooks that the bot reads without a word, and the proposal', async () => {
    const here = emptyFolder()
    const names = ['playground.md', 'evaluation.md', 'setup.md'].map((name) => join(folder, name))
    const said = await cli(['runbook', 'import', ...names, '--write', 'runbooks'], {}, here)
    expect(said.code).toBe(0)
    const { runbooks, problems } = loadRunbooks([join(here, 'runbooks')])
    expect(problems).toEqual([])
    expect(runbooks.map(({ title }) => title)).toEqual([
      ...['ServiceDown', 'Latency', 'Service Down', 'High Latency', 'Database trouble', 'MemoryHigh'],
    ])
    expect(readFileSync(join(here, 'runbooks', 'playground.md'), 'utf8')).toContain('### 🚨 Service Down [P1]')
    expect(existsSync(join(here, 'runbooks', 'tocsin-proposal.yaml'))).toBe(true)
    // Again: the same is there, and stays. With something else there: nothing is touched.
    expect((await cli(['runbook', 'import', ...names, '--write', 'runbooks'], {}, here)).code).toBe(0)
    writeFileSync(join(here, 'runbooks', 'setup.md'), 'mine')
    const refused = await cli(['runbook', 'import', ...names, '--write', 'runbooks'], {}, here)
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(/Nothing was written: .*setup\.md exists and says something else/)
    expect(readFileSync(join(here, 'runbooks', 'setup.md'), 'utf8')).toBe('mine')
  })

  test.each([
    ['a file that is not there', ['nowhere.md'], /nowhere\.md:1: cannot be read/],
    ['a document without anything in it', [join(folder, 'meeting-notes.md')], /Nothing in these files was understood/],
    ['a folder without Markdown', ['.'], /There is no Markdown file/],
  ])('says why and ends with 1 for %s', async (_, words, message) => {
    const said = await cli(['runbook', 'import', ...words], {}, emptyFolder())
    expect(said.code).toBe(1)
    expect(said.out).toMatch(message)
  })

  test('reads the others when one is too large or has broken front matter', async () => {
    const here = emptyFolder()
    writeFileSync(join(here, 'large.md'), 'x'.repeat(mostBytes + 1))
    writeFileSync(join(here, 'odd.md'), '---\nalerts: {a: b}\n---\n1. Look\n')
    writeFileSync(join(here, 'good.md'), '# Disk full\n\n1. Look\n')
    const said = await cli(['runbook', 'import', '.', '--json'], {}, here)
    expect(said.code).toBe(1)
    const data = JSON.parse(said.out) as { documents: { path: string }[]; unreadable: string[] }
    expect(data.documents.map(({ path }) => path)).toEqual(['good.md'])
    expect(data.unreadable).toEqual([
      expect.stringContaining('large.md:1: 2 MB are too large to be read (2 MB at most)'),
      expect.stringContaining('odd.md:2: `alerts` must be a list'),
    ])
  })
})
