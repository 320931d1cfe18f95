// Reads as many lines as a store has sent: thousands of long ones take some tenths of a second, in which pages must go out.
import { othersTurn } from '../../clock.ts'
import type { LogLine } from './line.ts'

/** Lines, and characters, that are read before others have their turn: a few milliseconds. */
const atATime = { lines: 100, characters: 100_000 }

/** In their order. `read` null: it is no line. */
export async function readAll<T>(
  all: readonly T[],
  sizeOf: (one: T) => number,
  read: (one: T) => LogLine | null,
): Promise<LogLine[]> {
  const lines: LogLine[] = []
  let [count, characters] = [0, 0]
  for (const one of all) {
    const line = read(one)
    if (line !== null) lines.push(line)
    count += 1
    characters += sizeOf(one)
    if (count < atATime.lines && characters < atATime.characters) continue
    count = 0
    characters = 0
    await othersTurn()
  }
  return lines
}
