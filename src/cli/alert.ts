// tocsin alert: sends the sample alert the way Alertmanager would, so that the whole path can be seen in a minute.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { packageRoot } from '../config/load.ts'
import { UserError } from '../errors.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'
import { ask, type RunningBot, runningBot } from './running.ts'

type Labels = Record<string, string>
type Sample = { labels: Labels; annotations: Labels; fingerprint: string; [field: string]: unknown }
type Delivery = { alerts: Sample[]; [field: string]: unknown }
type Listed = { number: number; title: string; status: string; room: string | null; alerts: { fingerprint: string }[] }

type Options = { recover?: boolean; name?: string; service?: string; severity?: string; url?: string }

export function addAlert(program: Command, add: Add): void {
  add(
    program,
    'alert',
    'send the sample alert to the running bot',
    [
      ['--recover', 'say that the alert is over'],
      ['--name <alertname>', 'another alert name: an incident of its own'],
      ['--service <service>', 'another service'],
      ['--severity <severity>', 'another severity: critical, warning, info'],
      ['--url <address>', 'where the bot is; default: where the configuration says'],
    ],
    (options, around) => alert(options as Options, around),
  )
}

async function alert(options: Options, around: Surroundings): Promise<Outcome> {
  const bot = runningBot(around, options.url)
  const source = sourceFor(bot.config)
  const delivery = await sample(options)
  const headers = { authorization: `Bearer ${source.token}` }
  const answer = await ask(bot.http.post<object>(`/alerts/${source.name}`, delivery, { headers }))
  const fingerprint = delivery.alerts[0]?.fingerprint ?? ''
  const incident = await incidentOf(bot, fingerprint)
  const state = options.recover ? 'resolved' : 'firing'
  return {
    lines: [`Sent: ${delivery.alerts[0]?.labels.alertname} is ${state}.`, ...next(bot, incident, options)],
    data: { ...answer, fingerprint, status: state, incident: incident?.number ?? null, url: bot.url },
  }
}

/** One that reads what Alertmanager sends; the quickstart's own first, for the sample is nobody's real alert. */
function sourceFor(config: Config): { name: string; token: string } {
  const able = Object.values(config.sources).filter((source) => source.kind === 'alertmanager')
  const source = able.find(({ token }) => token === 'quickstart') ?? able[0]
  if (source !== undefined) return source
  throw new UserError(
    'The sample is in the format of Alertmanager, and no source in tocsin.yaml has kind: alertmanager.',
  )
}

async function sample({ recover, name, service, severity }: Options): Promise<Delivery> {
  const text = await readFile(join(packageRoot(), 'examples', 'quickstart', 'alert.json'), 'utf8')
  const delivery = JSON.parse(text) as Delivery
  const now = systemClock.now().toISOString()
  const changed = { ...(name && { alertname: name }), ...(service && { service }), ...(severity && { severity }) }
  const status = recover ? 'resolved' : 'firing'
  const alerts = delivery.alerts.map((one) => ({
    ...one,
    status,
    labels: { ...one.labels, ...changed },
    startsAt: now,
    ...(recover && { endsAt: now }),
    // Like Alertmanager's: the same labels are the same alert.
    fingerprint: fingerprintOf({ ...one.labels, ...changed }),
  }))
  return { ...delivery, status, alerts }
}

function fingerprintOf(labels: Labels): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).sort()))
    .digest('hex')
    .slice(0, 16)
}

/** The latest incident the alert belongs to; null when it only recovered something that nobody knew. */
async function incidentOf(bot: RunningBot, fingerprint: string): Promise<Listed | null> {
  const { incidents } = await ask(bot.http.get<{ incidents: Listed[] }>('/api/v1/incidents', { params: { limit: 50 } }))
  return incidents.find(({ alerts }) => alerts.some((one) => one.fingerprint === fingerprint)) ?? null
}

function next(bot: RunningBot, incident: Listed | null, { recover }: Options): string[] {
  if (incident === null) return ['No incident knows this alert. Send it firing first: npm run alert']
  const about = `Incident ${incident.number} (${incident.title}) is ${incident.status}.`
  const look = `  Look at it: ${bot.url}/incidents/${incident.number}`
  if (recover) return [about, look, '  It resolves itself once its alerts have stayed clear for the quiet period.']
  return [about, look, '  Acknowledge it there, or say /incident ack. End the alert with: npm run alert -- --recover']
}
