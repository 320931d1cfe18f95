// tocsin incidents: what the running bot has on its hands, without opening the console.
import type { Command } from 'commander'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'
import { ask, runningBot } from './running.ts'

type Listed = {
  number: number
  title: string
  status: string
  severity: string
  service: string
  openedAt: string
  acknowledgedBy: string | null
  room: string | null
}

type Options = { status?: string; severity?: string; service?: string; limit?: string; url?: string }

export function addIncidents(program: Command, add: Add): void {
  add(
    program,
    'incidents',
    'list the incidents of the running bot, newest first',
    [
      ['--status <status>', 'open, acknowledged or resolved; several with commas'],
      ['--severity <severity>', 'P1 to P4; several with commas'],
      ['--service <service>', 'of one service'],
      ['--limit <number>', 'at most so many'],
      ['--url <address>', 'where the bot is; default: where the configuration says'],
    ],
    (options, around) => incidents(options as Options, around),
  )
}

async function incidents(options: Options, around: Surroundings): Promise<Outcome> {
  const { http } = runningBot(around, options.url)
  const { status, severity, service, limit } = options
  const params = { status, severity, service, limit }
  const found = await ask(http.get<{ incidents: Listed[]; next: string | null }>('/api/v1/incidents', { params }))
  const rows = found.incidents.map((incident) => [
    `#${incident.number}`,
    incident.severity,
    incident.acknowledgedBy ? `${incident.status} (${incident.acknowledgedBy})` : incident.status,
    `${incident.openedAt.slice(0, 16).replace('T', ' ')} UTC`,
    incident.service,
    incident.title,
  ])
  const more = found.next === null ? [] : ['… and older ones: see --limit']
  return { lines: rows.length === 0 ? ['No incidents.'] : [...table(rows), ...more], data: found }
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
