import { expect, test } from 'vitest'
import { legendOf } from '../../src/charts/legend.ts'
import { linesOf } from '../../src/charts/lines.ts'
import { widthOf } from '../../src/charts/pen.ts'
import { inner, letters, lookOf } from '../../src/charts/theme.ts'
import { hourOf } from './pictures.ts'

const legend = (names: string[]) =>
  legendOf(
    linesOf({ series: names.map((name, index) => ({ name, points: hourOf(() => index) })) }, lookOf('light')),
    null,
  )
const shown = (names: string[]) => legend(names).entries.map(({ name }) => name)

test('names that fit into their columns stay whole, however much alike they are', () => {
  const names = ['node-48', 'node-49', 'node-50', 'node-51'].map((node) => `${node}.example.net`)
  expect(shown(names)).toEqual(names)
})

test('of names too long for their columns the difference is shown, with as much around it as there is room for', () => {
  const end = `.${'very-long-domain.'.repeat(6)}example.net:9100`
  const { columns, entries } = legend(['node-48', 'node-49', 'node-50'].map((node) => `${node}${end}`))
  for (const [index, { name, value }] of entries.entries()) {
    expect(name).toMatch(new RegExp(`^node-${48 + index}\\.very-.*…$`))
    const used = 30 + 8 + widthOf(name, letters.legend) + 8 + widthOf(value, letters.legend, true) + 8
    expect(used).toBeLessThanOrEqual(inner / columns)
    expect(used).toBeGreaterThan(inner / columns - 30)
  }
})

test('a shared beginning gives way before the part that differs', () => {
  const start = `namespace=${'payments-'.repeat(10)}`
  for (const name of shown(['x2x4q', 'b7k9z', 'c3m1p', 'd9w8e', 'e1r2t'].map((pod) => `${start} pod=${pod}`)))
    expect(name).toMatch(/^….*pod=(x2x4q|b7k9z|c3m1p|d9w8e|e1r2t)$/)
})
