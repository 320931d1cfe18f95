// POST /api/v1/charts: a picture of any PromQL or preset, for other programs.
import type { FastifyInstance } from 'fastify'
import { chartText } from '../charts/text.ts'
import { RejectedInput, UserError } from '../errors.ts'
import { findCharts } from '../flow/asked-charts.ts'
import { textField } from './body.ts'
import type { ServerDeps } from './deps.ts'

const longest = 4_000

export function chartRoutes(app: FastifyInstance, { bot }: ServerDeps): void {
  app.post('/api/v1/charts', async (request, reply) => {
    const findings = await found(bot, textField(request.body, 'query', longest))
    const [finding, ...others] = findings
    if (finding === undefined || others.length > 0)
      throw new RejectedInput(
        `query: this names ${findings.length} charts (${findings.map(({ title }) => title).join(', ')}): ask for one at a time`,
      )
    if (!finding.ok) throw new RejectedInput(`${finding.title}: ${finding.reason}`, 422)
    const png = await bot.charts.render(finding.chart)
    return reply
      .type('image/png')
      .header('cache-control', 'no-store')
      .header('x-chart-text', encodeURIComponent(chartText(finding.chart)))
      .send(Buffer.from(png))
  })
}

async function found(bot: ServerDeps['bot'], query: string) {
  try {
    return await findCharts(bot, query, bot.clock.now())
  } catch (error) {
    if (error instanceof UserError) throw new RejectedInput(`query: ${error.message}`)
    throw error
  }
}
