// What people call a runbook: by its section, by file and section where several files have one of that name, or by its title.
import type { Runbook } from './runbook.ts'
import { slugOf } from './title.ts'

/** Discord's buttons carry 100 characters, with the command's own words and which incident it is. */
const longest = 50

/** By list: each alert that may be about several asks for the names of the same few. */
const names = new WeakMap<Runbook[], Map<Runbook, string>>()

/** A short name that means this one and no other. One word. */
export function nameIn(runbooks: Runbook[], runbook: Runbook): string {
  const before = names.get(runbooks) ?? new Map<Runbook, string>()
  names.set(runbooks, before)
  const name = before.get(runbook) ?? shortNameIn(runbooks, runbook)
  before.set(runbook, name)
  return name
}

function shortNameIn(runbooks: Runbook[], runbook: Runbook): string {
  const { section } = runbook
  const possible = [section, section.slice(0, longest), `${fileOf(runbook)}#${section}`]
  const means = (name: string) => {
    const [only, ...others] = calledSo(runbooks, name)
    return name !== '' && name.length <= longest && only === runbook && others.length === 0
  }
  return possible.find(means) ?? markOf(runbook)
}

/** Those a person may mean: exactly one when the name is good, several when it is not, none when nothing is called so. */
export function calledSo(runbooks: Runbook[], name: string): Runbook[] {
  const wanted = slugOf(name)
  const ways: ((runbook: Runbook) => boolean)[] = [
    (runbook) => `${runbook.path}#${runbook.section}` === name || markOf(runbook) === name,
    (runbook) => `${fileOf(runbook)}#${runbook.section}` === name,
    ({ section, title, alerts }) => section === wanted || slugOf(title) === wanted || alerts.includes(name),
    ({ section }) => wanted !== '' && section.startsWith(wanted),
    ({ section }) => wanted !== '' && section.includes(wanted),
  ]
  for (const way of ways) {
    const found = runbooks.filter(way)
    if (found.length > 0) return found
  }
  return []
}

/** Its title, with its file where others of those that are shown beside it are called the same. */
export function titleAmong(shown: Runbook[], runbook: Runbook): string {
  const isAlone = shown.every((one) => one === runbook || one.title !== runbook.title)
  // Every service may have its README.md.
  return isAlone ? runbook.title : `${runbook.title} (${runbook.path.split(/[\\/]/).slice(-2).join('/')})`
}

/** For those that no short name tells apart: a number made of file and section (FNV-1a), the same on every replica. */
function markOf(runbook: Runbook): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${fileOf(runbook)}#${runbook.section}`))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return `~${hash.toString(16).padStart(8, '0')}`
}

function fileOf({ path }: Runbook): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replaceAll(' ', '-')
}
