// What people type after `/chart`: any PromQL or the name of a preset, then a span of time and labels, in any order.
import { hint } from '../config/suggest.ts'
import type { Labels } from '../core/alert.ts'
import { type ChartWindow, isWindow, windowNamed } from '../core/chart-window.ts'
import type { ChartSpec } from '../core/terms.ts'
import { UserError } from '../errors.ts'
import { type Found, filled, type Matcher, presetsNamed } from '../presets/find.ts'
import type { Exporter } from '../presets/preset.ts'
import { watchesNothing } from './promql.ts'
import { promqlProblem } from './promql-problem.ts'

/** Where it is asked: `labels` of the incident's alerts, each with one value; none outside a room. */
export type Asking = { now: Date; zone: string; usual: ChartWindow; labels: Labels }

export type AskedChart = Omit<ChartSpec, 'expr'> & {
  /** The first of them that has anything to show is drawn; more than one where labels were taken from the incident. */
  exprs: string[]
}

export type AskedCharts = { charts: AskedChart[]; window: ChartWindow }

/** Characters. What is no PromQL costs time with the square of its length, and nobody types more. */
const longest = 1_500

/** Throws UserError that says what is wrong and how it is written. */
export function readChartWords(written: string, asking: Asking): AskedCharts {
  if (written.length > longest)
    throw new UserError(`That is longer than ${longest} characters: put it into a recording rule, and draw that.`)
  const text = unquoted(written)
  if (text === '') throw new UserError(`What shall I draw? ${examples}`)
  const [first = ''] = text.split(/\s/, 1)
  const preset = presetsNamed(first) === null ? null : presetWords(text, asking)
  return preset ?? promqlWords(text, asking)
}

const examples =
  'For example: /chart node cpu, /chart redis 6h instance=10.0.0.7:6379, /chart up{job="api"} == 0 2h. /chart help lists the presets.'

/** Telephones write “ for ", and people paste code with its backticks. */
function unquoted(written: string): string {
  const text = written
    .replace(/[“”„‟]/g, '"')
    .replace(/[\u00A0\u2007\u202F]/g, ' ')
    .trim()
  return (/^```(?:\w*\n)?([\s\S]*?)```$/.exec(text)?.[1] ?? /^`([^`]*)`$/.exec(text)?.[1] ?? text).trim()
}

const matcher = /^([a-zA-Z_]\w*)(=~|!~|!=|=)(.+)$/

/** Null: it only begins like a preset. */
function presetWords(text: string, asking: Asking): AskedCharts | null {
  const matchers: Matcher[] = []
  const names: string[] = []
  let window: string | null = null
  for (const word of text.split(/\s+/)) {
    const [, name, operator, value = ''] = matcher.exec(word) ?? []
    if (name !== undefined) {
      const plain = value.replace(/^(["'])(.*)\1$/, '$2')
      matchers.push({ name, operator: operator as Matcher['operator'], value: plain })
    } else if (isWindow(word)) window = word
    else if (!(word.toLowerCase() === 'last' && names.length > 0)) names.push(word)
  }
  const found = presetsNamed(names.join(' '))
  if (found === null) return null
  if ('wrong' in found) {
    if (promqlProblem(text) === null) return null
    throw new UserError(unknownPreset(found.wrong, names.slice(1).join(' ')))
  }
  refuseStrangers(found.exporter, matchers)
  return { charts: chartsOf(found, matchers, asking), window: windowOf(window, asking) }
}

function unknownPreset({ name, presets }: Exporter, said: string): string {
  const known = presets.map((preset) => preset.name)
  const close = hint(said, known)
  const offer = close.startsWith('known') || close === '' ? '' : ` ${close.charAt(0).toUpperCase()}${close.slice(1)}`
  return `There is no “${name} ${said}”.${offer} There are: ${known.join(', ')}. /chart ${name} alone shows the first of each kind.`
}

function refuseStrangers({ name, variables }: Exporter, matchers: Matcher[]): void {
  const stranger = matchers.find((one) => !variables.all.includes(one.name))
  if (stranger !== undefined)
    throw new UserError(
      `The metrics behind /chart ${name} are asked for by ${variables.all.join(', ')}, not by ${stranger.name}. For example: /chart ${name} ${variables.all[0]}=web-1:9100`,
    )
}

function chartsOf({ exporter, presets }: Found, said: Matcher[], { labels }: Asking): AskedChart[] {
  const tries = said.length > 0 ? [said] : fromLabels(exporter, labels)
  return presets.map((preset) => {
    const { title, unit, scale, bands } = preset
    const exprs = [...new Set(tries.map((matchers) => filled(exporter, preset, matchers)))]
    return { title, unit, exprs, ...(scale && { scale }), ...(bands && { bands }) }
  })
}

/**
 * What the incident is about, ever less exactly: all its labels; the same machine at another port, since the alert's
 * instance is that of the service and not of the exporter; everything.
 */
function fromLabels({ variables }: Exporter, labels: Labels): Matcher[][] {
  const own = variables.all.filter((name) => name !== 'job')
  const equal = own.flatMap((name): Matcher[] => {
    const value = labels[name]
    return value === undefined ? [] : [{ name, operator: '=', value }]
  })
  if (equal.length === 0) return [[]]
  const host = /^([^/:]+):\d+$/.exec(labels.instance ?? '')?.[1]
  const pattern = host?.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')
  const machine: Matcher[] = pattern ? [{ name: 'instance', operator: '=~', value: `${pattern}(:.*)?` }] : []
  return [equal, ...(machine.length > 0 ? [machine] : []), []]
}

function promqlWords(text: string, asking: Asking): AskedCharts {
  // `x offset 2h` is whole: only what is no PromQL with its last word is one without it.
  const [, body = text, word = null] = promqlProblem(text) === null ? [] : (/^([\s\S]*\S)\s+(\S+)$/.exec(text) ?? [])
  const hasWindow = word !== null && isWindow(word)
  const expr = hasWindow ? body.replace(/\s+last$/i, '') : text
  const problem = promqlProblem(expr)
  if (problem !== null) throw new UserError(`That is no PromQL: ${problem}. /chart help shows what else there is.`)
  if (watchesNothing(expr)) throw new UserError('No metric is in that expression: there is nothing to draw.')
  const title = expr.replace(/\s+/g, ' ')
  return {
    charts: [{ title: title.length > 80 ? `${title.slice(0, 79)}…` : title, exprs: [expr], unit: null }],
    window: windowOf(hasWindow ? word : null, asking),
  }
}

function windowOf(word: string | null, { now, zone, usual }: Asking): ChartWindow {
  if (word === null) return usual
  const window = windowNamed(word, now, zone)
  if (window === null)
    throw new UserError(`“${word}” cannot be shown: a minute to 31 days, e.g. 30m, 6h, 1d, today, yesterday.`)
  return window
}
