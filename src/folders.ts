// What lies below a folder of the team's, of runbooks or of templates. Links are followed, but each folder is entered once: two
// links that lead back up would otherwise be more files than there are minutes in the night.
import { readdirSync, realpathSync, statSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf } from './errors.ts'

/** `unread`: folders and links that could not be looked into; what else there is has been found all the same. */
export type Below = { files: string[]; unread: Unread[] }

export type Unread = { path: string; problem: string }

/** Below a path that could not be looked into: whatever is there is there still. */
export function isBelow({ path }: Unread, file: string): boolean {
  return file === path || file.startsWith(`${path}/`)
}

export function unreadAt(path: string, error: unknown): Unread {
  return { path, problem: `${path}:1: cannot be read: ${reasonOf(error)}` }
}

type Found = { files: string[]; folders: string[]; links: string[] }

type Named = { name: string; isDirectory(): boolean; isSymbolicLink(): boolean }

/**
 * Files behind a link are files; what a link leads to is found out by whoever asks. Names that begin with a dot
 * are not read: a mounted ConfigMap has every file three times, two of them behind such folders. A disk of its own has a folder
 * lost+found, which only root may enter.
 */
function sorted(folder: string, entries: Named[]): Found {
  const found: Found = { files: [], folders: [], links: [] }
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'lost+found') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.folders.push(path)
    else if (entry.isSymbolicLink()) found.links.push(path)
    else found.files.push(path)
  }
  return found
}

/** Never throws. */
export function filesBelow(folder: string): Below {
  const files: string[] = []
  const unread: Unread[] = []
  const seen = new Set<string>()
  const trying = (path: string, look: () => string[]): string[] => {
    try {
      return look()
    } catch (error) {
      unread.push(unreadAt(path, error))
      return []
    }
  }
  const enter = (at: string): string[] =>
    trying(at, () => {
      const real = realpathSync(at)
      if (seen.has(real)) return []
      seen.add(real)
      const found = sorted(at, readdirSync(at, { withFileTypes: true }))
      files.push(...found.files)
      return [...found.folders.flatMap(enter), ...found.links]
    })
  // Links come after all folders: a folder is called what it is called without them.
  for (let links = enter(folder); links.length > 0; )
    links = links.flatMap((link) =>
      trying(link, () => {
        const isFolder = statSync(link, { throwIfNoEntry: false })?.isDirectory() ?? false
        if (!isFolder) files.push(link)
        return isFolder ? enter(link) : []
      }),
    )
  return { files, unread }
}

/** The same without holding up anybody else meanwhile. */
export async function filesBelowLater(folder: string): Promise<Below> {
  const files: string[] = []
  const unread: Unread[] = []
  const seen = new Set<string>()
  const trying = async (path: string, look: () => Promise<string[]>): Promise<string[]> => {
    try {
      return await look()
    } catch (error) {
      unread.push(unreadAt(path, error))
      return []
    }
  }
  const enter = (at: string): Promise<string[]> =>
    trying(at, async () => {
      const real = await realpath(at)
      if (seen.has(real)) return []
      seen.add(real)
      const found = sorted(at, await readdir(at, { withFileTypes: true }))
      files.push(...found.files)
      const links: string[] = []
      for (const below of found.folders) links.push(...(await enter(below)))
      return [...links, ...found.links]
    })
  const follow = (link: string): Promise<string[]> =>
    trying(link, async () => {
      const isFolder = await isFolderLater(link)
      if (!isFolder) files.push(link)
      return isFolder ? await enter(link) : []
    })
  let links = await enter(folder)
  while (links.length > 0) {
    const next: string[] = []
    for (const link of links) next.push(...(await follow(link)))
    links = next
  }
  return { files, unread }
}

/** What a link leads to that leads nowhere is no folder. */
async function isFolderLater(link: string): Promise<boolean> {
  try {
    return (await stat(link)).isDirectory()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
