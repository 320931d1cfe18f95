// What lies below a folder of runbooks. Links are followed, but each folder is entered once: two links that lead back up would
// otherwise be more files than there are minutes in the night.
import { readdirSync, realpathSync, statSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'

type Found = { files: string[]; folders: string[]; links: string[] }

type Named = { name: string; isDirectory(): boolean; isSymbolicLink(): boolean }

/**
 * Files behind a link are files; what a link leads to is found out by whoever asks. Names that begin with a dot
 * are not read: a mounted ConfigMap has every file three times, two of them behind such folders.
 */
function sorted(folder: string, entries: Named[]): Found {
  const found: Found = { files: [], folders: [], links: [] }
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.folders.push(path)
    else if (entry.isSymbolicLink()) found.links.push(path)
    else found.files.push(path)
  }
  return found
}

/** Paths of all files. Throws what the file system says of the folder itself. */
export function filesBelow(folder: string): string[] {
  const files: string[] = []
  const seen = new Set<string>()
  const enter = (at: string): string[] => {
    const real = realpathSync(at)
    if (seen.has(real)) return []
    seen.add(real)
    const found = sorted(at, readdirSync(at, { withFileTypes: true }))
    files.push(...found.files)
    return [...found.folders.flatMap(enter), ...found.links]
  }
  // Links come after all folders: a folder is called what it is called without them.
  for (let links = enter(folder); links.length > 0; )
    links = links.flatMap((link) => {
      const isFolder = statSync(link, { throwIfNoEntry: false })?.isDirectory() ?? false
      if (!isFolder) files.push(link)
      return isFolder ? enter(link) : []
    })
  return files
}

/** The same without holding up anybody else meanwhile. */
export async function filesBelowLater(folder: string): Promise<string[]> {
  const files: string[] = []
  const seen = new Set<string>()
  const enter = async (at: string): Promise<string[]> => {
    const real = await realpath(at)
    if (seen.has(real)) return []
    seen.add(real)
    const found = sorted(at, await readdir(at, { withFileTypes: true }))
    files.push(...found.files)
    const links: string[] = []
    for (const below of found.folders) links.push(...(await enter(below)))
    return [...links, ...found.links]
  }
  let links = await enter(folder)
  while (links.length > 0) {
    const next: string[] = []
    for (const link of links) {
      const isFolder = await stat(link).then(
        (one) => one.isDirectory(),
        () => false,
      )
      if (isFolder) next.push(...(await enter(link)))
      else files.push(link)
    }
    links = next
  }
  return files
}
