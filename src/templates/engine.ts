// liquidjs with our settings, and the templates it has read as functions.
import { Liquid } from 'liquidjs'
import { compiling } from './compile.ts'
import { addFilters, escapeOutput } from './filters.ts'
import { templateFiles } from './folders.ts'

/** `render` writes what `liquid` would write, faster. */
export type Engine = { liquid: Liquid; render: (name: string, data: object) => string }

/** Looks for a template in each of the folders, in order. */
export function engine(folders: string[]): Engine {
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
  })
  addFilters(liquid)
  return { liquid, render: compiling(liquid) }
}
