// The whole of tocsin.yaml. Every key has its help here, once: the reference in README and the JSON Schema come from it.
import { z } from 'zod'
import { address, channel, date, duration, link, secret, severity, text, time, wait, zone } from '../notation.ts'
import { proxy } from './access.ts'
import { changes } from './changes.ts'
import { chartsLook } from './charts.ts'
import { checklists } from './checklists.ts'
import { weekdays } from './days.ts'
import { digest, digests, goals, night } from './digests.ts'
import { elasticsearch, evidence, grafana, kibana, loki, traces } from './evidence.ts'
import { existing, type Known, nameIn } from './known.ts'
import { alertmanager, prometheus } from './monitoring.ts'
import { handover } from './pager.ts'
import { keys, leaf, list, named, plainName } from './parts.ts'
import { people } from './people.ts'
import { groups, policies } from './policies.ts'
import { postmortems } from './postmortems.ts'
import { email, webhooks } from './reach.ts'
import { roles } from './roles.ts'
import { schedules } from './schedules.ts'
import { services } from './services.ts'
import { severities, severityRules } from './severities.ts'
import { slos } from './slos.ts'

const businessHours = keys({
  zone: leaf(zone, 'Zone of these hours.', { 'x-default': "the team's zone" }).optional(),
  days: weekdays('Business days.', 'mon-fri'),
  from: leaf(time, 'Opening.').prefault('09:00'),
  until: leaf(time, 'Close; also when “next business day” ends.').prefault('17:00'),
  holidays: list(leaf(date, 'Days without business hours.')).prefault([]),
}).superRefine((hours, ctx) => {
  if (hours.from >= hours.until)
    ctx.addIssue({ code: 'custom', message: `must be after ${hours.from}, and 23:59 at the latest`, path: ['until'] })
  if (hours.days.length === 0) ctx.addIssue({ code: 'custom', message: 'has no weekday', path: ['days'] })
})

const grouping = keys({
  by: list(
    leaf(
      text,
      'Labels whose values an incident’s alerts share; `service` and `alertname` are found under their usual names.',
    ),
  )
    .refine((labels) => labels.length > 0, { error: 'must name at least one label' })
    .prefault(['service', 'alertname']),
  reopen_within: leaf(duration, 'A new alert reopens an incident resolved less than this ago.').prefault('15m'),
  quiet_for: leaf(duration, 'All alerts must stay clear this long before the incident resolves itself.').prefault('5m'),
})

function sources(known: Known) {
  const kind = nameIn('a kind of source', 'the kinds of sources', known.kinds, 'alertmanager')
  return named(
    plainName,
    keys({
      token: leaf(secret, 'Bearer token its senders present.'),
      kind: leaf(kind, 'Which format it reads.', { 'x-default': 'its name' }).optional(),
    }),
  )
}

const roomChannels = {
  incidents_channel: leaf(channel, 'Where incidents are announced.').prefault('incidents'),
  alerts_channel: leaf(channel, 'Where P3 cards go.').prefault('alerts'),
}

/** A secret that may come out empty, as in `${SLACK_BOT_TOKEN:-}`: the environment is asked then. */
const token = { ...secret, read: (written: string) => written.trim() }

const slack = keys({
  ...roomChannels,
  bot_token: leaf(token, 'Bot token (xoxb-…).', { 'x-default': 'SLACK_BOT_TOKEN' }).optional(),
  app_token: leaf(token, 'App token (xapp-…): Socket Mode.', { 'x-default': 'SLACK_APP_TOKEN' }).optional(),
  signing_secret: leaf(token, 'Signing secret: HTTP mode.', { 'x-default': 'SLACK_SIGNING_SECRET' }).optional(),
  api_url: leaf(address, 'Another Slack API address.', { 'x-default': 'SLACK_API_URL' }).optional(),
  proxy: proxy({ 'x-default': 'SLACK_PROXY' }),
})

const discord = keys({
  ...roomChannels,
  guild: leaf(text, 'Server id.', { 'x-default': 'the only server the bot is in' }).optional(),
  bot_token: leaf(token, 'Bot token.', { 'x-default': 'DISCORD_BOT_TOKEN' }).optional(),
  api_url: leaf(address, 'Another Discord API address.', { 'x-default': 'DISCORD_API_URL' }).optional(),
})

function ownFolder(known: Known) {
  return leaf(
    existing(known, 'a folder of templates', 'templates'),
    'Folder with your own templates; tried before the built-in ones.',
  )
}

export function documentSchema(known: Known) {
  const runbook = leaf(
    existing(known, 'a runbook file or folder', 'runbooks'),
    'Folders or files of Markdown runbooks.',
    { 'x-default': '`runbooks`, when it exists' },
  )
  return keys({
    team: leaf(text, 'Name of the team.').prefault('Tocsin'),
    zone: leaf(zone, 'Time zone (IANA) people read times in.').prefault('UTC'),
    people: people(known).prefault({}),
    schedules: schedules(known).prefault({}),
    handover: handover.prefault({}),
    groups: groups(known).prefault({}),
    policies: policies(known).prefault({}),
    roles: roles.prefault(['comms', 'scribe']),
    severities: severities(known).prefault({}),
    severity_rules: severityRules.prefault([]),
    default_severity: leaf(severity, 'When no rule matches and the alert says nothing itself.').prefault('P2'),
    services: services(known).prefault({}),
    business_hours: businessHours.prefault({}),
    grouping: grouping.prefault({}),
    sources: sources(known).prefault({}),
    changes: changes(known).prefault({}),
    runbooks: z.union([runbook.transform((one) => [one]), list(runbook)]).optional(),
    checklists: checklists.prefault({}),
    prometheus: prometheus(known).prefault({}),
    alertmanager: alertmanager(known).prefault({}),
    charts: chartsLook.prefault({}),
    evidence: evidence.prefault({}),
    loki: loki(known).optional(),
    elasticsearch: elasticsearch(known).optional(),
    kibana: kibana.optional(),
    traces: traces(known).optional(),
    grafana: grafana(known).optional(),
    slos: slos.prefault([]),
    digest: digest.prefault({}),
    digests: digests.prefault({}),
    goals: goals.prefault({}),
    night: night.prefault({}),
    heartbeat: keys({
      url: leaf(
        // Often it is a secret itself.
        { ...link, secret: true },
        'Asked (GET) while all is well and not otherwise: whoever watches it from outside notices when the bot does not.',
      ),
      every: leaf(wait, 'How often; each replica does it.').prefault('1m'),
      proxy: proxy(),
    }).optional(),
    slack: slack.optional(),
    discord: discord.optional(),
    console: keys(roomChannels).prefault({}),
    email: email.optional(),
    webhooks: webhooks.prefault({}),
    postmortems: postmortems(known).prefault({}),
    templates: ownFolder(known).optional(),
    public_url: leaf(address, 'How people reach the bot, for links.', {
      'x-default': 'TOCSIN_PUBLIC_URL, else http://HOST:PORT',
    }).optional(),
    access_token: leaf(token, 'Token for the API and the console; needed off loopback, 8 characters at least.', {
      'x-default': 'TOCSIN_ACCESS_TOKEN',
    }).optional(),
  })
}

/** tocsin.yaml after reading, before the environment and the remaining defaults. */
export type Written = z.output<ReturnType<typeof documentSchema>>
