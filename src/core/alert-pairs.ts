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
  const byService = new Map<string, Rule[]>()
  for (const rule of rules)
    for (const service of rule.of.keys()) byService.set(service, [...(byService.get(service) ?? []), rule])
  const found = new Map<string, Pair>()
  for (const of of byService.values()) {
    const compared = of.toSorted((a, b) => b.all.length - a.all.length).slice(0, mostCompared)
    compared.forEach((one, i) => {
      for (const other of compared.slice(i + 1)) {
        const alerts = [one.alert, other.alert].sort() as [string, string]
        const key = JSON.stringify(alerts)
        if (!found.has(key)) found.set(key, { alerts, times: timesTogether(one, other, within) })
      }
    })
  }
  return [...found.values()].filter(({ times }) => times >= fewest)
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
  const met = [...one.of].flatMap(([service, times]) => {
    const others = other.of.get(service) ?? []
    return [...meetings(times, others, within), ...meetings(others, times, within)]
  })
  let count = 0
  let last = Number.NEGATIVE_INFINITY
  for (const { from, until } of met.sort((a, b) => a.from - b.from)) {
    if (from - last > within) count++
    last = Math.max(last, until)
  }
  return count
}

/** Of each time after which another came in time: itself, and the last of those. Both in order. */
function meetings(times: number[], others: number[], within: number): { from: number; until: number }[] {
  let next = 0
  return times.flatMap((from) => {
    while ((others[next] ?? Number.POSITIVE_INFINITY) <= from + within) next++
    const until = others[next - 1]
    return until !== undefined && until >= from ? [{ from, until }] : []
  })
}
