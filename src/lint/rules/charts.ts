// Charts of services, and streams of logs, that Prometheus or Loki would refuse: seen now, and not in the room at three in the morning.
import { promqlProblem } from '../../evidence/promql-problem.ts'
import type { Finding, Rule } from '../finding.ts'

export const charts: Rule = {
  name: 'charts-that-cannot-be-drawn',
  look({ config }) {
    const drawn = Object.values(config.services).flatMap(({ name, charts }) =>
      charts.flatMap(({ title, expr }, index): Finding[] => {
        const problem = promqlProblem(expr)
        if (problem === null) return []
        const message = `the chart “${title}” of ${name} is no PromQL: ${problem}`
        const path = ['services', name, 'charts', index, 'promql']
        return [{ weight: 'error', path, message, fix: 'try it with: tocsin chart' }]
      }),
    )
    return [...drawn, ...streams(config)]
  },
}

function streams({ evidence: { loki }, services }: Parameters<Rule['look']>[0]['config']): Finding[] {
  const written = [
    { path: ['loki', 'selector'], selector: loki?.selector ?? null },
    ...Object.values(services).map(({ name, names }) => ({
      path: ['services', name, 'logs', 'selector'],
      selector: names.selector,
    })),
  ]
  return written.flatMap(({ path, selector }): Finding[] =>
    selector === null || /^\s*\{[\s\S]*\}/.test(selector)
      ? []
      : [
          {
            weight: 'error',
            path,
            message: `${path.join('.')} selects no streams of Loki`,
            fix: 'put it into braces, as in {app="$service"}',
          },
        ],
  )
}
