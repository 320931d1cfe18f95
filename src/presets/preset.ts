// What a preset is: a chart of an exporter's metrics that nobody has to remember the names of at 3 a.m.
import type { Bands } from '../core/bands.ts'

/** How busy it is, what waits for it, what goes wrong: Brendan Gregg's three questions to every resource. */
export type Aspect = 'utilisation' | 'saturation' | 'errors'

export type Preset = {
  /** What people type after the exporter's name, e.g. `cpu`. */
  name: string
  aspect: Aspect
  title: string
  /** One line for the list. */
  help: string
  /**
   * `$filter` stands, alone or last, between braces for the labels that were asked about; `$server` for those of them that
   * say which server, where its metric knows no others.
   */
  promql: string
  /** As `Chart.unit`. */
  unit: string | null
  scale?: 'log'
  bands?: Bands
}

export type Exporter = {
  /** What people type first. */
  name: string
  aliases: string[]
  title: string
  /** The labels one can ask about; `server`: those that all of its metrics have. */
  variables: { all: string[]; server: string[] }
  /** How its alerts look: a label with one of these values (a regular expression), or that is there at all. */
  signs: { label: string; value: RegExp }[]
  /** The first of each aspect is what the exporter's name alone stands for. */
  presets: Preset[]
}

export function rising(target: number, acceptable: number, critical: number): Bands {
  return { bad: 'above', target, acceptable, critical }
}

export function falling(target: number, acceptable: number, critical: number): Bands {
  return { bad: 'below', target, acceptable, critical }
}
