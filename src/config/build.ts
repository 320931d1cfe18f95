// The configuration as the bot uses it: what is written, the environment on top, every default filled in.
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { changeFormats } from '../changes/index.ts'
import type { Schedule } from '../core/schedule.ts'
import { severities } from '../core/severity.ts'
import type { ChartSpec } from '../core/terms.ts'
import { runbookFiles } from '../runbooks/load.ts'
import { accessAt } from './access.ts'
import { chartBands } from './bands.ts'

import type {
  ChangeSource,
  Config,
  DigestConfig,
  DiscordConfig,
  EmailConfig,
  Person,
  Service,
  SlackConfig,
  UserGroupConfig,
  WebhookConfig,
} from './config.ts'

import { severityTerms } from './defaults.ts'
import type { Settings } from './environment.ts'
import { dashboardOf, evidenceOf, serviceNames } from './evidence.ts'
import { loneTurns, partsOf, planOf, stepPlaces } from './plans.ts'
import type { WrittenDigest } from './schema/digests.ts'
import type { Written } from './schema/document.ts'
import { sloOf } from './slos.ts'

/** @param folder that of tocsin.yaml. @param cwd where relative paths of the environment start. */
export function buildConfig(written: Written, settings: Settings, folder: string, cwd: string): Omit<Config, 'curly'> {
  const policies = record(written.policies, (_, name) => planOf(written.policies, name))
  const { business_hours, grouping } = written
  const hours = { ...business_hours, zone: business_hours.zone ?? written.zone }
  return {
    team: written.team,
    zone: written.zone,
    people: record(written.people, (person, key) => personOf(person, key, written.zone)),
    schedules: record(written.schedules, (schedule, name) => scheduleOf(schedule, name, written)),
    userGroups: userGroupsOf(written.schedules),
    handover: { acceptWithin: written.handover.accept_within },
    groups: record(written.groups, (people) => people),
    roles: [...new Set(['lead', ...written.roles])],
    policies,
    stepPlaces: record(written.policies, (_, name) => stepPlaces(written.policies, name)),
    policyParts: record(written.policies, (_, name) => partsOf(written.policies, name)),
    loneTurns: loneTurns(written.policies),
    severities: Object.fromEntries(
      severities.map((s) => [s, severityTerms(s, written, policies, hours)]),
    ) as Config['severities'],
    severityRules: written.severity_rules,
    defaultSeverity: written.default_severity,
    services: record(written.services, (service, name) => serviceOf(service, name, written.grafana)),
    hours,
    grouping: { by: grouping.by, reopenWithin: grouping.reopen_within, quietFor: grouping.quiet_for },
    sources: record(written.sources, ({ token, kind }, name) => ({ name, kind: kind ?? name, token })),
    changes: {
      ...{ before: written.changes.before, keep: written.changes.keep },
      sources: record(written.changes.sources, (source, name) => changeSourceOf(source, name)),
    },
    runbooks: runbooksOf(written, folder),
    checklists: checklistsOf(written.checklists, hours),
    prometheus: {
      ...accessAt(settings.PROMETHEUS_URL, written.prometheus),
      timeout: written.prometheus.timeout,
    },
    alertmanager: {
      ...accessAt(settings.ALERTMANAGER_URL, written.alertmanager),
      timeout: written.alertmanager.timeout,
    },
    charts: written.charts,
    evidence: evidenceOf(written),
    slos: written.slos.map((slo) => sloOf(slo, written.zone)),
    ...digestsOf(written),
    heartbeat: written.heartbeat ? { ...written.heartbeat, proxy: written.heartbeat.proxy ?? null } : null,
    slack: slackOf(written.slack, settings),
    discord: discordOf(written.discord, settings),
    console: channelsOf(written.console),
    email: emailOf(written.email, settings),
    webhooks: record(written.webhooks, webhookOf),
    accessToken: settings.TOCSIN_ACCESS_TOKEN ?? (written.access_token || null),
    server: {
      host: settings.HOST,
      port: settings.PORT,
      publicUrl: settings.TOCSIN_PUBLIC_URL ?? written.public_url ?? ownAddress(settings.HOST, settings.PORT),
    },
    database: { url: settings.DATABASE_URL, dataFolder: resolve(cwd, settings.TOCSIN_DATA) },
    log: { level: settings.LOG_LEVEL, file: settings.LOG_FILE === null ? null : resolve(cwd, settings.LOG_FILE) },
    metricsEnabled: settings.METRICS_ENABLED,
    folder,
    postmortems: postmortemsOf(written.postmortems),
    templates: written.templates ?? null,
  }
}

