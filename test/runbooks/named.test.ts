// What people type, and what a button carries, means one runbook.
import { expect, test } from 'vitest'
import { calledSo, nameIn } from '../../src/runbooks/named.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { workOf } from '../work.ts'

const long = `The database ${'of the order service '.repeat(8)}is slow`
const book = (path: string, title: string) => parseRunbooks(path, `# ${title}\n\n1. Look\n`)
const runbooks = [
  ...book('disk.md', 'Disk full'),
  ...book('a/ops.md', 'Queue stuck'),
  ...book('b/more.md', 'Queue stuck'),
  ...book('long.md', long),
  ...book('longer.md', `${long} again`),
  ...book(`${'x'.repeat(80)}.md`, 'Disk full of logs'),
]

test.each(runbooks.map((one) => [one.path.slice(-20), one] as const))(
  'the name of %s is short enough for every button, and means it',
  (_, runbook) => {
    const name = nameIn(runbooks, runbook)
    expect(name).toMatch(/^\S{1,60}$/)
    expect(calledSo(runbooks, name)).toEqual([runbook])
  },
)

test('a title, a part of it, or an alert will do; several are told apart by file', () => {
  expect(calledSo(runbooks, 'Disk full').map(({ path }) => path)).toEqual(['disk.md'])
  expect(calledSo(runbooks, 'full').length).toBe(2)
  expect(calledSo(runbooks, 'queue stuck').length).toBe(2)
  expect(calledSo(runbooks, 'ops.md#queue-stuck').map(({ path }) => path)).toEqual(['a/ops.md'])
  expect(calledSo(runbooks, 'nothing like it')).toEqual([])
})

test('the names of a few that every alert of a storm may be about are made once', () => {
  const many = Array.from({ length: 500 }, (_, i) => book(`page-${i}.md`, `Page ${i} of the handbook`)).flat()
  const offered = many.slice(-4)
  const ask = () => offered.map((one) => nameIn(many, one))
  expect(ask()).toEqual([...new Set(ask())])
  expect(workOf(() => Array.from({ length: 1_000 }, ask))).toBeLessThan(500)
})
