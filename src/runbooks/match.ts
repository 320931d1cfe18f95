// Which runbook answers an alert: the one that names it, then the one it names, then by its labels; what the service has
// set is for all that nothing more telling answers.
import type { Labels } from '../core/alert.ts'
import type { Runbook } from './runbook.ts'
import { slugOf } from './title.ts'

export type RunbookQuery = {
  alertName: string
  labels: Labels
  service: string
  /** The alert's own annotation, whatever it holds. */
  runbookUrl: string | null
  /** The service's `runbook` in tocsin.yaml: a path, with `#section` for one procedure of several. */
  explicit: string | null
}

/** `because` ends the sentence "Runbook … matched by". */
export type RunbookMatch = { runbook: Runbook; because: string }

export function matchRunbook(runbooks: Runbook[], query: RunbookQuery): RunbookMatch | null {
  const { alertName, runbookUrl, explicit } = query
  const fitting = runbooks.filter((runbook) => fits(runbook, query))
  const named = mostTelling(fitting.filter((runbook) => runbook.alerts.includes(alertName)))
  if (named) return { runbook: named, because: `alert name ${alertName}` }
  const linked = runbookUrl === null ? null : behindAddress(runbooks, runbookUrl, query, false)
  if (linked) return { runbook: linked, because: 'runbook_url' }
  const general = fitting.filter(
    (runbook) => runbook.alerts.length === 0 && (Object.keys(runbook.labels).length > 0 || runbook.service !== null),
  )
  const labelled = mostTelling(general)
  if (labelled) return { runbook: labelled, because: becauseOfLabels(labelled) }
  const set = explicit === null ? null : behindAddress(runbooks, explicit, query, true)
  return set && { runbook: set, because: `the setting of service ${query.service}` }
}

/** What a runbook asks of labels and service is asked of every alert, also of one it names. */
function fits({ labels, service }: Runbook, query: RunbookQuery): boolean {
  if (service !== null && service !== query.service) return false
  return Object.entries(labels).every(([label, value]) => query.labels[label] === value)
}

/** The one that asks for most; the first of equals. */
function mostTelling(runbooks: Runbook[]): Runbook | null {
  const weight = ({ labels, service }: Runbook) => Object.keys(labels).length * 2 + (service === null ? 0 : 1)
  return runbooks.reduce<Runbook | null>((best, one) => (best && weight(best) >= weight(one) ? best : one), null)
}

/**
 * The runbook a path or an address leads to. `sure`: it was set by the team, so a file alone is enough and its first
 * procedure is taken when nothing tells them apart.
 */
function behindAddress(runbooks: Runbook[], address: string, query: RunbookQuery, sure: boolean): Runbook | null {
  const { file, anchor } = readAddress(address)
  if (file === '' && anchor === '') return null
  const inFile = runbooks.filter((runbook) => sameFile(runbook.path, file))
  const isSection = (runbook: Runbook, name: string) =>
    runbook.anchors.includes(name) ||
    runbook.section === slugOf(name) ||
    runbook.anchors.map(slugOf).includes(slugOf(name))
  if (inFile.length > 0) {
    const exact = anchor === '' ? undefined : inFile.find((runbook) => isSection(runbook, anchor))
    const only = inFile.length === 1 ? inFile[0] : undefined
    const named = inFile.find((runbook) => runbook.alerts.includes(query.alertName))
    return exact ?? only ?? named ?? (sure ? inFile[0] : undefined) ?? null
  }
  // A wiki's address: its last part, or its anchor, is the title of a procedure.
  const last = anchor || (file.split('/').at(-1) ?? '')
  return (last !== '' && runbooks.find((runbook) => isSection(runbook, last))) || null
}

/** Path and anchor of an address, of a path, or of an anchor alone. */
function readAddress(address: string): { file: string; anchor: string } {
  const [before = '', anchor = ''] = address.trim().split('#')
  const path = URL.canParse(before) ? new URL(before).pathname : (before.split('?')[0] ?? '')
  return { file: decoded(path).replace(/\/+$/, ''), anchor: decoded(anchor).toLowerCase() }
}

function sameFile(path: string, file: string): boolean {
  const name = (text: string) => (text.split(/[\\/]/).at(-1) ?? '').replace(/\.(md|html?)$/i, '').toLowerCase()
  return name(file) !== '' && name(path) === name(file)
}

function becauseOfLabels({ labels, service }: Runbook): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  return pairs.length > 0 ? `labels ${pairs.join(', ')}` : `service ${service}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
