// Steps that are written as the rows of a table: a number, what to do, and the command.
import { type Block, lineOf, type Source, type Table, textOf } from './markdown.ts'
import { cleanWords } from './title.ts'

export type Row = { title: string; body: string; line: number }

const number = /^(#|no\.?|nr\.?|step)$/i
const doing = /^(step|action|task|what( to do)?|check|do|instruction|description|procedure)s?$/i

/** A table whose head says that its rows are to be done in order. */
export function isStepsTable(block: Block): block is Table {
  if (block.type !== 'table') return false
  const head = headOf(block)
  const begins = number.test(head[0] ?? '') || /^(action|task|check)s?$/i.test(head[0] ?? '')
  return begins && head.length > 1 && block.children.length > 1
}

/** What is to be done is the title; what else the row says follows, each under the head of its column. */
export function rowsOf(table: Table, file: Source): Row[] {
  const head = headOf(table)
  const ids = number.test(head[0] ?? '') ? /^\W*(?:step)?\W*(?:\d*[a-z]?)\W*$/i : /^\W*\d*\W*$/
  const numbered = table.children.slice(1).every((row) => ids.test(textOf(row.children[0] ?? row)))
  const first = numbered ? 1 : 0
  const found = head.findIndex((name, column) => column >= first && doing.test(name))
  const titled = found < 0 ? Math.min(first, head.length - 1) : found
  return table.children.slice(1).map((row) => {
    const others = row.children.flatMap((cell, column) => {
      if (column === titled || column < first || textOf(cell).trim() === '') return []
      const name = head[column] ?? ''
      const says = cellText(cell, file)
      return [name === '' ? says : `**${name}:** ${says}`]
    })
    const cell = row.children[titled]
    const words = cell === undefined ? '' : cleanWords(textOf(cell))
    const isPlain = cell?.children.every(({ type }) => ['text', 'strong', 'emphasis'].includes(type)) ?? true
    const body = isPlain || cell === undefined ? others : [cellText(cell, file), ...others]
    return { title: words || '…', body: body.join('\n\n'), line: lineOf(row) }
  })
}

function headOf(table: Table): string[] {
  return (table.children[0]?.children ?? []).map((cell) => cleanWords(textOf(cell)))
}

/** As it stands in the file, without what a table needs to hold a pipe. */
function cellText(cell: Table['children'][number]['children'][number], file: Source): string {
  const from = cell.children[0]?.position?.start.offset
  const to = cell.children.at(-1)?.position?.end.offset
  return from === undefined || to === undefined ? '' : file.text.slice(from, to).replaceAll('\\|', '|').trim()
}
