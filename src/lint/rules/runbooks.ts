// Runbooks nobody ever sees: no alert leads to them, or another one always answers first, or two answer as one.
import { nearest } from '../../config/suggest.ts'
import { hasSection, matchRunbook } from '../../runbooks/match.ts'
import type { Runbook } from '../../runbooks/runbook.ts'
import type { Finding, Rule, Subject } from '../finding.ts'

export const runbooks: Rule = {
  name: 'runbooks',
  look(subject) {
    const each = subject.runbooks.flatMap((runbook) => {
      const hidden = shadowed(subject, runbook)
      return [
        ...unreached(subject, runbook),
        ...(hidden.length > 0 ? hidden : ambiguous(subject, runbook)),
        ...strangeService(subject, runbook),
      ]
    })
    return [...each, ...withoutProcedure(subject), ...strangeSections(subject)]
  },
}

function finding(weight: Finding['weight'], { path, line }: Runbook, message: string, fix: string): Finding {
  return { weight, path: [], place: { file: path, line }, message, fix }
}

const title = (runbook: Runbook) => `runbook “${runbook.title}”`

/** Found by nothing but its name, or an address: an alert's `runbook_url`, or a service's setting. */
function isPlain({ alerts, labels, service }: Runbook): boolean {
  return alerts.length === 0 && Object.keys(labels).length === 0 && service === null
}

function unreached({ config, runbooks: all }: Subject, runbook: Runbook): Finding[] {
  if (!isPlain(runbook)) return []
  const isSet = Object.values(config.services).some(
    ({ name, runbook: explicit }) =>
      matchRunbook(all, { alertName: '', labels: {}, service: name, runbookUrl: null, explicit })?.runbook === runbook,
  )
  if (isSet) return []
  const message = `${title(runbook)} names no alert, no label and no service: only an alert that is called as it is, whose runbook_url leads here, or whose words are alike, finds it`
  return [
    finding(
      'note',
      runbook,
      message,
      'name its alerts under “Symptoms”, or in its front matter: alerts: [HighErrorRate]',
    ),
  ]
}

/** Each alert it names, or is for by its labels, is answered by another that asks for no more and is more telling, or stands first. */
function shadowed({ runbooks: all }: Subject, runbook: Runbook): Finding[] {
  if (isPlain(runbook)) return []
  const isNaming = runbook.alerts.length > 0
  const answers = (isNaming ? runbook.alerts : ['']).map((alertName) => winner(all, runbook, alertName))
  if (answers.some((one) => one === runbook || one === undefined)) return []
  const others = [...new Set(answers)].flatMap((one) => one ?? [])
  const first = others.map((other) => `“${other.title}” (${other.path}:${other.line})`).join(' and ')
  // What a `runbook_url` or a service's setting leads to is shown all the same.
  const its = isNaming ? 'the alerts it names' : 'the alerts it is for, unless their runbook_url leads here'
  const message = `${title(runbook)} is shown for none of ${its}: ${first} ${others.length === 1 ? 'answers' : 'answer'} them first`
  const fix = isNaming
    ? 'take the alert names out of one of them'
    : 'tell them apart with match: or service: in the front matter'
  return [finding('warning', runbook, message, fix)]
}

/** What an alert of that name with just the labels the runbook asks for would get. */
function winner(all: Runbook[], { labels, service }: Runbook, alertName: string): Runbook | undefined {
  const query = { alertName, labels, service: service ?? '', runbookUrl: null, explicit: null }
  return matchRunbook(all, query)?.runbook
}

/** The first of two that name the same alert and ask for as much is as good as the other: told at the second. */
function ambiguous({ runbooks: all }: Subject, runbook: Runbook): Finding[] {
  const before = all.slice(0, all.indexOf(runbook))
  const key = ({ labels, service }: Runbook) => JSON.stringify([Object.entries(labels).sort(), service])
  return before.flatMap((other) => {
    const both = runbook.alerts.filter((alert) => other.alerts.includes(alert))
    if (both.length === 0 || key(other) !== key(runbook)) return []
    const message = `${title(runbook)} and “${other.title}” (${other.path}:${other.line}) both answer ${both.join(', ')}: the first is shown`
    return [
      finding(
        'warning',
        runbook,
        message,
        'name each alert in one of them, or tell them apart with match: in the front matter',
      ),
    ]
  })
}

function strangeService({ config }: Subject, runbook: Runbook): Finding[] {
  const services = Object.keys(config.services)
  if (runbook.service === null || services.includes(runbook.service)) return []
  const meant = nearest(runbook.service, services)
  if (meant === null) return []
  const message = `${title(runbook)} is for a service “${runbook.service}”, which services does not have`
  return [finding('note', runbook, message, `is ${meant} meant?`)]
}

/** What a service has set is a folder, another kind of file, or one that could not be read. */
function withoutProcedure({ config, runbooks: all }: Subject): Finding[] {
  return Object.values(config.services).flatMap(({ name, runbook }): Finding[] => {
    const file = runbook?.replace(/#.*$/, '')
    if (file === undefined || all.some(({ path }) => path === file)) return []
    const message = `the runbook of ${name} is ${file}, in which there is no procedure: its alerts get none by it`
    return [{ weight: 'warning', path: ['services', name, 'runbook'], message, fix: 'name a file with numbered steps' }]
  })
}

/** What a service has set is a section that its file does not have: then the first procedure there is taken. */
function strangeSections({ config, runbooks: all }: Subject): Finding[] {
  return Object.values(config.services).flatMap(({ name, runbook }): Finding[] => {
    const [file = '', section = ''] = runbook?.split('#') ?? []
    const there = all.filter(({ path }) => path === file)
    const [first] = there
    if (first === undefined || there.length === 1 || section === '' || hasSection(there, section)) return []
    const names = there.map((one) => one.section)
    const meant = nearest(section, names)
    const message = `the runbook of ${name} is a section “${section}” that its file does not have: “${first.title}” is shown, the first there`
    const fix = meant === null ? `the file has ${names.join(', ')}` : `did you mean #${meant}?`
    return [{ weight: 'warning', path: ['services', name, 'runbook'], message, fix }]
  })
}
