// What people call a runbook: by its section, by file and section where several files have one of that name, or by its title.
import type { Runbook } from './runbook.ts'
import { slugOf } from './title.ts'

/** The shortest name that means this one and no other. One word. */
export function nameIn(runbooks: Runbook[], runbook: Runbook): string {
  const isAlone = runbooks.filter(({ section }) => section === runbook.section).length === 1
  return isAlone ? runbook.section : `${fileOf(runbook)}#${runbook.section}`
}

/** Those a person may mean: exactly one when the name is good, several when it is not, none when nothing is called so. */
export function calledSo(runbooks: Runbook[], name: string): Runbook[] {
  const wanted = slugOf(name)
  const ways: ((runbook: Runbook) => boolean)[] = [
    (runbook) => nameIn(runbooks, runbook) === name || `${runbook.path}#${runbook.section}` === name,
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

function fileOf({ path }: Runbook): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replaceAll(' ', '-')
}
