// How the bot signs in to what it asks: the same keys everywhere, the environment first, and nothing that cannot be sent.
import { fileURLToPath } from 'node:url'
import { expect, it, test } from 'vitest'
import { configWarnings } from '../../src/config/warnings.ts'
import { configOf, problemsOf } from '../evidence/inquiry.ts'

test('Prometheus and Alertmanager are signed in to with the keys of all others', () => {
  const { prometheus, alertmanager } = configOf(
    'prometheus: { url: "http://p/api/prom", user: "123", password: "a/b@c", tenant: shop }\n' +
      'alertmanager: { url: "http://a", token: "$' +
      '{TOKEN}", headers: { X-Team: pay } }\n',
    { TOKEN: 'from-a-file-with-a-line-break\n' },
  )
  expect(prometheus).toEqual({
    ...{ url: 'http://123:a%2Fb%40c@p/api/prom', headers: { 'x-scope-orgid': 'shop' }, timeout: 10_000 },
  })
  expect(alertmanager.headers).toEqual({ 'X-Team': 'pay', authorization: 'Bearer from-a-file-with-a-line-break' })
})

test('what the address in the environment says of user and password counts before what is written; the rest goes there too', () => {
  const yaml = 'prometheus: { url: "http://p", user: u, password: p, token: t, tenant: shop }'
  const at = (url: string) => configOf(yaml, { PROMETHEUS_URL: url }).prometheus
  expect(at('http://q')).toMatchObject({ url: 'http://u:p@q', headers: { authorization: 'Bearer t' } })
  expect(at('http://x:y@q')).toMatchObject({ url: 'http://x:y@q', headers: { 'x-scope-orgid': 'shop' } })
  expect(at('http://x:y@q').headers).not.toHaveProperty('authorization')
  expect(configOf('prometheus: { token: t }').prometheus).toMatchObject({ url: null, headers: {} })
})

test('a user beside a token is told: only one of them can be sent', () => {
  const warned = (yaml: string) => configWarnings(configOf(yaml)).filter((text) => /only the user is sent/.test(text))
  expect(warned('prometheus: { url: "http://x:y@p", token: t }')).toEqual([
    expect.stringMatching(/^prometheus\.user: /),
  ])
  expect(warned('loki: { url: "http://p", user: u, headers: { authorization: t } }')).toHaveLength(1)
  expect(warned('prometheus: { url: "http://p", user: u, headers: { X-Team: t }, tenant: t }')).toEqual([])
  expect(warned('prometheus: { user: u, token: t }')).toEqual([])
})

test('certificates for an address without TLS are told', () => {
  const ca = fileURLToPath(new URL('../fixtures/tls/self-signed.pem', import.meta.url))
  const warned = (url: string) =>
    configWarnings(configOf(`loki: { url: "${url}", tls: { ca: "${ca}" } }`)).filter((text) => text.startsWith('loki.'))
  expect(warned('http://x')).toEqual([expect.stringMatching(/^loki\.tls: certificates count only for/)])
  expect(warned('https://x')).toEqual([])
})

it.each([
  ['prometheus: { url: "http://x", headers: { "X Team": a } }', 'must be the name of a header, e.g. X-Scope-OrgID'],
  ['prometheus: { url: "http://x", token: "“abc”" }', 'prometheus.token: this value has a character that no header'],
  ['alertmanager: { url: "http://x", tenant: "a\\nb" }', 'alertmanager.tenant'],
  ['loki: { url: "http://x", headers: { X-Team: "a\\nb" } }', 'loki.headers.X-Team'],
  ['prometheus: { url: "http://x", tokn: a }', 'did you mean token?'],
  ['prometheus: { url: "http://x", token: "" }', 'prometheus.token'],
])('%s is told with its place: %s', (yaml, problem) => {
  expect(problemsOf(yaml)).toContain(problem)
})

test('what is on the internet may be reached through a proxy, and what the environment says of proxies does not count', () => {
  const yaml = `slack: { bot_token: xoxb-1, app_token: xapp-1, proxy: "http://u:pw@proxy:3128/" }
webhooks: { phone: { url: "https://p.example.org", proxy: "http://proxy:3128" }, near: { url: "http://near" } }
heartbeat: { url: "https://h.example.org/1", proxy: "http://proxy:3128" }
`
  const { slack, webhooks, heartbeat } = configOf(yaml, { HTTPS_PROXY: 'http://other:1' })
  expect(slack?.proxy).toBe('http://u:pw@proxy:3128')
  expect([webhooks.phone?.proxy, webhooks.near?.proxy]).toEqual(['http://proxy:3128', null])
  expect(heartbeat?.proxy).toBe('http://proxy:3128')
  expect(configOf(yaml, { SLACK_PROXY: 'http://first:3128' }).slack?.proxy).toBe('http://first:3128')
  const wrong = problemsOf('heartbeat: { url: "https://h", proxy: "proxy:s3cret@3128" }')
  expect(wrong).toContain('heartbeat.proxy')
  expect(wrong).not.toContain('s3cret')
})
