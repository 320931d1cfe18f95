// How an incident begins, whoever begins it: its promises are frozen, its clocks start, its runbook is found.
import { type Bot, nameOf, type Rules } from '../bot.ts'
import { type Alert, alertName, type Labels } from '../core/alert.ts'
import { Draft } from '../core/change.ts'
import type { SeverityReason } from '../core/classify.ts'
import { begin, type Incident } from '../core/incident.ts'
import { pace } from '../core/pace.ts'
import { type Severity, severities } from '../core/severity.ts'
import type { Terms } from '../core/terms.ts'
import { entry } from '../core/timeline.ts'
import { matchRunbook } from '../runbooks/match.ts'
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

export function openIncident(bot: Pick<Rules, 'config' | 'runbooks'>, opening: Opening, now: Date): Draft {
  const { number, groupingKey, title, service, severity, trace, by, alert } = opening
  const found = matchRunbook(bot.runbooks, runbookQuery(bot, service, alert?.labels ?? {}, alert))
  const terms = freezeTerms(bot, service, found && { path: found.runbook.path, section: found.runbook.section })
  const bare: Incident = {
    ...{ status: 'open', number, groupingKey, title, service, severity, trace, terms },
    ...{ openedAt: now, lead: null, position: null, quietUntil: null },
  }
  const { position, clocks } = begin(bare, now)
  const draft = new Draft({ incident: { ...bare, position }, clocks }, true)
  const policy = { name: terms.severities[severity].policy.name, of: policyOf(bot.config, service) }
  const why = opening.because === undefined ? {} : { because: opening.because }
  draft.entries.push(entry({ kind: 'incident_opened', severity, title, service, ...why, policy }, now, by))
  if (found) {
    draft.entries.push(entry({ kind: 'runbook_matched', title: found.runbook.title, because: found.because }, now))
    draft.runbook.push(...found.runbook.steps)
  }
  return draft
}

/** What the writer of changes needs to know of this bot. */
export function writing(bot: Bot): Writing {
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
  }
}

function runbookQuery(bot: Pick<Rules, 'config'>, service: string, labels: Labels, alert: Alert | null) {
  return {
    alertName: alert ? alertName(labels) : '',
    labels,
    service,
    runbookUrl: alert?.annotations.runbook_url ?? alert?.annotations.runbook ?? null,
    explicit: bot.config.services[service]?.runbook ?? null,
  }
}
