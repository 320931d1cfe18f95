// Where templates are found: the team's folders first, then the ones that come with the product.
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesBelow } from '../folders.ts'

/** The templates/ of this package, seen from src/ as well as from dist/src/. */
export function builtInFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) || !existsSync(join(folder, 'templates', 'messages'))) {
    const above = dirname(folder)
    if (above === folder) throw new Error('the folder templates/ that belongs to this program is missing')
    folder = above
  }
  return join(folder, 'templates')
}

/** Names of the templates in a folder, without their ending, e.g. `messages/card`. A README is none. */
export function templateNames(folder: string): string[] {
  return filesBelow(folder)
    .files.map((file) => relative(folder, file).split(sep).join('/'))
    .filter((path) => path.endsWith('.md') && !/(^|\/)README\.md$/i.test(path))
    .map((path) => path.slice(0, -'.md'.length))
    .sort()
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

/** The file behind a template in the first of the folders that has it. */
export function templateFile(folders: string[], name: string): string | null {
  return folders.map((folder) => join(folder, `${name}.md`)).find((file) => existsSync(file)) ?? null
}

/** What liquidjs reads files with: only below the folders, and tags alone on a line take their line with them. */
export const templateFiles = {
  sep,
  resolve: (folder: string, file: string, ending: string) =>
    resolve(folder, file.endsWith(ending) ? file : file + ending),
  exists: async (file: string) => existsSync(file),
  existsSync: (file: string) => existsSync(file),
  contains: async (folder: string, file: string) => below(folder, file),
  containsSync: below,
  readFile: async (file: string) => readTemplate(file),
  readFileSync: readTemplate,
  dirname,
}

function below(folder: string, file: string): boolean {
  const path = relative(resolve(folder), file)
  return path !== '' && !path.startsWith('..') && !resolve(file).includes('\0')
}

function readTemplate(file: string): string {
  // Whoever reads a pipe waits until somebody writes into it.
  if (!statSync(file).isFile()) throw new Error('is no file, but a folder, a pipe or a device')
  const source = swallowTagLines(
    readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .replace(/\r\n/g, '\n'),
  )
  // What is included in the middle of a line must not end it.
  return basename(file).startsWith('_') ? source.trimEnd() : source
}

/**
 * A line that holds nothing but tags that print nothing leaves no line behind. Rows stay what they are, so that a problem is reported where
 * the author sees it.
 */
function swallowTagLines(source: string): string {
  return source.replace(/^[ \t]*(?:\{%(?:(?!%\}).)*%\}[ \t]*)+$/gm, (line) =>
    /\{%-?\s*(include|render|echo|cycle)\b/.test(line)
      ? line
      : line
          .trim()
          .replace(/^\{%-?/, '{%-')
          .replace(/-?%\}$/, '-%}'),
  )
}
