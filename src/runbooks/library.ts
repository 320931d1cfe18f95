// The team's runbooks while the bot runs: files that change are read again, and the last good version of one that can no longer
// be read goes on counting.
import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { filesBelowLater, isBelow, type Unread, unreadAt } from '../folders.ts'
import { filesBehind, joined, type LoadedFile, type LoadedRunbooks, loadFile, runbookFiles } from './load.ts'
import { prepareLikeness } from './similarity.ts'

/** Something that happened to a file, for the log and for people. */
export type LibraryNews =
  | { kind: 'read'; file: string; runbooks: number }
  | { kind: 'removed'; file: string }
  /** `kept`: the version of before goes on counting. `digest`: of the version that cannot be used. */
  | { kind: 'broken'; file: string; problem: string; kept: boolean; digest: string }
  /** It was broken, with that digest, and is not any more. */
  | { kind: 'repaired'; file: string; digest: string }

/** Size, time and place on the disk: another one means that it may have changed. */
type Mark = string

type Shelf = {
  /** What counts. */
  good: LoadedFile
  mark: Mark
  /** The version that cannot be used, while it lies there. */
  broken: LoadedFile | null
}

export class Library {
  readonly #paths: string[]
  readonly #shelves = new Map<string, Shelf>()
  /** Files as they were seen at the last look, when they were not yet what was read: read once they stay so. */
  #seen = new Map<string, Mark | null>()
  #lost: Unread[]
  #loaded: LoadedRunbooks

  /** Reads all of it; long files as `read` does, which gives one up that would keep the start waiting. */
  static async open(paths: string[], read: (files: string[]) => Promise<LoadedFile[]>): Promise<Library> {
    const long = filesBehind(paths).files.filter(isLong)
    return new Library(paths, long.length === 0 ? [] : await read(long))
  }

  /** Reads all of it at once, but for what was `read` before. */
  constructor(paths: string[], read: LoadedFile[] = []) {
    this.#paths = paths
    const { files, unread } = filesBehind(paths)
    const known = new Map(read.map((one) => [one.file, one]))
    for (const file of files) {
      const loaded = known.get(file) ?? loadFile(file)
      // One that was given up is tried once more: a machine is busy while much starts on it.
      const mark = known.get(file)?.digest === '' ? 'given up at the start' : 'as it was at the start'
      this.#shelves.set(file, { good: loaded, mark, broken: loaded.broken ? loaded : null })
    }
    this.#lost = unread
    this.#loaded = this.#join(files)
  }

  /** Another object whenever something changed, and the same until then. */
  get loaded(): LoadedRunbooks {
    return this.#loaded
  }

  /** What is wrong now, `path:line: what`. */
  get problems(): string[] {
    const inFiles = [...this.#shelves.values()].flatMap(({ good, broken }) => (broken ?? good).problems)
    return [...this.#lost.map(({ problem }) => problem), ...inFiles]
  }

  /** The same, of what keeps a file from being read as a whole, and a folder from being looked into. */
  get broken(): string[] {
    const inFiles = [...this.#shelves.values()].flatMap(({ broken }) => broken?.problems ?? [])
    return [...this.#lost.map(({ problem }) => problem), ...inFiles]
  }

  /** The first look only learns how the files look: they were read a moment ago. */
  async look(read: (files: string[]) => Promise<LoadedFile[]>): Promise<LibraryNews[]> {
    const { marks, lost } = await this.#marks()
    this.#lost = lost
    for (const [file, shelf] of this.#shelves)
      if (shelf.mark === 'as it was at the start') shelf.mark = marks.get(file) ?? shelf.mark
    const changed = [...marks].filter(([file, mark]) => this.#shelves.get(file)?.mark !== mark)
    const gone = [...this.#shelves.keys()].filter((file) => !marks.has(file) && !lost.some((one) => isBelow(one, file)))
    // An editor saves by moving files about, and a copy takes its time: what is still changing is left alone.
    const settled = changed.filter(([file, mark]) => this.#seen.get(file) === mark)
    const leaving = gone.filter((file) => this.#seen.get(file) === null)
    this.#seen = new Map<string, Mark | null>([...changed, ...gone.map((file): [string, null] => [file, null])])
    if (settled.length + leaving.length === 0) return []
    const news: LibraryNews[] = leaving.map((file) => ({ kind: 'removed', file }))
    for (const file of leaving) this.#shelves.delete(file)
    const files = settled.length === 0 ? [] : await read(settled.map(([file]) => file))
    for (const loaded of files) news.push(...this.#shelve(loaded, marks.get(loaded.file) ?? ''))
    const inOrder = [...marks.keys(), ...[...this.#shelves.keys()].filter((file) => !marks.has(file))]
    this.#loaded = this.#join(inOrder)
    return news
  }

  #join(files: string[]): LoadedRunbooks {
    const loaded = joined(files.flatMap((file) => this.#shelves.get(file)?.good ?? []))
    prepareLikeness(loaded.runbooks)
    return loaded
  }

  #shelve(loaded: LoadedFile, mark: Mark): LibraryNews[] {
    const before = this.#shelves.get(loaded.file)
    const had = before?.good.runbooks.length ?? 0
    const { file, digest, problems } = loaded
    // One that held procedures and holds none was hardly meant to be emptied: it would have been removed.
    const isEmptied = loaded.runbooks.length === 0 && loaded.checklists.length === 0 && had > 0
    if (!loaded.broken && !isEmptied) {
      this.#shelves.set(file, { good: loaded, mark, broken: null })
      const read: LibraryNews = { kind: 'read', file, runbooks: loaded.runbooks.length }
      return before?.broken ? [read, { kind: 'repaired', file, digest: before.broken.digest }] : [read]
    }
    const kept = before !== undefined && had > 0
    this.#shelves.set(file, { good: kept ? before.good : loaded, mark, broken: loaded })
    return [{ kind: 'broken', file, problem: problems[0] ?? `${file}:1: it holds nothing any more`, kept, digest }]
  }

  async #marks(): Promise<{ marks: Map<string, Mark>; lost: Unread[] }> {
    const marks = new Map<string, Mark>()
    const lost: Unread[] = []
    for (const path of this.#paths) {
      try {
        const isFolder = (await stat(path)).isDirectory()
        const found = isFolder ? await filesBelowLater(path) : { files: [path], unread: [] }
        lost.push(...found.unread)
        for (const file of isFolder ? runbookFiles(found.files) : found.files) {
          const mark = await markOf(file)
          if (mark !== null) marks.set(file, mark)
        }
      } catch (error) {
        lost.push(unreadAt(path, error))
      }
    }
    return { marks, lost }
  }
}

/** Bytes. Reading one that is no longer takes no more than seconds, whatever is in it. */
const longest = 50_000

/** What cannot be looked at is told by whoever reads it. */
function isLong(file: string): boolean {
  try {
    return statSync(file).size > longest
  } catch {
    return false
  }
}

/** Null: it is not there at the moment. */
async function markOf(file: string): Promise<Mark | null> {
  try {
    const { size, mtimeMs, ino } = await stat(file)
    return `${size} ${mtimeMs} ${ino}`
  } catch {
    return null
  }
}
