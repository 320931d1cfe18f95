// Links on a card, found among the alerts.
import { expect, test } from 'vitest'
import { linksOf } from '../../src/messages/addresses.ts'
import { alert, open, view, words } from './night.ts'

test('the links of a storm are those of its first alerts that have some, and the others are not read for them', () => {
  let read = 0
  const alerts = Array.from({ length: 1_000 }, (_, i) => ({
    ...alert(i, i < 2 ? {} : { runbook_url: `https://wiki.example.org/${i}` }),
    get generatorUrl() {
      read++
      return i === 0 ? 'javascript:alert(1)' : `https://prometheus.example.org/graph?g0.expr=up${i}`
    },
  }))
  const links = linksOf(words, { ...view(open), alerts })
  expect(links.find(({ kind }) => kind === 'runbook')?.url).toBe('https://wiki.example.org/2')
  expect(links.find(({ kind }) => kind === 'prometheus')?.url).toBe('https://prometheus.example.org/graph?g0.expr=up1')
  expect(read).toBe(2)
})