/** Also files that only a service names: they would not be there when it needs them. A folder it names is none, and all in it is not meant. */
function runbooksOf({ runbooks, services }: Written, folder: string): string[] {
  const standard = join(folder, 'runbooks')
  const all = runbooks ?? (existsSync(standard) ? [standard] : [])
  const named = Object.values(services).flatMap(({ runbook }) => runbook?.replace(/#.*$/, '') ?? [])
  const isRead = (file: string) => all.some((one) => file.startsWith(`${one}/`) && runbookFiles([file]).length > 0)
  const others = named.filter((file) => !isRead(file) && statSync(file, { throwIfNoEntry: false })?.isFile())
  return [...new Set([...all, ...others])]
}

function postmortemsOf({ template, templates }: Written['postmortems']): Config['postmortems'] {
  return Object.fromEntries(severities.map((s) => [s, templates[s] ?? template])) as Config['postmortems']
}

/** Without a prototype: `constructor` is nobody's name, and the address /alerts/constructor no source's. */
function record<A, B>(from: Record<string, A>, make: (value: A, key: string) => B): Record<string, B> {
  const entries = Object.entries(from).map(([key, value]) => [key, make(value, key)])
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}

/** Several schedules may fill one group. */
function userGroupsOf(schedules: Written['schedules']): UserGroupConfig[] {
  const groups = new Map<string, UserGroupConfig>()
  for (const [schedule, { slackGroup: name }] of Object.entries(schedules)) {
    if (name === null) continue
    const group = groups.get(name) ?? { platform: 'slack', name, schedules: [] }
    groups.set(name, { ...group, schedules: [...group.schedules, schedule] })
  }
  return [...groups.values()]
}

function personOf(written: Written['people'][string], key: string, zone: string): Person {
  const { name, email, reach, quiet, ...accounts } = written
  const known = Object.entries({ ...accounts, console: accounts.console ?? key }).filter(
    ([, account]) => account !== undefined,
  )
  return {
    ...{ key, name: name ?? key, email: email ?? null, accounts: Object.fromEntries(known), reach: reach ?? null },
    quiet: quiet === undefined ? null : { ...quiet, zone: quiet.zone ?? zone },
  }
}

function scheduleOf(schedule: Written['schedules'][string], name: string, written: Written): Schedule {
  const zone = schedule.zone ?? written.zone
  const layers = schedule.layers.map((layer) => ({ ...layer, zone: layer.zone ?? zone }))
  return {
    name,
    zone,
    layers,
    holidays: schedule.holidays ?? written.business_hours.holidays,
    calendar: schedule.calendar,
  }
}

function serviceOf(written: Written['services'][string], name: string, grafana: Written['grafana']): Service {
  return {
    name,
    severityRules: [...(written.severity_rules ?? []), ...(written.severity ?? [])],
    policy: written.policy ?? null,
    runbook: written.runbook ?? null,
    postmortem: written.postmortem ?? null,
    charts: written.charts.map(chartOf),
    dashboards: written.dashboards.map((one) => dashboardOf(one, grafana)),
    dependsOn: written.depends_on,
    names: serviceNames(written),
  }
}

function chartOf(written: Written['services'][string]['charts'][number]): ChartSpec {
  const { title, promql, unit, scale } = written
  const held = chartBands(written)
  return { title, expr: promql, unit: unit ?? held?.unit ?? null, scale, ...(held && { bands: held.bands }) }
}

function digestsOf(written: Written): Pick<Config, 'digest' | 'digests' | 'goals' | 'night'> {
  const { enabled, ...usual } = written.digest
  const one = (digest: WrittenDigest, name: string): DigestConfig => ({
    ...{ ...digest, name, zone: digest.zone ?? written.zone, channel: digest.channel ?? null },
  })
  const digest = one(usual, '')
  const others = Object.entries(written.digests).map(([name, its]) => one(its, name))
  const { mttr, mtbf, precision, change_failures } = written.goals
  return {
    ...{ digest, digests: [...(enabled ? [digest] : []), ...others], night: written.night },
    goals: { mttr: mttr || null, mtbf: mtbf || null, precision, changeFailures: change_failures },
  }
}

function checklistsOf(written: Written['checklists'], hours: Config['hours']): Config['checklists'] {
  const channel = written.channel ?? null
  const lists = Object.entries(written.lists).map(([name, list]) => ({
    ...{ name, every: list.every, items: list.items, channel: list.channel ?? channel },
  }))
  return { documents: written.documents, at: written.at, hours, channel, lists }
}

function changeSourceOf(written: Written['changes']['sources'][string], name: string): ChangeSource {
  const kind = written.kind ?? (Object.hasOwn(changeFormats, name) ? name : 'generic')
  return { ...written, name, kind }
}

function channelsOf(written: Written['console']): Config['console'] {
  return { incidentsChannel: written.incidents_channel, alertsChannel: written.alerts_channel }
}

const usualChannels = { incidents_channel: 'incidents', alerts_channel: 'alerts' }

function slackOf(written: Written['slack'], settings: Settings): SlackConfig | null {
  const botToken = settings.SLACK_BOT_TOKEN ?? written?.bot_token
  if (!botToken) return null
  return {
    botToken,
    appToken: settings.SLACK_APP_TOKEN ?? (written?.app_token || null),
    signingSecret: settings.SLACK_SIGNING_SECRET ?? (written?.signing_secret || null),
    apiUrl: settings.SLACK_API_URL ?? written?.api_url ?? null,
    proxy: settings.SLACK_PROXY ?? written?.proxy ?? null,
    ...channelsOf(written ?? usualChannels),
  }
}

function discordOf(written: Written['discord'], settings: Settings): DiscordConfig | null {
  const botToken = settings.DISCORD_BOT_TOKEN ?? written?.bot_token
  if (!botToken) return null
  return {
    botToken,
    apiUrl: settings.DISCORD_API_URL ?? written?.api_url ?? null,
    guild: written?.guild ?? null,
    ...channelsOf(written ?? usualChannels),
  }
}

function webhookOf({ secret, proxy, ...webhook }: Written['webhooks'][string], name: string): WebhookConfig {
  return { name, ...webhook, secret: secret ?? null, proxy: proxy ?? null }
}

function emailOf(written: Written['email'], settings: Settings): EmailConfig | null {
  const smtp = settings.SMTP_URL ?? written?.smtp
  return written === undefined || !smtp ? null : { smtp, from: written.from, timeout: written.timeout }
}

/** Listening on every interface says nothing about a name; `localhost` at least works on this machine. */
function ownAddress(host: string, port: number): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const name = bare === '0.0.0.0' || bare === '::' ? 'localhost' : bare.includes(':') ? `[${bare}]` : bare
  return `http://${name}:${port}`
}
