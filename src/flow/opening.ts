// How an incident begins, whoever begins it: its promises are frozen, its clocks start, its runbook is found.
import { type Bot, nameOf, type Rules } from '../bot.ts'
import { type Alert, alertName, type Labels } from '../core/alert.ts'
import { Draft } from '../core/change.ts'
import type { SeverityReason } from '../core/classify.ts'
import { begin, type Incident } from '../core/incident.ts'
import { pace } from '../core/pace.ts'
import { withRunbookClocks } from '../core/runbook-clocks.ts'
import { type Severity, severities } from '../core/severity.ts'
import { type Terms, usualEvidence } from '../core/terms.ts'
import { entry, type Fact } from '../core/timeline.ts'
import { type Choice, findRunbook } from '../runbooks/match.ts'
import { nameIn, titleAmong } from '../runbooks/named.ts'
import type { Writing } from '../store/changes.ts'

export type Opening = {
  number: number
  groupingKey: string | null
  title: string
  service: string
  severity: Severity
  /** What decided the severity; absent: a person did. */
  because?: SeverityReason
  trace: string
  /** Null: opened by an alert. */
  by: string | null
  alert: Alert | null
}

/** A new incident as a draft: terms frozen, clocks started, runbook found. Nothing is written. */
export function openIncident(bot: Pick<Rules, 'config' | 'runbooks'>, opening: Opening, now: Date): Draft {
  const { number, groupingKey, title, service, severity, trace, by, alert } = opening
  const { match, isGuess, choices } = findRunbook(bot.runbooks, runbookQuery(bot, service, title, alert))
  // A guess may be shown; it must not wake anybody.
  const escalations =
    isGuess || match === null ? [] : match.runbook.escalations.map(({ after, unless }) => ({ after, unless }))
  const runbook = match && { path: match.runbook.path, section: match.runbook.section }
  const terms = withRunbookClocks(freezeTerms(bot, service, runbook), escalations)
  const bare: Incident = {
    ...{ status: 'open', number, groupingKey, title, service, severity, trace, terms },
    ...{ openedAt: now, lead: null, position: null, quietUntil: null },
  }
  const { position, clocks } = begin(bare, now)
  const draft = new Draft({ incident: { ...bare, position }, clocks }, true)
  const policy = { name: terms.severities[severity].policy.name, of: policyOf(bot.config, service) }
  const why = opening.because === undefined ? {} : { because: opening.because }
  draft.entries.push(entry({ kind: 'incident_opened', severity, title, service, ...why, policy }, now, by))
  if (match) {
    const times = escalations.length > 0 ? { escalations } : {}
    const fact = { kind: 'runbook_matched', title: match.runbook.title, because: match.because, ...times } as const
    draft.entries.push(entry(fact, now))
    draft.runbook.push(...match.runbook.steps)
  }
  if (choices.length > 0) draft.entries.push(entry(offered(bot, choices, match?.runbook), now))
  return draft
}

function offered(bot: Pick<Rules, 'runbooks'>, choices: Choice[], taken: Choice['runbook'] | undefined): Fact {
  const shown = [...(taken ? [taken] : []), ...choices.map(({ runbook }) => runbook)]
  const named = choices.map(({ runbook, score }) => ({
    title: titleAmong(shown, runbook),
    name: nameIn(bot.runbooks, runbook),
    score,
  }))
  return { kind: 'runbook_offered', choices: named }
}

/** What the writer of changes needs to know of this bot. */
export function writing(bot: Pick<Bot, 'clock' | 'config' | 'platforms'>): Writing {
  return {
    now: bot.clock.now(),
    platforms: bot.platforms.map((platform) => platform.name),
    nameOf: (person) => nameOf(bot, person),
  }
}

/** Whose policy an incident of this service gets. */
function policyOf({ services, policies }: Rules['config'], service: string): 'service' | 'severity' {
  const named = services[service]?.policy
  return named && policies[named] ? 'service' : 'severity'
}

function freezeTerms(bot: Pick<Rules, 'config'>, service: string, runbook: Terms['runbook']): Terms {
  const { config } = bot
  const known = config.services[service]
  const policy = known?.policy ? config.policies[known.policy] : undefined
  const frozen = severities.map((severity) => {
    const terms = config.severities[severity]
    return [
      severity,
      policy ? { ...terms, policy: pace(policy, severity, terms.clocks, config.hours) } : terms,
    ] as const
  })
  return {
    zone: config.zone,
    hours: config.hours,
    severities: Object.fromEntries(frozen) as Terms['severities'],
    quietFor: config.grouping.quietFor,
    runbook,
    charts: known?.charts ?? [],
    dashboards: known?.dashboards ?? [],
    ...frozenPostmortems(config, service),
    evidence: {
      ...{ severities: config.evidence.severities, names: known?.names ?? usualEvidence.names },
      ...(known !== undefined && known.dependsOn.length > 0 && { dependsOn: known.dependsOn }),
    },
  }
}

/** What is drafted as usual says nothing: so do incidents from before there was a choice. */
function frozenPostmortems({ postmortems, services }: Rules['config'], service: string): Pick<Terms, 'postmortems'> {
  const own = services[service]?.postmortem
  const named = severities.map((severity) => [severity, own ?? postmortems[severity]] as const)
  if (named.every(([, name]) => name === 'default')) return {}
  return { postmortems: Object.fromEntries(named) as Record<Severity, string> }
}

function runbookQuery(bot: Pick<Rules, 'config'>, service: string, title: string, alert: Alert | null) {
  const labels: Labels = alert?.labels ?? {}
  const { summary = '', description = '', message = '' } = alert?.annotations ?? {}
  return {
    title,
    says: `${summary} ${description} ${message}`,
    alertName: alert ? alertName(labels) : '',
    labels,
    service,
    runbookUrl: alert?.annotations.runbook_url ?? alert?.annotations.runbook ?? null,
    explicit: bot.config.services[service]?.runbook ?? null,
  }
}
