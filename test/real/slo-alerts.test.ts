// A budget that burns, with everything real: the rules of `tocsin slo rules` in Prometheus, its alerts through Alertmanager,
// and one incident in the bot, whose chart shows the burn.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli } from '../cli/cli.ts'
import { configFile } from '../processes/tocsin.ts'
import { eventually } from './eventually.ts'
import { needs } from './program.ts'
import { folder } from './running.ts'
import { complaint, nightConfig, pngFacts, startWatch } from './watch.ts'

const objective = `
slos:
  - name: Payments availability
    service: payments
    objective: 99
    bad: http_requests_total{service="payments",status=~"5.."}
    total: http_requests_total{service="payments"}
    runbook_url: https://wiki.example.org/payments-budget
`

test('alerts of one budget, fast, slow and creeping, are one incident with the burn on its chart', async (context) => {
  for (const program of ['prometheus', 'alertmanager'] as const) needs(context, program)
  const config = `${nightConfig('email: ada@example.org', 'email: bob@example.org')}${objective}`
  const home = folder()
  const written = await cli(['slo', 'rules', '--out', 'rules.yml'], { TOCSIN_CONFIG: configFile(config) }, home)
  expect(written).toMatchObject({ code: 0, err: '' })
  const rules = readFileSync(join(home, 'rules.yml'), 'utf8')
  const watch = await startWatch(context, config, {}, { rules, past: false })
  watch.shop.fail(0.9)

  const all = (incident: { alerts: { labels: { burn: string } }[] }) =>
    incident.alerts
      .map(({ labels }) => labels.burn)
      .sort()
      .join()
  const incident = await watch.until('all three have joined', (one) => one.alerts && all(one) === 'fast,slow,ticket')
  expect(incident).toMatchObject({ number: 1, severity: 'P1', service: 'payments' })
  expect(incident.title).toMatch(/^Payments availability: the error budget (burns (far )?too fast|will not last)$/)
  expect(incident.alerts[0].labels).not.toHaveProperty('slo_version')
  expect(incident.alerts[0].annotations).toMatchObject({
    description: expect.stringMatching(
      /The error budget \(99 % over 30 days\) burned \d+\.\d× as fast as it lasts in the last /,
    ),
    runbook_url: 'https://wiki.example.org/payments-budget',
  })
  expect((await watch.get('/api/v1/incidents')).incidents).toHaveLength(1)

  const drawn = await watch.until('the burn is on a chart', (one) =>
    one.timeline.some(({ fact }: { fact: { kind: string; summary?: string } }) =>
      /threshold (14\.4|6|1) ×/.test(fact.summary ?? ''),
    ),
  )
  const png = new Uint8Array(await (await fetch(drawn.charts[0])).arrayBuffer())
  expect(pngFacts(png).isPng).toBe(true)

  const standing = await eventually(
    'the objective is missed',
    async () => {
      const [one] = (await watch.get('/api/v1/slos')).slos
      return one.status === 'missed' && one
    },
    60_000,
  )
  expect(standing.burn).toMatchObject({ alert: 'fast' })
  expect(standing.forecast).toEqual({ kind: 'spent', at: null, seconds: null })
  expect(watch.tocsin.output()).not.toMatch(complaint)
}, 240_000)
