// What tells those who operate the bot how it is: alive, ready, healthy, and in numbers.
import type { FastifyInstance } from 'fastify'
import { within } from '../clock.ts'
import { reasonOf } from '../errors.ts'
import { openIncidents, registry } from '../metrics.ts'
import { answers, openIncidentCounts, queueFigures } from '../store/figures.ts'
import type { Check, Checks, ServerDeps } from './deps.ts'

/** Milliseconds a check may take: probes give up soon after. */
const patience = 2_000

export function healthRoutes(deps: ServerDeps) {
  const { bot } = deps
  const database: Checks = { database: () => answers(bot.db).then(() => ({ ok: true })) }
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/live', async () => ({ status: 'live' }))

    const vitalChecks = together(() => run({ ...database, ...deps.readiness }))
    const otherChecks = together(() => run({ queue: () => queueCheck(deps), ...deps.health }))
    const figures = together(async () => {
      await countOpenIncidents(deps)
      return registry.metrics()
    })

    app.get('/ready', async (_request, reply) => {
      const checks = await vitalChecks()
      const ready = allOk(checks)
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks })
    })

    app.get('/health', async (_request, reply) => {
      const vital = await vitalChecks()
      const others = await otherChecks()
      const status = !allOk(vital) ? 'unhealthy' : allOk(others) ? 'healthy' : 'degraded'
      return reply.code(status === 'unhealthy' ? 503 : 200).send({
        status,
        timestamp: bot.clock.now(),
        version: deps.version,
        uptimeSeconds: Math.round(process.uptime()),
        checks: { ...vital, ...others },
      })
    })

    app.get('/metrics', async (_request, reply) => {
      if (!bot.config.metricsEnabled) return reply.code(404).send({ error: 'metrics are off (METRICS_ENABLED=false)' })
      return reply.type(registry.contentType).send(await figures())
    })
  }
}

/** Nobody has to show a token for these: whoever asks while the same is being found out has the same answer. */
function together<T>(find: () => Promise<T>): () => Promise<T> {
  let under: Promise<T> | null = null
  return () => {
    under ??= find().finally(() => {
      under = null
    })
    return under
  }
}

/** Milliseconds after which a job that could run and does not means that nobody works. */
const longestWait = 60_000

async function queueCheck({ bot }: ServerDeps): Promise<Check> {
  const now = bot.clock.now()
  const { waiting, oldestAt, givenUp } = await queueFigures(
    bot.db,
    bot.platforms.map(({ name }) => name),
    now,
  )
  const age = oldestAt === null ? 0 : now.getTime() - oldestAt.getTime()
  const detail = `${waiting} waiting, the oldest for ${Math.round(age / 1000)} s; ${givenUp} given up`
  return { ok: age < longestWait, detail }
}

/** While the database is away the other numbers are worth even more: the gauge then says nothing rather than a lie. */
async function countOpenIncidents({ bot }: ServerDeps): Promise<void> {
  openIncidents.reset()
  const counts = await within(patience, openIncidentCounts(bot.db)).catch((error: unknown) => {
    bot.log.warn({ error: reasonOf(error) }, 'open incidents could not be counted')
    return []
  })
  for (const { severity, status, count } of counts) openIncidents.set({ severity, status }, count)
}

type Result = Check & { milliseconds: number }

async function run(checks: Checks): Promise<Record<string, Result>> {
  const results = Object.entries(checks).map(async ([name, check]): Promise<[string, Result]> => {
    const started = performance.now()
    const result = await within(patience, Promise.resolve().then(check), 'no answer').catch(
      (error: unknown): Check => ({ ok: false, detail: reasonOf(error) }),
    )
    return [name, { ...result, milliseconds: Math.round(performance.now() - started) }]
  })
  return Object.fromEntries(await Promise.all(results))
}

function allOk(checks: Record<string, Check>): boolean {
  return Object.values(checks).every((check) => check.ok)
}
