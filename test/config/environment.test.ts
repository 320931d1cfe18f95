// The environment: variables put into the file, settings of their own, and the doors it must not open.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what people write in tocsin.yaml
import { describe, expect, test } from 'vitest'
import { configWarnings } from '../../src/config/warnings.ts'
import { load, wrong } from './files.ts'

describe('${VAR} in the file', () => {
  test('is expanded in any text, also unquoted inside braces, and in numbers', () => {
    const yaml =
      'team: a ${X} b\nsources: { generic: { token: ${T} } }\ndigest: { cron: "${C:-0 8 * * 1}" }\npolicies: { p: { steps: [{ page: person:${WHO} }], rounds: ${N} } }\npeople: { ada: {} }'
    const config = load(yaml, { X: 'x', T: 'secret', WHO: 'ada', N: '2' })
    expect(config.team).toBe('a x b')
    expect(config.sources.generic?.token).toBe('secret')
    expect(config.digest.cron).toBe('0 8 * * 1')
    expect(config.policies.p).toMatchObject({ rounds: 2, steps: [{ targets: [{ person: 'ada' }] }] })
  })

  test('takes its default also when the variable is empty, as in a shell', () => {
    expect(load('team: ${X:-fallback}', { X: '' }).team).toBe('fallback')
  })

  test('is left alone when escaped; PromQL and its $window need no escape', () => {
    const yaml = 'team: $${X}\nslos: [{ name: a, objective: 99, promql: "rate(x[$window])" }]'
    expect(load(yaml).team).toBe('${X}')
    expect(load(yaml).slos[0]?.indicator).toEqual({ kind: 'share', expr: 'rate(x[$window])' })
  })

  test('cannot bring YAML along', () => {
    expect(load('team: ${X}', { X: 'a\nzone: Europe/Paris # {' })).toMatchObject({
      team: 'a\nzone: Europe/Paris # {',
      zone: 'UTC',
    })
  })

  test('that is malformed is told, and that is missing once', () => {
    expect(wrong('team: ${X-y}')).toEqual([
      'tocsin.yaml:1: team: ${X-y} cannot be expanded; write ${NAME} or ${NAME:-default}, or $${ for a literal ${',
    ])
    expect(wrong('grouping: { quiet_for: ${SOON} }')).toHaveLength(1)
  })

  test('is not shown with its value when it is wrong: it may be a secret', () => {
    const said = wrong('grouping: { quiet_for: ${S} }\naccess_token: [x]\nprometheus: { url: ${S} }', {
      S: 'hunter2',
    }).join('\n')
    expect(said).not.toContain('hunter2')
    expect(said).toContain('access_token: this value is not a secret')
    expect(said).toContain('grouping.quiet_for: "${S}" is not a duration')
  })
})

