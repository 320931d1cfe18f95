// liquidjs with our settings, and the templates it has read as functions.
import { Liquid } from 'liquidjs'
import { compiling } from './compile.ts'
import { addFilters, escapeOutput } from './filters.ts'
import { templateFiles } from './folders.ts'

/** `render` writes what `liquid` would write, faster. */
export type Engine = { liquid: Liquid; render: (name: string, data: object) => string }

/**
 * What writing one text may take: rounds of its loops, characters of it, milliseconds of work, and letters and items that are held at a
 * time. Pages wait while a template is written.
 */
export type Bounds = { mostRounds: number; longest: number; time: number; held: number }

/** More than the longest incident needs by far. */
export const bounds: Bounds = { mostRounds: 250_000, longest: 1_000_000, time: 1_000, held: 5_000_000 }

const boundless: Bounds = { mostRounds: Infinity, longest: Infinity, time: Infinity, held: Infinity }

/** Looks for a template in each of the folders, in order. */
export function engine(folders: string[], within = boundless): Engine {
  const liquid = new Liquid({
    root: folders,
    partials: folders,
    layouts: folders,
    extname: '.md',
    fs: templateFiles,
    relativeReference: false,
    cache: true,
    strictFilters: true,
    strictVariables: true,
    // A trimmed tag takes one line end, not the blank line that separates two paragraphs.
    greedy: false,
    outputEscape: escapeOutput,
    renderLimit: within.time,
    memoryLimit: within.held,
  })
  addFilters(liquid)
  return { liquid, render: compiling(liquid, within) }
}
