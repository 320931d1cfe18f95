// The files people copy from examples/ fit the bot that reads them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadConfig, packageRoot } from '../../src/config/load.ts'
import { alertTitle } from '../../src/core/alert.ts'
import { classify, grouping } from '../../src/core/classify.ts'
import { sources } from '../../src/sources/index.ts'
import { folderWith } from './files.ts'

const examples = join(packageRoot(), 'examples')
const config = loadConfig({}, { cwd: folderWith({}) })

test('the sample alert is a P1 of a service the quickstart knows, with an expression to draw', () => {
  const received = new Date('2026-03-02T08:15:00Z')
  const body = JSON.parse(readFileSync(join(examples, 'quickstart/alert.json'), 'utf8'))
  const { alerts, rejected } = sources.alertmanager!.parse(body, received)
  expect(rejected).toEqual([])
  expect(alerts).toHaveLength(1)
  const alert = alerts[0]!
  expect(alertTitle(alert)).toBe('Payments: 12.4 % of requests fail')
  expect(classify(config, alert.labels)).toBe('P1')
  expect(grouping(config.grouping.by)(alert)).toContain('"service":"payments"')
  expect(config.services.payments).toBeDefined()
  // It says no time of its own: sent today, it starts today.
  expect(alert.startsAt).toEqual(received)
  expect(new URL(alert.generatorUrl!).searchParams.get('g0.expr')).toMatch(/ > 0\.05$/)
})

test('the quickstart pages somebody at P1, P2 and P3, and has a runbook, an SLO and a rotation to look at', () => {
  for (const severity of ['P1', 'P2', 'P3'] as const) {
    expect(config.severities[severity].policy.steps.length, severity).toBeGreaterThan(0)
  }
  expect(Object.keys(config.schedules)).toEqual(['primary', 'secondary'])
  expect(config.slos).toHaveLength(1)
  expect(config.runbooks).toEqual([join(examples, 'quickstart/runbooks')])
})

test('Alertmanager’s receiver sends to a source of the quickstart with its token, recoveries too', () => {
  const [receiver] = parse(readFileSync(join(examples, 'alertmanager.yml'), 'utf8')).receivers
  const [webhook] = receiver.webhook_configs
  const { pathname, port } = new URL(webhook.url)
  expect(pathname.replace('/alerts/', '')).toBe(config.sources.alertmanager?.name)
  expect(port).toBe(String(config.server.port))
  expect(webhook.http_config.authorization).toMatchObject({
    type: 'Bearer',
    credentials: config.sources.alertmanager?.token,
  })
  expect(webhook.send_resolved).toBe(true)
})
