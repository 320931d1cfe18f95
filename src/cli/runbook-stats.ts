// tocsin runbook stats: which runbooks are used, which of their steps are done, skipped or left, and which are stale.
import type { Surroundings } from './outcome.ts'
import { ask, runningBot } from './running.ts'

type Stats = {
  days: number
  runbooks: {
    path: string
    section: string
    title: string
    isThere: boolean
    incidents: number
    worked: number
    skipped: string[]
    stale: string[]
    steps: { step: number; title: string; done: number; skipped: number; untouched: number; helped: number }[]
  }[]
}

/** Asks the bot that runs. */
export async function runbookStats(around: Surroundings, { days, url }: { days?: string; url?: string }) {
  const { http } = runningBot(around, url)
  const found = await ask(http.get<Stats>('/api/v1/runbooks', { params: days === undefined ? {} : { days } }))
  return { lines: linesOf(found), data: found }
}

function linesOf({ days, runbooks }: Stats): string[] {
  const used = runbooks.filter(({ incidents }) => incidents > 0)
  const unused = runbooks.filter(({ incidents }) => incidents === 0)
  const title = `${count(used.length, 'runbook')} used in the last ${days} days, of ${runbooks.filter(({ isThere }) => isThere).length} there are.`
  return [
    title,
    ...used.flatMap((one) => ['', ...blockOf(one)]),
    ...(unused.length === 0
      ? []
      : [
          '',
          'Not used:',
          ...unused.flatMap((one) => [
            `  ${one.title} (${one.path}#${one.section})`,
            ...one.stale.map((why) => `    ! ${why}`),
          ]),
        ]),
  ]
}

function blockOf({
  title,
  path,
  section,
  isThere,
  incidents,
  worked,
  steps,
  stale,
}: Stats['runbooks'][number]): string[] {
  return [
    `${title} (${path}#${section})${isThere ? '' : ', no longer among the files'}`,
    `  ${count(incidents, 'incident')}, in ${worked} of them somebody worked through it`,
    '     done  skipped  untouched  helped  step',
    ...steps.map(
      ({ step, title: name, done, skipped, untouched, helped }) =>
        `  ${[String(done).padStart(7), String(skipped).padStart(9), String(untouched).padStart(11), String(helped).padStart(8)].join('')}  ${step}. ${name}`,
    ),
    ...stale.map((why) => `  ! ${why}`),
  ]
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