describe('settings', () => {
  test('wrong ones are told all at once, with the fix', () => {
    const env = {
      PORT: 'abc',
      LOG_LEVEL: 'loud',
      METRICS_ENABLED: 'maybe',
      PROMETHEUS_URL: 'here',
      DATABASE_URL: 'mysql://u:hunter2@h',
    }
    expect(wrong('', env)).toEqual([
      'environment: PORT: "abc" is not a port from 0 to 65535; write e.g. 8420',
      'environment: DATABASE_URL: this value is not a PostgreSQL address; write e.g. postgres://tocsin@127.0.0.1:5432/tocsin',
      'environment: PROMETHEUS_URL: "here" is not an http or https address; write e.g. http://127.0.0.1:9090',
      'environment: LOG_LEVEL: "loud" is not one of “trace”, “debug”, “info”, “warn”, “error”, “fatal” or “silent”',
      'environment: METRICS_ENABLED: "maybe" is not true or false; write e.g. true',
    ])
  })

  test.each(['postgresql://bot:secret@/tocsin?host=/run/postgresql', 'postgres:///tocsin?host=/run/postgresql'])(
    'DATABASE_URL=%s is a socket of this machine',
    (DATABASE_URL) => expect(load('', { DATABASE_URL }).database.url).toBe(DATABASE_URL),
  )

  test.each(['-1', '65536', '8420x', '84.2', '0x10'])('PORT=%s is no port', (PORT) => {
    expect(wrong('', { PORT })).toHaveLength(1)
  })

  test('win over the file', () => {
    const yaml =
      'prometheus: { url: "http://file:9090" }\nalertmanager: { url: "http://file:9093" }\npublic_url: http://file\naccess_token: file\nslack: { bot_token: file, app_token: file, alerts_channel: "#alarm" }'
    const env = {
      PROMETHEUS_URL: 'http://env:9090/',
      ALERTMANAGER_URL: 'http://env:9093/am/',
      TOCSIN_PUBLIC_URL: 'https://env',
      TOCSIN_ACCESS_TOKEN: 'env',
      SLACK_BOT_TOKEN: 'env',
    }
    expect(load(yaml, env)).toMatchObject({
      prometheus: { url: 'http://env:9090' },
      alertmanager: { url: 'http://env:9093/am', timeout: 5_000 },
      server: { publicUrl: 'https://env' },
      accessToken: 'env',
      slack: {
        botToken: 'env',
        appToken: 'file',
        signingSecret: null,
        incidentsChannel: 'incidents',
        alertsChannel: 'alarm',
      },
    })
  })

  test('an empty variable is the same as none', () => {
    expect(load('', { PORT: '', SLACK_BOT_TOKEN: '', DISCORD_BOT_TOKEN: ' ', LOG_LEVEL: '' })).toMatchObject({
      server: { port: 8420 },
      slack: null,
      discord: null,
      log: { level: 'info' },
    })
  })

  test.each([
    ['false', false],
    ['0', false],
    ['off', false],
    ['TRUE', true],
    ['yes', true],
  ])('METRICS_ENABLED=%s means %s', (METRICS_ENABLED, meant) => {
    expect(load('', { METRICS_ENABLED }).metricsEnabled).toBe(meant)
  })
})

describe('Slack', () => {
  test('a bot token alone cannot be reached by Slack', () => {
    expect(wrong('', { SLACK_BOT_TOKEN: 'xoxb-1' })).toEqual([
      'environment: SLACK_BOT_TOKEN: is set, but nothing Slack could reach the bot by; set SLACK_APP_TOKEN (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode)',
    ])
    expect(load('', { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }).slack?.appToken).toBeNull()
  })

  test('an app token without a bot token, and tokens in each other’s place, are told', () => {
    expect(wrong('', { SLACK_APP_TOKEN: 'xapp-1' })[0]).toMatch(
      /SLACK_BOT_TOKEN: is missing while SLACK_APP_TOKEN is set/,
    )
    expect(wrong('', { SLACK_APP_TOKEN: 'xoxb-1', SLACK_BOT_TOKEN: 'xapp-1' })).toHaveLength(2)
  })

  test('an optional token from an unset variable leaves Slack off', () => {
    expect(load('slack: { bot_token: "${SLACK:-}" }').slack).toBeNull()
  })

  test('people who do not say their account are named at the start', () => {
    const config = load('people: { ada: { slack: U1 }, grace: {}, alan: {} }', {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
    })
    expect(configWarnings(config)).toContain(
      'people.grace has no account on slack, nor has alan: not to be reached there. Add slack: with their id.',
    )
  })
})

test('addresses that most mail servers do not take are named at the start', () => {
  const config = load(
    'people: { ada: { email: ada@bücher.example }, jose: { email: josé@example.org } }\nemail: { smtp: "smtp://127.0.0.1", from: "Töcsin <tocsin@example.org>" }\ndigest: { email: [zoë@example.org] }',
  )
  expect(configWarnings(config).filter((text) => text.includes('SMTPUTF8'))).toEqual([
    expect.stringMatching(/^people\.jose\.email: josé@example\.org has letters besides ASCII before the @/),
    expect.stringMatching(/^digest\.email: zoë@example\.org has letters/),
  ])
})

