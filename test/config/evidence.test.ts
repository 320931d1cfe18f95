// Where logs and traces are looked for: what is written, what is filled in, and what is said about mistakes.
import { expect, it, test } from 'vitest'
import { configWarnings } from '../../src/config/warnings.ts'
import { configOf, problemsOf } from '../evidence/inquiry.ts'

test('nothing is asked unless it is named', () => {
  const { loki, elasticsearch, traces, kibana, grafana, ...usual } = configOf('').evidence
  expect([loki, elasticsearch, traces, kibana, grafana]).toEqual([null, null, null, null, null])
  expect(usual).toEqual({ severities: ['P1', 'P2'], timeout: 10_000, before: 300_000, after: 600_000 })
})

test('an address is enough', () => {
  const url = 'http://127.0.0.1:1'
  const { loki, elasticsearch, traces } = configOf(
    `loki: { url: "${url}" }\nelasticsearch: { url: "${url}/" }\ntraces: { url: "${url}/jaeger" }`,
  ).evidence
  expect(loki).toEqual({ url, headers: {}, selector: '{service="$service"}', query: null, datasource: 'loki' })
  expect(elasticsearch).toMatchObject({ url, index: 'logs-*,filebeat-*', fields: { time: '@timestamp' } })
  expect(traces).toEqual({
    url: `${url}/jaeger`,
    headers: {},
    kind: 'jaeger',
    ui: `${url}/jaeger`,
    datasource: 'tempo',
  })
})

test('people who click never see the password of the bot', () => {
  expect(configOf('traces: { url: "http://ada:hunter2@jaeger:16686" }').evidence.traces?.ui).toBe('http://jaeger:16686')
})

test('a Grafana that can be signed in to has incidents noted, unless that is not wanted; people see no password', () => {
  const grafana = (more: string) => configOf(`grafana: { ${more} }`).evidence.grafana
  expect(grafana('url: "http://g/"')).toEqual({
    url: 'http://g',
    api: { url: 'http://g', headers: {} },
    annotations: false,
  })
  expect(grafana('url: "http://ada:hunter2@g/x"')).toMatchObject({ url: 'http://g/x', annotations: true })
  expect(grafana('url: "http://g", token: t, api_url: "http://grafana:3000"')).toEqual({
    url: 'http://g',
    api: { url: 'http://grafana:3000', headers: { authorization: 'Bearer t' } },
    annotations: true,
  })
  expect(grafana('url: "http://g", token: t, annotations: false')).toMatchObject({ annotations: false })
  expect(grafana('url: "http://g", annotations: true')).toMatchObject({ annotations: true })
})

test('a link that leads nowhere is warned of', () => {
  const warned = (yaml: string) => configWarnings(configOf(yaml)).filter((text) => /kibana|tempo/.test(text))
  expect(warned('kibana: { url: "http://x" }')).toHaveLength(1)
  expect(warned('traces: { kind: tempo, url: "http://x" }')).toHaveLength(1)
  expect(warned('traces: { kind: tempo, url: "http://x" }\ngrafana: { url: "http://y" }')).toEqual([])
})

it.each([
  ['loki: { selector: x }', 'loki.url: is missing'],
  ['loki: { url: localhost:3100 }', 'loki.url'],
  ['loki: { url: "http://x", token: "" }', 'loki.token'],
  ['loki: { url: "http://x", sellector: x }', 'did you mean selector?'],
  ['traces: { url: "http://x", kind: zipkin }', 'traces.kind'],
  ['evidence: { timeout: 10 }', 'evidence.timeout'],
  ['evidence: { severities: [P5] }', 'evidence.severities[0]'],
  ['services: { a: { logs: { selektor: x } } }', 'services.a.logs'],
])('%s is told with its place: %s', (yaml, problem) => {
  expect(problemsOf(yaml)).toContain(problem)
})
