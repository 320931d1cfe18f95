// The files in deploy/ against the program they deploy: what they name exists, and what they configure is accepted.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { loadConfig } from '../src/config/load.ts'
import { environmentReference } from '../src/config/reference.ts'
import { countPagesFromZero, registry } from '../src/metrics.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(`${root}/deploy/${path}`, 'utf8')
const known = new Set([...environmentReference().map(({ key }) => key), 'ALERTS_TOKEN'])

const dockerfile = read('Dockerfile')
const imageEnv = Object.fromEntries(
  [...(/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [
    key ?? '',
    value ?? '',
  ]),
)

describe('the image', () => {
  test('copies what exists, or what the build makes', () => {
    const copied = [...dockerfile.matchAll(/^COPY --from=build \/app\/(\S+)/gm)].map(([, path]) => path ?? '')
    const made = ['dist', 'node_modules']
    expect(copied.filter((path) => !made.includes(path) && !existsSync(`${root}/${path}`))).toEqual([])
  })

  test('has the command of README on the path, where npx cannot write', () => {
    expect(dockerfile).toMatch(/ln -s \/app\/dist\/src\/cli\/main\.js \/usr\/local\/bin\/tocsin/)
  })

  test('runs the program without npm, as nobody special', () => {
    expect(dockerfile).toMatch(
      /^CMD \["node", "--min-semi-space-size=\d+", "--max-semi-space-size=\d+", "--heap-growing-percent=\d+", "--no-flush-bytecode", "--expose-gc", "dist\/src\/cli\/main.js", "start"/m,
    )
    expect(dockerfile).toMatch(/^USER node$/m)
  })
})

test('docker compose sets variables the program knows, and the configuration beside it starts with them', () => {
  const compose = parse(read('docker-compose.yml'))
  const environment: Record<string, string> = compose.services.tocsin.environment
  expect(Object.keys(environment).filter((key) => !known.has(key))).toEqual([])
  const env = {
    ...imageEnv,
    ...Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [key, value.replace(/\$\{\w+:-(.*)\}/, '$1')]),
    ),
    ...{
      TOCSIN_CONFIG: `${root}/deploy/tocsin.yaml`,
      TOCSIN_ACCESS_TOKEN: 'a-long-secret',
      ALERTS_TOKEN: 'another-secret',
    },
    DATABASE_URL: 'postgres://tocsin:secret@postgres:5432/tocsin',
  }
  const config = loadConfig(env)
  expect(config.server).toMatchObject({ host: '0.0.0.0', port: 8420, publicUrl: 'http://127.0.0.1:8420' })
  expect(config.sources.alertmanager?.token).toBe('another-secret')
})

test('without its tokens the configuration refuses to start', () => {
  const env = { ...imageEnv, TOCSIN_CONFIG: `${root}/deploy/tocsin.yaml` }
  expect(() => loadConfig(env)).toThrow(/TOCSIN_ACCESS_TOKEN[\s\S]*ALERTS_TOKEN/)
})

test('on Kubernetes the probes, ports, selectors and variables belong together', () => {
  const [deployment, service, budget] = parseAllDocuments(read('kubernetes.yaml')).map((document) => document.toJS())
  const [container] = deployment.spec.template.spec.containers
  expect(deployment.spec.replicas).toBe(2)
  expect(container.livenessProbe.httpGet.path).toBe('/live')
  expect(container.readinessProbe.httpGet.path).toBe('/ready')
  expect(container.env.filter(({ name }: { name: string }) => !known.has(name))).toEqual([])
  expect(String(container.ports[0].containerPort)).toBe(imageEnv.PORT)
  expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name)
  expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels)
  // What README says a stop may take, after the rest before it; and a start: the wait for the database, and a migration that steps back.
  const [, rest] = container.lifecycle.preStop.exec.command
  expect(deployment.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(rest) + 15)
  const { periodSeconds, failureThreshold } = container.startupProbe
  expect(periodSeconds * failureThreshold).toBeGreaterThan(60 + 120)
  expect(budget.spec.selector.matchLabels).toEqual(deployment.spec.template.metadata.labels)
  const mounted = container.volumeMounts.map(({ name }: { name: string }) => name)
  expect(deployment.spec.template.spec.volumes.map(({ name }: { name: string }) => name)).toEqual(mounted)
})

test('the rules for Prometheus ask for what the program counts', async () => {
  const rules = read('prometheus-rules.yml')
  const kinds = await registry.getMetricsAsJSON()
  const names = kinds.flatMap(({ name }) => [name, `${name}_count`, `${name}_bucket`])
  const asked = [...rules.matchAll(/\btocsin_\w+/g)].map(([name]) => name)
  expect(asked.length).toBeGreaterThan(4)
  expect(asked.filter((name) => !names.includes(name))).toEqual([])
})

test('a page that fails is counted from zero, so that the first one is seen', async () => {
  // No other test counts pages of this one.
  countPagesFromZero(['carrier pigeon'])
  const text = await registry.metrics()
  expect(text).toContain('tocsin_pages_total{channel="carrier pigeon",status="failed"} 0')
  expect(text).toContain('tocsin_page_lateness_seconds_count{channel="carrier pigeon"} 0')
  expect(text).toContain('tocsin_page_lateness_seconds_bucket{le="30",channel="carrier pigeon"} 0')
})
