// The figures as a table for people.
import type { Row, Section } from './figures.ts'

const columns = ['', 'Tocsin', 'beside it', '', 'ratio', 'target', '']

export function table(section: Section): string {
  const rows = [columns, ...section.rows.map(cells)]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 1 || i === 3 || i === 4 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return [`\n${section.title}`, ...lines, ...section.notes.map((note) => `  · ${note}`)].join('\n')
}

function cells({ figure, value, unit, beside, target }: Row): string[] {
  return [
    figure,
    `${shown(value)} ${unit}`.trim(),
    beside?.what ?? '',
    beside === undefined ? '' : `${shown(beside.value)} ${unit}`.trim(),
    beside === undefined ? '' : `${(value / beside.value).toFixed(2)}×`,
    target?.text ?? '',
    target === undefined ? '' : target.met ? 'met' : 'MISSED',
  ]
}

function shown(value: number): string {
  if (Number.isNaN(value)) return 'none'
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 || value === 0 ? 0 : 1)
}
