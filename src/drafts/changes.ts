// The difference between two versions of a text, line by line, for people who want to see what somebody changed.
import { diffComm, type ICommResult } from 'node-diff3'
import { segmentsOf } from './segments.ts'

/** `kept`: `lines` of them are in both, and are not repeated here. */
export type Changed =
  | { kind: 'added' | 'removed'; text: string }
  | { kind: 'kept'; lines: number; around: readonly string[] }

/** Lines of context that are shown before and after a change. */
const context = 2

/** In the order of the newer text. */
export function changesBetween(before: string, after: string): Changed[] {
  const parts = compared(before.split('\n'), after.split('\n'))
  return parts.flatMap((part, i): Changed[] => {
    if (part.common) return keptOf(part.common, i > 0, i < parts.length - 1)
    const { buffer1 = [], buffer2 = [] } = part
    return [
      ...buffer1.map((text) => ({ kind: 'removed', text }) as const),
      ...buffer2.map((text) => ({ kind: 'added', text }) as const),
    ]
  })
}

/** Pairs of lines; beyond, all of one is taken for removed and all of the other for added. */
const mostCompared = 1_000_000

function compared(before: string[], after: string[]): ICommResult<string>[] {
  const all = segmentsOf([before, after]).flatMap(({ parts: [a = [], b = []], anchor }): ICommResult<string>[] => [
    ...(a.length * b.length > mostCompared ? [{ buffer1: a, buffer2: b }] : diffComm(a, b)),
    ...(anchor === null ? [] : [{ common: [anchor] }]),
  ])
  // What is common on both sides of a cut is one piece.
  return all.reduce<ICommResult<string>[]>((joined, part) => {
    const last = joined.at(-1)
    if (part.common && last?.common) last.common.push(...part.common)
    else joined.push(part.common ? { common: [...part.common] } : part)
    return joined
  }, [])
}

function keptOf(lines: string[], hasBefore: boolean, hasAfter: boolean): Changed[] {
  const head = hasBefore ? lines.slice(0, context) : []
  const tail = hasAfter ? lines.slice(Math.max(head.length, lines.length - context)) : []
  const hidden = lines.length - head.length - tail.length
  const shown = (around: string[]) => (around.length > 0 ? [{ kind: 'kept', lines: 0, around } as const] : [])
  const gap = hidden > 0 ? [{ kind: 'kept', lines: hidden, around: [] } as const] : []
  return [...shown(head), ...gap, ...shown(tail)]
}
