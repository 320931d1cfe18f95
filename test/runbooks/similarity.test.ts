// An alert that nobody wrote a runbook for still gets the likest, or the choice: the same one each time, with its score.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadRunbooks } from '../../src/runbooks/load.ts'
import { findRunbook, type RunbookQuery } from '../../src/runbooks/match.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { wordsOf } from '../../src/runbooks/words.ts'
import { workOf } from '../work.ts'

const { runbooks } = loadRunbooks([fileURLToPath(new URL('../fixtures/runbooks', import.meta.url))])
const query = (changes: Partial<RunbookQuery>): RunbookQuery => ({
  ...{ alertName: '', labels: {}, service: 'web', runbookUrl: null, explicit: null, title: '', says: '' },
  ...changes,
})
const find = (changes: Partial<RunbookQuery>) => {
  const { match, isGuess, choices } = findRunbook(runbooks, query(changes))
  return {
    shown: match && `${match.runbook.section} by ${match.because}`,
    isGuess,
    offered: choices.map(({ runbook, score }) => `${runbook.section} ${score}`),
  }
}

test.each([
  ['CheckoutLatencyHigh', ['checkout', 'latency', 'high']],
  ['HTTPErrorRate5xx', ['http', 'error', 'rate5xx']],
  ['disk_queries are slow on db-12', ['disk', 'query', 'slow', 'db']],
])('%s is about %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('a procedure that names no alert is found by what it is about', () => {
  expect(find({ alertName: 'DatabasePerformanceDegraded', says: 'Statements take long' })).toMatchObject({
    shown: expect.stringMatching(/^database-performance by similarity 0\.\d\d$/),
    isGuess: true,
    offered: [],
  })
})

test('an incident that a person opened is matched by its title', () => {
  expect(find({ title: 'High error rate of the frontend' }).shown).toMatch(/^high-error-rate by similarity/)
})

test('where two are nearly as likely, both are offered and none is shown', () => {
  const twins = [
    ...parseRunbooks('a.md', '## Checkout latency\n**Symptoms:** slow\n\n**Steps:**\n1. Look at the database\n'),
    ...parseRunbooks('b.md', '## Payments latency\n**Symptoms:** slow\n\n**Steps:**\n1. Look at the bank\n'),
  ]
  const found = findRunbook(twins, query({ alertName: 'LatencyHigh', says: 'it is slow' }))
  expect(found.match).toBeNull()
  expect(found.choices.map(({ runbook }) => runbook.title)).toEqual(['Checkout latency', 'Payments latency'])
})

test('one word in common is a hint and no more, unless the title says just the same', () => {
  const books = [
    ...parseRunbooks('a.md', '## Latency\n**Symptoms:** p95 is too high\n\n**Steps:**\n1. Look\n'),
    ...parseRunbooks('b.md', '## Memory\n**Symptoms:** it is full\n\n**Steps:**\n1. Look\n'),
  ]
  const hint = findRunbook(books, query({ alertName: 'LatencyTooHigh' }))
  expect(hint.match).toBeNull()
  expect(hint.choices.map(({ runbook }) => runbook.title)).toEqual(['Latency'])
  expect(findRunbook(books, query({ alertName: 'LATENCY' })).match?.because).toBe('similarity 1.00')
  const better = parseRunbooks('c.md', '## High latency\n**Symptoms:** slow\n\n**Steps:**\n1. Look\n')
  expect(findRunbook([...books, ...better], query({ alertName: 'LatencyTooHigh' })).match?.runbook.title).toBe(
    'High latency',
  )
})

test('of two that each name something the other does not, nothing is shown', () => {
  const nodes = parseRunbooks('KubeNodeNotReady.md', '# KubeNodeNotReady\n\n1. Drain it\n')
  const found = findRunbook(nodes, query({ alertName: 'KubePodNotReady', says: 'A pod is not ready' }))
  expect(found.match).toBeNull()
  expect(found.choices.map(({ runbook }) => runbook.title)).toEqual(['KubeNodeNotReady'])
  expect(findRunbook(nodes, query({ alertName: 'NodeNotReady' })).match?.runbook.title).toBe('KubeNodeNotReady')
})

test('what has nothing to do with any runbook gets none, and so does a name without words', () => {
  expect(find({ alertName: 'CertificateExpiresSoon', says: 'of www.example.test' })).toEqual({
    ...{ shown: null, isGuess: false, offered: [] },
  })
  expect(find({ alertName: '5xx' }).shown).toBeNull()
})

test('a runbook for another service or other labels is not guessed', () => {
  const other = parseRunbooks('a.md', '---\nservice: search\n---\n# Index is stale\n1. Rebuild the index\n')
  expect(findRunbook(other, query({ alertName: 'IndexStale' })).match).toBeNull()
  expect(findRunbook(other, query({ alertName: 'IndexStale', service: 'search' })).isGuess).toBe(false)
})

test('of two that name the alert the first is shown and the other offered', () => {
  const both = [
    ...parseRunbooks('a.md', '---\nalerts: [DiskFull]\n---\n# Disk full on hosts\n1. Look\n'),
    ...parseRunbooks('b.md', '---\nalerts: [DiskFull]\n---\n# Disk full on databases\n1. Look\n'),
  ]
  const found = findRunbook(both, query({ alertName: 'DiskFull' }))
  expect(found.match?.runbook.title).toBe('Disk full on hosts')
  expect(found.choices).toEqual([{ runbook: both[1], score: null }])
})

test('every service may have a README.md: the folders in the address tell them apart', () => {
  const files = ['svc/cart/README.md', 'svc/search/README.md'].flatMap((path) =>
    parseRunbooks(path, `# ${path}\n1. Look\n`),
  )
  const url = (runbookUrl: string) => findRunbook(files, query({ runbookUrl })).match?.runbook.path
  expect(url('https://gitlab.example.test/ops/-/blob/main/svc/search/README.md?ref_type=heads')).toBe(
    'svc/search/README.md',
  )
  expect(url('https://github.example.test/ops/blob/main/svc/cart/README.md#svccartreadmemd')).toBe('svc/cart/README.md')
})

test('the same alert gets the same answer a thousand times, and a thousand answers take no time worth naming', () => {
  const many = Array.from({ length: 500 }, (_, i) =>
    parseRunbooks(`r${i}.md`, `# Service ${'abcdefghij'[i % 10]}${i % 7} queue\n1. Drain the queue\n2. Restart it\n`),
  ).flat()
  const one = query({ alertName: 'OrderQueueGrowing', says: 'The queue of orders grows', labels: { team: 'orders' } })
  const first = findRunbook(many, one)
  const again = () => expect(findRunbook(many, one).choices).toEqual(first.choices)
  expect(workOf(() => Array.from({ length: 200 }, again)) / 200).toBeLessThan(20)
})
