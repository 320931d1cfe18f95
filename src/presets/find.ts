// Finds the presets that words or an alert's labels mean, and fills in which labels are asked about.
import type { Labels } from '../core/alert.ts'
import { exporters } from './index.ts'
import type { Aspect, Exporter, Preset } from './preset.ts'

export type Found = { exporter: Exporter; presets: Preset[] }

const aspects: Aspect[] = ['utilisation', 'saturation', 'errors']

/**
 * What `node cpu`, `redis` or `pg errors` means: one preset, those of one aspect (three at most), or the first of each
 * aspect. Null when it is no preset; `wrong` when it begins like one.
 */
export function presetsNamed(text: string): Found | { wrong: Exporter } | null {
  const words = text.trim().toLowerCase().split(/\s+/)
  const exporter = exporters.find(({ name, aliases }) => [name, ...aliases].includes(words[0] ?? ''))
  if (exporter === undefined) return null
  const rest = words.slice(1).join(' ')
  if (rest === '') return { exporter, presets: overview(exporter) }
  const one = exporter.presets.find(({ name }) => name === rest)
  if (one !== undefined) return { exporter, presets: [one] }
  const aspect = aspects.find((each) => each === rest)
  if (aspect === undefined) return { wrong: exporter }
  return { exporter, presets: exporter.presets.filter((preset) => preset.aspect === aspect).slice(0, 3) }
}

/** One look at each: how busy, what waits, what goes wrong. */
function overview({ presets }: Exporter): Preset[] {
  return aspects.flatMap((aspect) => presets.filter((preset) => preset.aspect === aspect).slice(0, 1))
}

/** The exporters whose metrics are probably about what the alert is about, the likeliest first. */
export function exportersFor(labels: Labels): Exporter[] {
  const signs = ({ signs: all }: Exporter) => all.filter(({ label, value }) => value.test(labels[label] ?? '')).length
  return exporters
    .map((exporter) => ({ exporter, count: signs(exporter) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ exporter }) => exporter)
}

export type Matcher = { name: string; operator: '=' | '!=' | '=~' | '!~'; value: string }

/** The preset's expression with these labels asked for; those it does not know are left out of it. */
export function filled({ variables }: Exporter, { promql }: Pick<Preset, 'promql'>, matchers: Matcher[]): string {
  const text = (known: string[]) =>
    matchers
      .filter(({ name }) => known.includes(name))
      .map(({ name, operator, value }) => `${name}${operator}${JSON.stringify(value)}`)
      .join(', ')
  return promql
    .replaceAll('$filter', text(variables.all))
    .replaceAll('$server', text(variables.server))
    .replaceAll(/,\s*\}/g, '}')
}
