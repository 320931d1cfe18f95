// How alike an alert and a runbook are, from 0 to 1: for alerts that no runbook names. Always the same for the same words.
import type { Labels } from '../core/alert.ts'
import type { Runbook } from './runbook.ts'
import { wordsOf } from './words.ts'

export type Described = {
  /** The alert's name, or the title of an incident that a person opened. */
  name: string
  labels: Labels
  /** Its annotations for people. */
  says: string
}

export type Likeness = { runbook: Runbook; score: number }

/** Shares of the score: words of the name that the runbook has, words beside the name, and words of its title that the alert has. */
const shares = { name: 0.6, beside: 0.2, title: 0.2 } as const

/** Labels that say which machine it is, not what is wrong. */
const machine =
  /^(alertname|severity|instance|pod.*|node|host.*|ip|replica.*|container_id|id|uid|prometheus.*|endpoint|device|mountpoint|le|quantile)$/

const mostWords = 60

/** What a hint is worth at most, less than what is shown. */
const ofHint = 0.55

/** Words that say which way, not what; and how much they weigh beside the others. */
const ofDirections = 0.4
const directions = new Set([
  'high',
  'low',
  'large',
  'big',
  'small',
  'bad',
  'down',
  'up',
  'slow',
  'fast',
  'full',
  'many',
])

/** All runbooks that have a word in common with it, the likest first; of equals, the one that stands first. */
export function likest(runbooks: Runbook[], described: Described): Likeness[] {
  const index = indexOf(runbooks)
  const name = unique(wordsOf(described.name))
  const labels = Object.entries(described.labels).filter(([label]) => !machine.test(label))
  const beside = unique(wordsOf([...labels.map(([, value]) => value), described.says].join(' ')))
    .filter((word) => index.weights.has(word) && !name.includes(word))
    .slice(0, mostWords)
  const said = new Set([...name, ...beside])
  const candidates = new Set([...name, ...beside].flatMap((word) => index.runbooksWith.get(word) ?? []))
  return [...candidates]
    .map((place) => {
      const entry = index.entries[place]
      if (entry === undefined) return null
      const score =
        shares.name * coverage(name, (word) => entry.words.get(word) ?? 0, index) +
        shares.title * coverage(entry.title, (word) => (said.has(word) ? 1 : 0), index) +
        shares.beside * (beside.length === 0 ? 1 : coverage(beside, (word) => entry.words.get(word) ?? 0, index))
      const bounded = Math.min(score, mostFor(name, said, entry))
      return { place, runbook: entry.runbook, score: Math.round(bounded * 100) / 100 }
    })
    .filter((one) => one !== null && one.score > 0)
    .sort((a, b) => (b?.score ?? 0) - (a?.score ?? 0) || (a?.place ?? 0) - (b?.place ?? 0))
    .flatMap((one) => (one === null ? [] : [{ runbook: one.runbook, score: one.score }]))
}

/**
 * Without a word of the name in common the rest is chance. A hint, and no more, is one word in common (`Latency` is about
 * every latency there is), unless the title says just the same; and a pair of which each names something that the other
 * does not: what helps a node that is not ready may harm a pod.
 */
function mostFor(name: string[], said: Set<string>, { title, words }: Entry): number {
  const telling = (all: string[]) => all.filter((word) => !directions.has(word))
  const common = name.filter((word) => words.has(word))
  if (telling(common).length === 0) return 0
  const isTitle = title.every((word) => common.includes(word)) && (title.length > 1 || name.length === 1)
  const isPart = telling(title).every((word) => said.has(word)) || telling(name).every((word) => words.get(word) === 1)
  return isPart && (telling(common).length > 1 || isTitle) ? 1 : ofHint
}

/** The share of words found, each by its weight: a rare word says more than one that all runbooks have. */
function coverage(words: string[], found: (word: string) => number, { weights, unknown }: Index): number {
  let has = 0
  let all = 0
  for (const word of words) {
    const weight = weights.get(word) ?? unknown
    all += weight
    has += weight * found(word)
  }
  return all === 0 ? 0 : has / all
}

type Entry = { runbook: Runbook; title: string[]; words: ReadonlyMap<string, number> }

type Index = {
  entries: Entry[]
  /** By word: places in `entries`. */
  runbooksWith: Map<string, number[]>
  weights: Map<string, number>
  /** Weight of a word that no runbook has. */
  unknown: number
}

const indexes = new WeakMap<Runbook[], Index>()

/** Makes ready what the first comparison would have to wait for. */
export function prepareLikeness(runbooks: Runbook[]): void {
  indexOf(runbooks)
}

/** Made once for a list of runbooks: a storm of alerts must not wait for it each time. */
function indexOf(runbooks: Runbook[]): Index {
  const known = indexes.get(runbooks)
  if (known !== undefined) return known
  const entries = runbooks.map((runbook) => ({ runbook, title: unique(wordsOf(runbook.title)), words: runbook.words }))
  const runbooksWith = new Map<string, number[]>()
  for (const [place, { words }] of entries.entries()) {
    for (const word of words.keys()) {
      const places = runbooksWith.get(word)
      if (places === undefined) runbooksWith.set(word, [place])
      else places.push(place)
    }
  }
  const weight = (count: number) => Math.log(1 + entries.length / count)
  const factor = (word: string) => (directions.has(word) ? ofDirections : 1)
  const weights = new Map([...runbooksWith].map(([word, where]) => [word, weight(where.length) * factor(word)]))
  // What no runbook says is no proof against any: it weighs as much as a word that some have.
  const made = { entries, runbooksWith, weights, unknown: weight(Math.sqrt(entries.length)) }
  indexes.set(runbooks, made)
  return made
}

function unique(words: string[]): string[] {
  return [...new Set(words)]
}