describe('off loopback', () => {
  const quickstart = 'sources:\n  generic: { token: quickstart }\n'

  test('a source with the token everybody knows, and an open API, are refused', () => {
    expect(wrong(quickstart, { HOST: '0.0.0.0' })).toEqual([
      'environment: HOST: "0.0.0.0" is not a loopback address, and without an access token the API and the console would be open to everybody; set TOCSIN_ACCESS_TOKEN (e.g. from openssl rand -hex 24), or HOST=127.0.0.1',
      'tocsin.yaml:2: sources.generic.token: everybody knows the token “quickstart”, and HOST=0.0.0.0 lets everybody in; set another, e.g. token: ${ALERTS_TOKEN}',
    ])
  })

  test('the token is recognised wherever it comes from, and beside other mistakes', () => {
    const said = wrong('sources:\n  generic: { token: "${T:-quickstart}", oops: 1 }\n', {
      HOST: '::',
      TOCSIN_ACCESS_TOKEN: 'not to be guessed',
    })
    expect(said).toHaveLength(2)
    expect(wrong('', { HOST: '10.0.0.1', TOCSIN_ACCESS_TOKEN: 'quickstart' })[0]).toContain('TOCSIN_ACCESS_TOKEN')
  })

  test('it starts with real tokens, and wonders about links that lead nowhere', () => {
    const env = { HOST: '0.0.0.0', TOCSIN_ACCESS_TOKEN: 'a long one' }
    const config = load('sources: { generic: { token: real } }', env)
    expect(config.accessToken).toBe('a long one')
    expect(configWarnings(config).join()).toContain('TOCSIN_PUBLIC_URL')
    expect(load('access_token: in the file', { HOST: 'bot.internal' }).server.publicUrl).toBe(
      'http://bot.internal:8420',
    )
  })

  test('an access token that is soon guessed is refused where it stands; any other that can be is told', () => {
    const HOST = '0.0.0.0'
    expect(wrong('access_token: tocsin1', { HOST })).toEqual([
      'tocsin.yaml:1: access_token: has 7 characters, which is soon guessed, and HOST=0.0.0.0 lets everybody try; take a long random one, e.g. from openssl rand -hex 24',
    ])
    expect(wrong('access_token: tocsin12', { HOST, TOCSIN_ACCESS_TOKEN: 'x' })[0]).toMatch(
      /^environment: TOCSIN_ACCESS_TOKEN: has 1 character, /,
    )
    // Only this machine can try; and what others have configured must not keep the bot from starting.
    expect(load('access_token: tocsin1').accessToken).toBe('tocsin1')
    const yaml =
      'access_token: tocsin12\nsources: { generic: { token: real } }\nchanges: { sources: { ci: { token: ci } } }'
    const told = configWarnings(load(yaml, { HOST })).filter((one) => one.includes('guessed'))
    expect(told.map((one) => one.split(': ')[0])).toEqual([
      'access_token',
      'sources.generic.token',
      'changes.sources.ci.token',
    ])
    expect(told.join('\n')).toContain('Set a long random one')
    expect(told.join('\n')).not.toMatch(/tocsin12|real/)
    const good = { HOST, TOCSIN_ACCESS_TOKEN: '0f9a7c25d1e84b6397aa' }
    expect(configWarnings(load('', good)).join('\n')).not.toContain('guessed')
  })

  test.each(['127.0.0.1', '127.5.5.5', '::1', '[::1]', 'localhost', 'LOCALHOST'])('%s is loopback', (HOST) => {
    expect(load(quickstart, { HOST }).server.host).toBe(HOST)
  })

  test.each([
    '0.0.0.0',
    '::',
    '192.168.1.4',
    '127.0.0.1.evil.example',
    'a127.0.0.1',
    'localhost.example',
    '1270.0.0.1',
  ])('%s is not', (HOST) => {
    expect(wrong(quickstart, { HOST })).toHaveLength(2)
  })
})
