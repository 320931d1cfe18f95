// A small Loki: keeps lines, and answers query_range for the part of LogQL that the bot speaks. What it does not understand it
// refuses, in Loki's own words.
import type { ServerResponse } from 'node:http'
import { type Asked, json, type StandIn, standIn } from './stand-in.ts'

export type LokiLine = {
  at: string | Date
  line: string
  labels?: Record<string, string>
  metadata?: Record<string, string>
}

export type LokiStandIn = StandIn & { lines: LokiLine[] }

/** `before` may answer instead. */
export async function lokiStandIn(
  lines: LokiLine[],
  before: (asked: Asked, response: ServerResponse) => boolean = () => false,
): Promise<LokiStandIn> {
  const server = await standIn((asked, response) => {
    if (before(asked, response)) return
    if (asked.path !== '/loki/api/v1/query_range') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
      return
    }
    try {
      json(response, answer(asked.params, lines))
    } catch (error) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(String((error as Error).message))
    }
  })
  return { ...server, lines }
}

function answer(params: URLSearchParams, lines: LokiLine[]) {
  const [start, end] = ['start', 'end'].map((name) => {
    const value = params.get(name) ?? ''
    if (!/^\d{19}$/.test(value)) throw new Error(`could not parse '${name}' parameter: ${value}`)
    return BigInt(value)
  }) as [bigint, bigint]
  if (end <= start) throw new Error('end timestamp must not be before or equal to start time')
  const limit = Number(params.get('limit'))
  if (!(limit > 0 && limit <= 5_000)) throw new Error('max entries limit per query exceeded, limit > max_entries_limit')
  const holds = pipeline(params.get('query') ?? '')
  const found = lines
    .map((one) => ({ ...one, ns: nanoseconds(one.at), all: { ...one.labels, ...one.metadata } }))
    .filter(({ ns, line, all }) => ns >= start && ns < end && holds(line, all))
    .sort((a, b) => (a.ns < b.ns ? 1 : -1))
    .slice(0, limit)
  const streams = new Map<string, { stream: Record<string, string>; values: [string, string][] }>()
  for (const { ns, line, all } of found) {
    const name = JSON.stringify(Object.entries(all).sort())
    const stream = streams.get(name) ?? { stream: all, values: [] }
    stream.values.push([String(ns), line])
    streams.set(name, stream)
  }
  return { status: 'success', data: { resultType: 'streams', result: [...streams.values()], stats: {} } }
}

function nanoseconds(at: string | Date): bigint {
  return BigInt(new Date(at).getTime()) * 1_000_000n
}

type Labels = Record<string, string>
type Holds = (line: string, labels: Labels) => boolean

/** `{a="b", c=~"d"} |~ "…" | level=~"…" or severity=~"…"`. */
function pipeline(query: string): Holds {
  const text = '"(?:[^"\\\\]|\\\\.)*"'
  const selector = new RegExp(`^\\s*\\{((?:[^"{}]|${text})*)\\}`).exec(query)
  if (selector === null) throw new Error(`parse error at line 1, col 1: syntax error: unexpected ${query}`)
  const matchers = matchersIn(selector[1] ?? '', ',')
  if (matchers.length === 0) throw new Error('parse error : queries require at least one regexp or equality matcher')
  const stages: Holds[] = [(_, labels) => matchers.every((matcher) => matcher(labels))]
  let rest = query.slice(selector[0].length).trim()
  while (rest !== '') {
    const line = new RegExp(`^(\\|=|\\|~|!=|!~)\\s*(${text})`).exec(rest)
    const label = new RegExp(`^\\|((?:\\s*(?:or\\s+)?\\w+\\s*=~?\\s*${text})+)`).exec(rest)
    if (line !== null) {
      const value = JSON.parse(line[2] ?? '""') as string
      const sign = line[1] ?? ''
      const found = (one: string) => (sign.endsWith('~') ? regexp(value).test(one) : one.includes(value))
      stages.push((one) => found(one) !== sign.startsWith('!'))
      rest = rest.slice(line[0].length).trim()
    } else if (label !== null) {
      const any = matchersIn(label[1] ?? '', ' or ')
      stages.push((_, labels) => any.some((matcher) => matcher(labels)))
      rest = rest.slice(label[0].length).trim()
    } else throw new Error(`parse error at line 1: syntax error: unexpected ${rest}`)
  }
  return (line, labels) => stages.every((stage) => stage(line, labels))
}

function matchersIn(text: string, separator: string): ((labels: Labels) => boolean)[] {
  const all = [...text.matchAll(/(\w+)\s*(=~|=)\s*("(?:[^"\\]|\\.)*")/g)]
  const written = all.map(([whole]) => whole.replace(/\s+/g, '')).join(separator.trim())
  if (written !== text.replace(/\s+/g, '')) throw new Error(`parse error at line 1: syntax error in ${text}`)
  return all.map(([, name = '', sign, value = '""']) => {
    const wanted = JSON.parse(value) as string
    return (labels) => {
      const is = labels[name] ?? ''
      return sign === '=' ? is === wanted : new RegExp(`^(?:${regexp(wanted).source})$`, regexp(wanted).flags).test(is)
    }
  })
}

/** Go writes `(?i)` at the beginning; JavaScript writes a flag. */
function regexp(text: string): RegExp {
  return text.startsWith('(?i)') ? new RegExp(text.slice(4), 'i') : new RegExp(text)
}
