// npm run bench: what the bot reaches on this machine, each figure beside a peer or a limit measured in the same run.
// `-- --json` prints one JSON object and nothing else; names of sections run only those; `--no-build` takes dist/ as it is;
// `--statements` adds what took PostgreSQL longest.
import { spawnSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chartsSection } from './charts.ts'
import { type Server, startPostgres } from './database.ts'
import { deliverySection } from './delivery.ts'
import { escalationSection } from './escalation.ts'
import type { Section } from './figures.ts'
import { historySection } from './history.ts'
import { intakeSection } from './intake.ts'
import { sealingSection } from './sealing.ts'
import { stormSection } from './storm.ts'
import { table } from './table.ts'
import { takeoverSection } from './takeover.ts'

const sections: Record<string, (server: Server) => Promise<Section>> = {
  intake: intakeSection,
  delivery: deliverySection,
  storm: stormSection,
  escalation: escalationSection,
  takeover: takeoverSection,
  history: historySection,
  sealing: sealingSection,
  charts: chartsSection,
}

async function main(args: string[]): Promise<void> {
  const json = args.includes('--json')
  const wanted = args.filter((arg) => !arg.startsWith('--'))
  const unknown = wanted.filter((name) => !(name in sections))
  if (unknown.length > 0)
    throw new Error(`no section ${unknown.join(', ')}: there are ${Object.keys(sections).join(', ')}`)
  if (!args.includes('--no-build')) build()
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(`${text}\n`)
  const begun = performance.now()
  const machine = describeMachine()
  say(
    `${machine.cpu} × ${machine.cores}, ${machine.memory} GiB, Node ${machine.node}, load ${machine.load} before; loopback, embedded PostgreSQL, fsync on`,
  )
  const server = await startPostgres(args.includes('--statements'))
  const done: Record<string, Section> = {}
  try {
    for (const [name, run] of Object.entries(sections)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      done[name] = await run(server).catch(failed)
      say(table(done[name]))
      for (const line of await server.slowest()) say(`    ${line}`)
    }
  } finally {
    await server.stop()
  }
  const seconds = Math.round((performance.now() - begun) / 1000)
  say(`\n${seconds} s. Rates move by up to 2× between runs: trust the ratios.`)
  if (json) process.stdout.write(`${JSON.stringify({ machine, seconds, sections: done })}\n`)
}

/** What the other sections measured is not lost with it. */
function failed(error: unknown): Section {
  process.exitCode = 1
  const why = error instanceof Error ? error.message : String(error)
  return { title: 'A section that failed', rows: [], notes: [why] }
}

/** The built program is measured, so it has to be the one of these sources. */
function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('the build failed; to measure what was built before: npm run bench -- --no-build')
}

function describeMachine() {
  const all = cpus()
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memory: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    /** Of the minute before: above 1 for each core, others were at work and the figures are worse than the bot is. */
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  }
}

await main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  },
)
