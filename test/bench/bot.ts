// The bot as its own process, from the built program, with the log level it has by default.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(root, 'dist/src/cli/main.js')

/** What `npm start` gives Node: the bot is measured as it is run. */
function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').filter((word) => word.startsWith('--'))
}

export const token = 'bench-token'

/** Twenty people, one of whom every step pages; a P3 is a card and nothing else, in office hours, too. No runbooks, no Prometheus. */
const team = `
team: Bench
people: { ${Array.from({ length: 20 }, (_, i) => `p${i}: { name: Person ${i}, slack: U0BENCH${i} }`).join(', ')} }
policies:
  default:
    steps: [{ page: person:p0, wait: 1h }, { page: person:p1, wait: 1h }]
severities: { P3: { paging: never } }
sources: { alertmanager: { token: ${token} } }
`

export type BotProcess = {
  url: string
  /** MiB of memory the process has now. */
  rss(): number
  kill(): Promise<void>
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** `slackApi` null: the console is its only chat. */
export async function startBot(databaseUrl: string, slackApi: string | null): Promise<BotProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-bot-'))
  writeFileSync(join(folder, 'tocsin.yaml'), team)
  const slack =
    slackApi === null
      ? {}
      : { SLACK_API_URL: slackApi, SLACK_BOT_TOKEN: 'xoxb-bench', SLACK_SIGNING_SECRET: 'bench-signing' }
  const more = process.env.BENCH_NODE?.split(' ') ?? []
  const child = spawn(process.execPath, [...startFlags(), ...more, program, 'start', '--json'], {
    cwd: folder,
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DATABASE_URL: databaseUrl },
      ...{ TOCSIN_CONFIG: join(folder, 'tocsin.yaml'), LOG_FILE: join(folder, 'tocsin.log') },
      ...slack,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  const url = await addressOf(child)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await once(child, 'exit')
    }
    running.delete(child)
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, rss: () => memoryOf(child), kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read')
  const lines = createInterface({ input: child.stdout })
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.startsWith('{"url"')) resolve(String((JSON.parse(line) as { url: string }).url))
    })
    child.once('exit', (code) => reject(new Error(`the bot ended with ${code} before it listened`)))
  })
}

/** NaN where there is no /proc. */
function memoryOf(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}
