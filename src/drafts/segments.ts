// Cuts texts that are versions of each other where a line stands once in each of them. What lies between is short: comparing
// two long texts as a whole takes time by the square of their length, and nobody may wait for that in a bot that pages people.

/** The lines between two cuts, of each text in turn; `anchor` is the line after them that all have, null at the end. */
export type Segment = { parts: string[][]; anchor: string | null }

export function segmentsOf(texts: readonly (readonly string[])[]): Segment[] {
  const cuts = inOrder(commonPlaces(texts))
  const from = texts.map(() => 0)
  const segments: Segment[] = []
  for (const cut of [...cuts, null]) {
    const parts = texts.map((lines, t) => lines.slice(from[t], cut === null ? lines.length : cut[t]))
    segments.push({ parts, anchor: cut === null ? null : (texts[0]?.[cut[0] ?? 0] ?? '') })
    for (const t of texts.keys()) from[t] = (cut?.[t] ?? 0) + 1
  }
  return segments
}

/** For each line that every text has once: where it stands in each. In the order of the first text. */
function commonPlaces(texts: readonly (readonly string[])[]): number[][] {
  const [first = new Map<string, number>(), ...others] = texts.map(placesOfSingles)
  return [...first].flatMap(([line, place]) => {
    const found = others.map((places) => places.get(line))
    return found.every((other) => other !== undefined) ? [[place, ...found]] : []
  })
}

function placesOfSingles(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  const repeated = new Set<string>()
  for (const [place, line] of lines.entries()) {
    if (line.trim() === '' || repeated.has(line)) continue
    if (places.delete(line)) repeated.add(line)
    else places.set(line, place)
  }
  return places
}

/** The longest choice of places that come one after the other in every text: one text at a time. */
function inOrder(places: number[][]): number[][] {
  const texts = places[0]?.length ?? 0
  let left = places
  for (let text = 1; text < texts; text++) left = longestRising(left, text)
  return left
}

/** Patience sorting; `left` rises in the texts before `text` already, and what is taken out of it still does. */
function longestRising(left: number[][], text: number): number[][] {
  const at = (index: number | undefined) => left[index ?? -1]?.[text] ?? -1
  const piles: number[] = []
  const before: (number | undefined)[] = []
  for (const index of left.keys()) {
    let [low, high] = [0, piles.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (at(piles[middle]) < at(index)) low = middle + 1
      else high = middle
    }
    before[index] = piles[low - 1]
    piles[low] = index
  }
  const chosen: number[][] = []
  for (let index = piles.at(-1); index !== undefined; index = before[index]) chosen.push(left[index] ?? [])
  return chosen.reverse()
}
