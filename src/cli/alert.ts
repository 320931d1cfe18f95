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
type Known = Sample & { source: string; status: string; startsAt: string }
type Listed = { number: number; title: string; status: string; alerts: Known[] }

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

/** Marks samples, as the console does: its "Send recovery" ends ours, and --recover ends its. */
const mark: Labels = { sample: 'console' }

async function alert(options: Options, around: Surroundings): Promise<Outcome> {
  const bot = runningBot(around, options.url)
  const source = sourceFor(bot.config)
  const template = await readTemplate()
  const alerts = options.recover ? await recovered(bot, source.name, options) : [firing(template, options)]
  if (alerts.length === 0) {
    throw new UserError(`No sample alert${named(options)} is firing. Send one first: npm run alert`)
  }
  const status = options.recover ? 'resolved' : 'firing'
  const delivery = { ...template, status, alerts: alerts.map((one) => ({ ...one, status })) }
  const headers = { authorization: `Bearer ${source.token}` }
  const answer = await ask(bot.http.post<object>(`/alerts/${source.name}`, delivery, { headers }))
  const fingerprints = alerts.map(({ fingerprint }) => fingerprint)
  const incidents = await incidentsOf(bot, fingerprints)
  return {
    lines: [
      ...alerts.map(({ labels }) => `Sent: ${labels.alertname} is ${status}.`),
      ...incidents.flatMap(({ number, title, status: now }) => [
        `Incident ${number} (${title}) is ${now}.`,
        `  Look at it: ${bot.url}/incidents/${number}`,
      ]),
      ...next(incidents.filter((one) => one.status !== 'resolved').length, options),
    ],
    data: {
      ...answer,
      fingerprint: fingerprints[0],
      fingerprints,
      status,
      incident: incidents[0]?.number ?? null,
      incidents: incidents.map(({ number }) => number),
      url: bot.url,
    },
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

async function readTemplate(): Promise<Delivery> {
  const text = await readFile(join(packageRoot(), 'examples', 'quickstart', 'alert.json'), 'utf8')
  return JSON.parse(text) as Delivery
}

function firing({ alerts: [sample] }: Delivery, { name, service, severity }: Options): Sample {
  if (sample === undefined) throw new Error('examples/quickstart/alert.json holds no alert')
  const changed = { ...(name && { alertname: name }), ...(service && { service }), ...(severity && { severity }) }
  const labels = { ...sample.labels, ...changed, ...mark }
  // The sample's own words are about payments' error rate, and so are its expression and runbook.
  const other = name || service
  const summary = `${labels.alertname}: a sample alert about ${labels.service}`
  return {
    ...sample,
    labels,
    ...(other && { annotations: { summary }, generatorURL: '' }),
    startsAt: systemClock.now().toISOString(),
    // Like Alertmanager's: the same labels are the same alert.
    fingerprint: fingerprintOf(labels),
  }
}

/** Every sample that is firing, whoever sent it; of one name or service only, when that was said. */
async function recovered(bot: RunningBot, source: string, { name, service, severity }: Options): Promise<Sample[]> {
  const wanted = {
    ...mark,
    ...(name && { alertname: name }),
    ...(service && { service }),
    ...(severity && { severity }),
  }
  // Of resolved incidents too: a person may have resolved one whose alert still fires.
  const all = (await listed(bot, 200)).flatMap(({ alerts }) => alerts)
  const latest = [...new Map(all.reverse().map((one) => [one.fingerprint, one])).values()]
  return latest
    .filter((one) => one.source === source && one.status === 'firing')
    .filter(({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value))
    .map(({ labels, annotations, fingerprint, startsAt }) => {
      return { labels, annotations, fingerprint, startsAt, endsAt: systemClock.now().toISOString() }
    })
}

function fingerprintOf(labels: Labels): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).sort()))
    .digest('hex')
    .slice(0, 16)
}

/** The latest incident of each alert, newest first. */
async function incidentsOf(bot: RunningBot, fingerprints: string[]): Promise<Listed[]> {
  const latest = await listed(bot, 200)
  const found = fingerprints.map((one) =>
    latest.find(({ alerts }) => alerts.some(({ fingerprint }) => fingerprint === one)),
  )
  return [...new Set(found)].filter((incident) => incident !== undefined)
}

async function listed(bot: RunningBot, limit: number): Promise<Listed[]> {
  return (await ask(bot.http.get<{ incidents: Listed[] }>('/api/v1/incidents', { params: { limit } }))).incidents
}

function next(incidents: number, { recover }: Options): string[] {
  if (recover) {
    if (incidents === 0) return []
    return [
      `  ${incidents === 1 ? 'It resolves itself' : 'They resolve themselves'} once all alerts stayed clear for the quiet period.`,
    ]
  }
  return ['  Acknowledge it there, or say /incident ack. End the alert with: npm run alert -- --recover']
}

function named({ name, service, severity }: Options): string {
  const words = [name, service, severity].filter(Boolean)
  return words.length === 0 ? '' : ` with ${words.join(', ')}`
}
