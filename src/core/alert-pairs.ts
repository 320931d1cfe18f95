// Which alert rules open incidents of their own together, again and again. A storm opens thousands within minutes, and whoever held
// each of them against all others would let no page out meanwhile.

/** An incident: the rule that opened it, its service, and when, in milliseconds. */
export type Opening = { alert: string; service: string; at: number }

export type Pair = { alerts: [string, string]; times: number }

/** More rules of one service than this are not compared; those are, that came most often. */
const mostCompared = 100

type Rule = { alert: string; all: number[]; of: Map<string, number[]> }

/** Two rules of a service that came within `within` milliseconds of each other at least `fewest` times; ten of a storm are one time. */
export function pairsOf(openings: Opening[], within: number, fewest: number): Pair[] {
  // What did not come so often alone did not come so often with another.
  const rules = rulesOf(openings).filter(({ all }) => occasions(all, within) >= fewest)
  const byService = new Map<string, number[]>()
  rules.forEach(({ of }, place) => {
    for (const service of of.keys()) {
      const known = byService.get(service)
      if (known === undefined) byService.set(service, [place])
      else known.push(place)
    }
  })
  // By their places: hundreds of services may have the same rules.
  const pairs = new Set<number>()
  const often = (place: number) => rules[place]?.all.length ?? 0
  for (const places of byService.values()) {
    const compared = places.sort((a, b) => often(b) - often(a)).slice(0, mostCompared)
    compared.forEach((one, i) => {
      for (const other of compared.slice(i + 1)) pairs.add(Math.min(one, other) * rules.length + Math.max(one, other))
    })
  }
  return [...pairs].flatMap((pair) => {
    const [one, other] = [rules[Math.floor(pair / rules.length)], rules[pair % rules.length]]
    if (one === undefined || other === undefined) return []
    const times = timesTogether(one, other, within)
    return times >= fewest ? [{ alerts: [one.alert, other.alert].sort() as [string, string], times }] : []
  })
}

function rulesOf(openings: Opening[]): Rule[] {
  const rules = new Map<string, Rule>()
  for (const { alert, service, at } of openings.toSorted((a, b) => a.at - b.at)) {
    const rule = rules.get(alert) ?? { alert, all: [], of: new Map<string, number[]>() }
    const own = rule.of.get(service) ?? []
    rules.set(alert, rule)
    rule.of.set(service, own)
    rule.all.push(at)
    own.push(at)
  }
  return [...rules.values()]
}

/** How many of them, in order, can be chosen that are further apart than `within`. */
function occasions(times: number[], within: number): number {
  let count = 0
  let last = Number.NEGATIVE_INFINITY
  for (const at of times) {
    if (at - last <= within) continue
    count++
    last = at
  }
  return count
}

function timesTogether(one: Rule, other: Rule, within: number): number {
  const met: Meeting[] = []
  for (const [service, times] of one.of) {
    const others = other.of.get(service)
    if (others === undefined) continue
    addMeetings(met, times, others, within)
    addMeetings(met, others, times, within)
  }
  let count = 0
  let last = Number.NEGATIVE_INFINITY
  for (const { from, until } of met.sort((a, b) => a.from - b.from)) {
    if (from - last > within) count++
    last = Math.max(last, until)
  }
  return count
}

type Meeting = { from: number; until: number }

/** Of each time after which another came in time: itself, and the last of those. Both in order. */
function addMeetings(met: Meeting[], times: number[], others: number[], within: number): void {
  let next = 0
  for (const from of times) {
    while ((others[next] ?? Number.POSITIVE_INFINITY) <= from + within) next++
    const until = others[next - 1]
    if (until !== undefined && until >= from) met.push({ from, until })
  }
}
