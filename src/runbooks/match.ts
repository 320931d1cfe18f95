// Which runbook answers an alert: the one that names it, then the one it names, then by its labels; what the service has
// set is for all that nothing more telling answers; and where nothing is certain, the one that is most like it.
import type { Labels } from '../core/alert.ts'
import { highest } from '../core/bounds.ts'
import { partOf } from './parts.ts'
import type { Runbook } from './runbook.ts'
import { likest } from './similarity.ts'
import { slugOf } from './title.ts'

export type RunbookQuery = {
  /** Empty: a person opened it. */
  alertName: string
  labels: Labels
  service: string
  /** The alert's own annotation, whatever it holds. */
  runbookUrl: string | null
  /** The service's `runbook` in tocsin.yaml: a path, with `#section` for one procedure of several. */
  explicit: string | null
  /** The incident's title and the alert's annotations for people. */
  title: string
  says: string
}

/** What a certain match looks at. */
export type Certainties = Omit<RunbookQuery, 'title' | 'says'>

/** `because` ends the sentence "Runbook … matched by". */
export type RunbookMatch = { runbook: Runbook; because: string }

/** A runbook that may be the one; `score` null: it answers as certainly as the one that was taken. */
export type Choice = { runbook: Runbook; score: number | null }

export type RunbookFinding = {
  match: RunbookMatch | null
  /** A guess, however good: nobody is paged because of it. */
  isGuess: boolean
  /** What is offered where it is not clear; the likest first. */
  choices: Choice[]
}

/** Above `taken`, and ahead of the next by `margin`, the likest is shown; above `offered` a person may choose. */
const likeness = { taken: 0.6, offered: 0.3, margin: 0.1, most: 4 } as const

/** What is certain, else what is likest, else what may be chosen from. */
export function findRunbook(runbooks: Runbook[], query: RunbookQuery): RunbookFinding {
  const match = matchRunbook(runbooks, query)
  if (match) return { match, isGuess: false, choices: alsoNaming(runbooks, query, match.runbook) }
  const name = query.alertName || query.title
  const alike = likest(runbooks, { name, labels: query.labels, says: query.says }).filter(
    ({ runbook, score }) => score >= likeness.offered && fits(runbook, query),
  )
  const [best, second] = alike
  if (best === undefined) return { match: null, isGuess: false, choices: [] }
  const ahead = best.score - (second?.score ?? 0) >= likeness.margin - 1e-9
  if (best.score < likeness.taken || !ahead)
    return { match: null, isGuess: false, choices: alike.slice(0, likeness.most) }
  const because = `similarity ${best.score.toFixed(2)}`
  return { match: { runbook: best.runbook, because }, isGuess: true, choices: [] }
}

/** Others that name the same alert and ask for as much. */
function alsoNaming(runbooks: Runbook[], query: RunbookQuery, taken: Runbook): Choice[] {
  if (!taken.alerts.includes(query.alertName)) return []
  const others = runbooks.filter(
    (one) => one !== taken && one.alerts.includes(query.alertName) && fits(one, query) && weight(one) === weight(taken),
  )
  return others.slice(0, likeness.most).map((runbook) => ({ runbook, score: null }))
}

