// Services: what is particular to one of them.
import { z } from 'zod'
import { bandProblems } from '../bands.ts'
import type { SeverityRule } from '../config.ts'
import { oneOf, quantity, severity, text, textLike } from '../notation.ts'
import { dashboards, serviceLogs, serviceTraces } from './evidence.ts'
import { existing, type Known, nameIn } from './known.ts'
import { anyName, keys, leaf, list, named } from './parts.ts'
import { postmortemTemplate } from './postmortems.ts'
import { severityRules } from './severities.ts'

const charts = list(
  keys({
    title: leaf(textLike('Requests per second'), 'Title of the chart.'),
    promql: leaf(textLike('rate(http_requests_total[5m])'), 'What to draw.'),
    unit: leaf(text, 'Unit of the values, e.g. s, %, bytes; else told from the names of the metrics.').optional(),
    scale: leaf(oneOf('linear', 'log'), 'Axis of the values: `log` for what goes over several powers of ten.').prefault(
      'linear',
    ),
    bands: keys({
      target: leaf(quantity, 'As good as it should be: up to here, or down to here where low is bad.').optional(),
      acceptable: leaf(quantity, 'Good enough up to here.').optional(),
      critical: leaf(quantity, 'Beyond this it is critical.').optional(),
    }).optional(),
  }),
).superRefine((all, ctx) => {
  for (const [index, chart] of all.entries()) {
    const example = '100ms, 500ms, 1s, or 0.95, 0.8, 0.7'
    for (const { name, message } of bandProblems(chart))
      ctx.addIssue({ code: 'custom', message, path: [index, 'bands', name], params: { example } })
  }
  for (const index of repeated(all.map((chart) => chart.title))) {
    ctx.addIssue({ code: 'custom', message: 'is the title of another chart of this service', path: [index, 'title'] })
  }
})

/** One severity for every alert, or a severity for each value of the alert's `severity` label. */
const severityShorthand = z.union([
  leaf(severity, 'For every alert of the service.').transform((to): SeverityRule[] => [{ match: {}, severity: to }]),
  named(anyName, leaf(severity, "By the alert's `severity` label.")).transform((byLabel): SeverityRule[] =>
    Object.entries(byLabel).map(([label, to]) => ({ match: { severity: label }, severity: to })),
  ),
])

export function services(known: Known) {
  return named(
    anyName,
    keys({
      severity_rules: severityRules.optional(),
      severity: severityShorthand.optional(),
      policy: leaf(
        nameIn('a policy', 'policies', known.policies, 'payments'),
        "Replaces the severities' own policy.",
      ).optional(),
      runbook: leaf(
        existing(known, 'a runbook file', 'runbooks/payments.md'),
        'Markdown file, `#section` optional, for alerts that match no other.',
      ).optional(),
      postmortem: leaf(postmortemTemplate(known), 'Template of its post-mortems, whatever the severity.', {
        'x-default': 'that of `postmortems`',
      }).optional(),
      charts: charts.prefault([]),
      dashboards: dashboards.prefault([]),
      depends_on: list(leaf(textLike('database'), 'Services whose changes may break this one.')).prefault([]),
      logs: serviceLogs.optional(),
      traces: serviceTraces,
    }),
  )
}

/** Places of values that stand earlier in the list already. */
export function repeated(values: string[]): number[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []))
}
