// The shape of a valid configuration, after every default is filled in. `load.ts` makes it from tocsin.yaml and the environment.
import type { Theme } from '../charts/theme.ts'
import type { Rhythm } from '../core/checklist.ts'
import type { SeverityRule } from '../core/classify.ts'
import type { Goals } from '../core/goals.ts'
import type { Hours } from '../core/hours.ts'
import type { PolicyPlan } from '../core/pace.ts'
import type { Quiet, Reach } from '../core/reach.ts'
import type { Schedule } from '../core/schedule.ts'
import type { Severity } from '../core/severity.ts'
import type { Slo } from '../core/slo.ts'
import type { ChartSpec, DashboardLink, ServiceNames, SeverityTerms } from '../core/terms.ts'
import type { BaselineChoice } from '../evidence/baseline.ts'
import type { Access } from './access.ts'
import type { EvidenceConfig } from './evidence.ts'
import type { Problem } from './problem.ts'
import type { Path } from './tree.ts'

export type { SeverityRule } from '../core/classify.ts'

export type Person = {
  key: string
  name: string
  email: string | null
  /** Account ids by platform name, e.g. `{ slack: 'U012', discord: '8412', console: 'ada' }`. */
  accounts: Record<string, string>
  /** Own rules how to be paged; null: as everybody. */
  reach: Reach | null
  /** When a page of a P3 or P4 waits. */
  quiet: Quiet | null
}

export type EmailConfig = {
  /** `smtp://` or `smtps://`, with user and password when the server wants them. */
  smtp: string
  from: string
  /** Milliseconds for a whole mail. */
  timeout: number
}

/** `timeout` in milliseconds; `secret` null: what is posted is not signed. */
export type WebhookConfig = { name: string; url: string; secret: string | null; timeout: number; proxy: string | null }

export type Service = {
  name: string
  /** Tried before the general rules. */
  severityRules: SeverityRule[]
  /** Replaces the severities' own policy for this service. */
  policy: string | null
  /** Absolute path of a runbook file, with `#section` when one is meant. */
  runbook: string | null
  /** Template of its post-mortems; null: that of the severity. */
  postmortem: string | null
  charts: ChartSpec[]
  dashboards: DashboardLink[]
  /** Services whose changes may break this one. */
  dependsOn: string[]
  /** What it is called where evidence is looked for. */
  names: ServiceNames
}

export type Source = {
  /** Last part of its address: POST /alerts/<name>. */
  name: string
  /** Which parser reads it; a key of `sources` in src/sources/index.ts. */
  kind: string
  token: string
}

/** Who tells of deployments and flags: POST /changes/<name>. */
export type ChangeSource = {
  name: string
  /** A key of `changeFormats` in src/changes/index.ts. */
  kind: string
  token: string
  /** Other environments' changes are left out; empty: none is. */
  environments: string[]
  /** What the sender calls a service, and its name here. */
  services: Record<string, string>
}

export type SlackConfig = {
  botToken: string
  /** Set: Socket Mode. Null: signed HTTP at /slack/events. */
  appToken: string | null
  signingSecret: string | null
  apiUrl: string | null
  /** The way out to Slack, perhaps with a password; null: directly. */
  proxy: string | null
  incidentsChannel: string
  alertsChannel: string
}

export type DiscordConfig = {
  botToken: string
  apiUrl: string | null
  /** Server id; null: the only server the bot is in. */
  guild: string | null
  incidentsChannel: string
  alertsChannel: string
}

/** `channel` null: each platform's incidents channel. */
type ChecklistConfig = { name: string; every: Rhythm; items: string[]; channel: string | null }

export type DigestConfig = {
  /** Empty: the one under `digest`. */
  name: string
  cron: string
  zone: string
  /** Null: each platform's incidents channel. */
  channel: string | null
  /** Empty: all. */
  platforms: string[]
  /** Empty: all. */
  services: string[]
  /** Mail addresses. */
  email: string[]
}

/** A group on a chat platform that holds whoever is on call in any of the schedules. */
export type UserGroupConfig = { platform: string; name: string; schedules: string[] }

export type Config = {
  team: string
  zone: string
  people: Record<string, Person>
  schedules: Record<string, Schedule>
  userGroups: UserGroupConfig[]
  /** Milliseconds an incoming person has to confirm the pager; null: nobody is asked to. */
  handover: { acceptWithin: number | null }
  /** People by the name of their group. */
  groups: Record<string, string[]>
  /** What people can be in an incident; always with `lead`. */
  roles: string[]
  /** As written: how fast they go depends on the severity. */
  policies: Record<string, PolicyPlan>
  /** Where each of their steps stands in the file, for who has to say so. */
  stepPlaces: Record<string, Path[]>
  /** The policies each of them is made of. */
  policyParts: Record<string, string[]>
  /** Keys and values in tocsin.yaml that have typographic quotes as a part of them. */
  curly: Problem[]
  /** Steps that take one target one by one; `group`: where that is one. */
  loneTurns: { place: Path; group: string | null }[]
  severities: Record<Severity, SeverityTerms>
  severityRules: SeverityRule[]
  /** When no rule matches and the alert carries no known severity label. */
  defaultSeverity: Severity
  services: Record<string, Service>
  hours: Hours
  /** Labels, and milliseconds. */
  grouping: { by: string[]; reopenWithin: number; quietFor: number }
  sources: Record<string, Source>
  /** `before` in milliseconds, `keep` in days. */
  changes: { sources: Record<string, ChangeSource>; before: number; keep: number }
  /** Absolute paths of files and folders. */
  runbooks: string[]
  /** `hours`: business days and their zone; `at`: `HH:MM`. `documents`: those that runbook files hold come up, too. */
  checklists: { documents: boolean; at: string; hours: Hours; channel: string | null; lists: ChecklistConfig[] }
  /** `url` null: there is none. `timeout` in milliseconds. */
  prometheus: Omit<Access, 'url'> & { url: string | null; timeout: number }
  /** Where alerts are silenced; `timeout` in milliseconds. */
  alertmanager: Omit<Access, 'url'> & { url: string | null; timeout: number }
  charts: { baseline: BaselineChoice; theme: Theme }
  evidence: EvidenceConfig
  slos: Slo[]
  /** The one that always was; its zone is also that of figures nobody asked a digest for. */
  digest: DigestConfig
  /** All that are posted, by unique names. */
  digests: DigestConfig[]
  goals: Goals
  /** `HH:MM`, in the zone of the digest. */
  night: { from: string; until: string }
  /** An address asked every so many milliseconds while all is well; null: nobody watches from outside. */
  heartbeat: { url: string; every: number; proxy: string | null } | null
  slack: SlackConfig | null
  discord: DiscordConfig | null
  console: { incidentsChannel: string; alertsChannel: string }
  /** Null: no mails are sent. */
  email: EmailConfig | null
  /** Ways out that people's rules and policies name `webhook:<name>`. */
  webhooks: Record<string, WebhookConfig>
  /** Token for the API and the console; null only while the bot listens on loopback. */
  accessToken: string | null
  server: { host: string; port: number /** How people reach the bot, for links in messages. */; publicUrl: string }
  database: { url: string | null; dataFolder: string }
  log: { level: string; file: string | null }
  metricsEnabled: boolean
  /** Folder that holds tocsin.yaml: relative paths in it start here. */
  folder: string
  /** Names of the templates that post-mortems are drafted with. */
  postmortems: Record<Severity, string>
  /** Folder with the team's own templates, tried before the built-in ones. */
  templates: string | null
}