/** What is certain: it was written down by somebody. Null: nothing is. */
export function matchRunbook(runbooks: Runbook[], query: Certainties): RunbookMatch | null {
  const { alertName, runbookUrl, explicit } = query
  const fitting = runbooks.filter((runbook) => fits(runbook, query))
  const named =
    mostTelling(fitting.filter((runbook) => runbook.alerts.includes(alertName))) ??
    mostTelling(fitting.filter((runbook) => isCalled(runbook, alertName, runbooks)))
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

/** Its title, or its file where that holds no other, is the alert's name: `Watchdog.md`, `instance_down.md`, "Checkout is slow". */
function isCalled(runbook: Runbook, alertName: string, all: Runbook[]): boolean {
  if (alertName === '') return false
  if (runbook.title === alertName) return true
  const isFile = runbook.path.includes(alertName) && nameOf(runbook.path) === alertName
  return isFile && all.every((one) => one === runbook || one.path !== runbook.path)
}

/** What a runbook asks of labels and service is asked of every alert, also of one it names. */
function fits({ labels, service }: Runbook, query: Certainties): boolean {
  if (service !== null && service !== query.service) return false
  return Object.entries(labels).every(([label, value]) => query.labels[label] === value)
}

/** The one that asks for most; the first of equals. */
function mostTelling(runbooks: Runbook[]): Runbook | null {
  return runbooks.reduce<Runbook | null>((best, one) => (best && weight(best) >= weight(one) ? best : one), null)
}

function weight({ labels, service }: Runbook): number {
  return Object.keys(labels).length * 2 + (service === null ? 0 : 1)
}

/**
 * The runbook a path or an address leads to. `sure`: it was set by the team, so a file alone is enough and its first
 * procedure is taken when nothing tells them apart.
 */
function behindAddress(runbooks: Runbook[], address: string, query: Certainties, sure: boolean): Runbook | null {
  const ways = addressesIn(address).map((one) => behind(runbooks, one, query, sure))
  return ways.find((found) => found !== null) ?? null
}

function behind(
  runbooks: Runbook[],
  { file, anchor, line }: Address,
  query: Certainties,
  sure: boolean,
): Runbook | null {
  if (file === '' && anchor === '') return null
  const asked = placeOf(file)
  const inFile = nearestFile(
    runbooks.filter((runbook) => sameFile(known(runbook).place, asked)),
    asked,
  )
  if (inFile.length > 0) {
    const exact = anchor === '' ? undefined : inFile.find(isCalledSection(anchor))
    const around =
      line === null ? inFile.find(holdsSection(anchor)) : inFile.findLast((runbook) => runbook.line <= line)
    const only = inFile.length === 1 ? inFile[0] : undefined
    const named = inFile.find((runbook) => runbook.alerts.includes(query.alertName))
    return exact ?? around ?? only ?? named ?? (sure ? inFile[0] : undefined) ?? null
  }
  // A wiki's address: its last part, or its anchor, is the title of a procedure.
  // The name of a part (#steps) tells nothing: every page has one.
  const names = [partOf(anchor.replaceAll('-', ' ')) === null ? anchor : '', nameOf(file)].filter((name) => name !== '')
  return names.map((name) => runbooks.find(isCalledSection(name))).find((one) => one !== undefined) ?? null
}

/** Whether one of these procedures, or a heading below one, is called so. */
export function hasSection(runbooks: Runbook[], name: string): boolean {
  return runbooks.some(isCalledSection(name)) || runbooks.some(holdsSection(name))
}

function isCalledSection(name: string): (runbook: Runbook) => boolean {
  const slug = slugOf(name)
  return (runbook) => runbook.anchors.includes(name) || (slug !== '' && known(runbook).slugs.has(slug))
}

/** Whether it is a heading somewhere below that is called so. */
function holdsSection(anchor: string): (runbook: Runbook) => boolean {
  const slug = slugOf(anchor)
  return (runbook) =>
    anchor !== '' && (runbook.below.includes(anchor) || (slug !== '' && known(runbook).slugsBelow.has(slug)))
}

type Address = { file: string; anchor: string; line: number | null }

/** Where the page may be named in an address: Azure DevOps and others have it behind the question mark. */
const inQuery = ['path', 'pagePath', 'file', 'page', 'title']

/** Path and anchor of an address, of a path, or of an anchor alone, the likelier way first; `line`: a forge's `#L40`. */
function addressesIn(address: string): Address[] {
  const [before = '', after = ''] = address.trim().split('#')
  // docsify has its paths behind the hash: `/#/runbooks/redis?id=restart`.
  const [, hashed, id = ''] = /^!?(\/[^?]+)(?:\?id=(.*))?$/.exec(after) ?? []
  if (hashed !== undefined) return [placed(hashed, id)]
  if (!URL.canParse(before)) return [placed(before.split('?')[0] ?? '', after)]
  const { pathname, searchParams } = new URL(before)
  const asked = inQuery.map((name) => searchParams.get(name)).find((value) => value !== null && /\p{L}/u.test(value))
  const anchor = after || (searchParams.get('anchor') ?? '')
  return [...(asked ? [placed(asked, anchor)] : []), placed(pathname, anchor)]
}

function placed(path: string, written: string): Address {
  const anchor = decoded(written).toLowerCase()
  const line = /^l(\d+)(?:-l?\d+)?$/.exec(anchor)?.[1]
  return { file: decoded(path).replace(/(?<!\/)\/+$/, ''), anchor, line: line === undefined ? null : Number(line) }
}

/** The last part, without what kind of file it is, and without the id that Notion adds. */
function nameOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? '').replace(/\.(mdx?|markdown|html?)$/i, '').replace(/[ -][0-9a-f]{32}$/, '')
}

/** A folder's own page is the folder: `payments/README.md` is what `…/payments/` shows. */
function folderOf(path: string): string | null {
  const [, folder] = /^(.+)[\\/](?:readme|_?index)\.(?:mdx?|markdown|html?)$/i.exec(path) ?? []
  return folder ?? null
}

/** What paths are compared by. `folder`: the name of the folder that the file is the own page of, with the folders above that. */
type Place = { name: string; slug: string; above: string[]; folder: { name: string; above: string[] } | null }

function placeOf(path: string): Place {
  const above = (one: string) => one.split(/[\\/]/).slice(0, -1).reverse()
  const name = nameOf(path).toLowerCase()
  const folder = folderOf(path)
  return {
    ...{ name, slug: slugOf(name), above: above(path) },
    folder: folder === null ? null : { name: nameOf(folder).toLowerCase(), above: above(folder) },
  }
}

/** Worked out once for each: a storm of alerts compares an address with all of them, each time. */
type Known = { place: Place; slugs: ReadonlySet<string>; slugsBelow: ReadonlySet<string> }

const compared = new WeakMap<Runbook, Known>()

function known(runbook: Runbook): Known {
  const before = compared.get(runbook)
  if (before !== undefined) return before
  const { path, section, anchors, below } = runbook
  const made = {
    place: placeOf(path),
    slugs: new Set([section, ...anchors.map(slugOf)]),
    slugsBelow: new Set(below.map(slugOf)),
  }
  compared.set(runbook, made)
  return made
}

function sameFile(has: Place, asked: Place): boolean {
  if (asked.name === '') return false
  return has.name === asked.name || (has.slug !== '' && has.slug === asked.slug) || isFolderOf(has, asked)
}

function isFolderOf(has: Place, asked: Place): boolean {
  return has.folder !== null && has.folder.name === (asked.folder ?? asked).name
}

/** Every service may have its README.md: the folders above tell them apart, as far as the address names them. */
function nearestFile(runbooks: Runbook[], asked: Place): Runbook[] {
  const alike = (runbook: Runbook) => {
    const { place } = known(runbook)
    const isFolder = isFolderOf(place, asked)
    const [has, wanted] = isFolder ? [place.folder ?? place, asked.folder ?? asked] : [place, asked]
    const differs = has.above.findIndex((folder, i) => folder !== wanted.above[i])
    return (differs < 0 ? has.above.length : differs) + (isFolder ? 1 : 0)
  }
  const most = highest(runbooks.map(alike))
  return runbooks.filter((runbook) => alike(runbook) === most)
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
