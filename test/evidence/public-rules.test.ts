// What becomes of alerting rules that other people wrote: each line of the golden file was read and found right.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { splitExpression, type Threshold } from '../../src/evidence/promql.ts'

const rules = readFileSync(new URL('../fixtures/public-rules.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

test('rules that people publish are drawn as the line they watch, with what it is held to', async () => {
  const read = rules.map((expr) => {
    const { query, threshold, others, limit } = splitExpression(expr)
    expect(expr).toContain(query)
    const lines = [threshold, ...others].filter((line): line is Threshold => line !== null)
    const held = lines.map(({ value, bad }) => `${bad} ${value}`).join(' or ')
    const against = limit === null ? '' : `${limit.bad} the line of ${limit.query}`
    return `${expr}\n  draws ${query === expr ? 'all of it' : query}\n  bad   ${held || against || '-'}\n`
  })
  await expect(read.join('\n')).toMatchFileSnapshot('../fixtures/public-rules.golden.txt')
})

test('of the rules that people publish nearly all have something to be held to', () => {
  const without = rules.filter((expr) => {
    const { threshold, limit } = splitExpression(expr)
    return threshold === null && limit === null
  })
  expect(without).toHaveLength(4)
})
