// How people are reached besides the usual way, as tocsin.yaml says it.
import { expect, it } from 'vitest'
import { configWarnings } from '../../src/config/warnings.ts'
import { load, wrong } from './files.ts'

const minute = 60_000

it('own rules name ways by severity, each with its time, and quiet hours take the zone of the team', () => {
  const { people, email, webhooks } = load(`
zone: Europe/Berlin
email: { smtp: "smtp://mail.example.org", from: "Tocsin <tocsin@example.org>" }
webhooks: { phone: { url: "https://gateway.example.org/call/?line=1", secret: s3cret } }
people:
  ada:
    slack: UADA
    email: ada@example.org
    reach: { P1: [slack, email after 3m, webhook:phone after 5m], P3: email, default: [slack] }
    quiet: { from: "22:00", until: "7:00", days: [mon-thu, sun] }
  grace: { slack: UGRACE, reach: [slack, console after 1h30m] }
  linus: { quiet: { from: "21:00", until: "09:00", zone: Asia/Tokyo } }
`)
  const slack = { channel: 'slack', after: 0 }
  expect(people.ada?.reach).toEqual({
    P1: [slack, { channel: 'email', after: 3 * minute }, { channel: 'webhook:phone', after: 5 * minute }],
    P2: [slack],
    P3: [{ channel: 'email', after: 0 }],
    P4: [slack],
  })
  expect(people.ada?.accounts).toEqual({ slack: 'UADA', console: 'ada' })
  expect(people.ada?.quiet).toEqual({
    ...{ from: '22:00', until: '07:00', zone: 'Europe/Berlin', days: ['mon', 'tue', 'wed', 'thu', 'sun'] },
  })
  expect(people.grace?.reach?.P4).toEqual([slack, { channel: 'console', after: 90 * minute }])
  expect(people.linus?.reach).toBeNull()
  expect(people.linus?.quiet?.zone).toBe('Asia/Tokyo')
  expect(people.linus?.quiet?.days).toHaveLength(7)
  expect(email).toEqual({ smtp: 'smtp://mail.example.org', from: 'Tocsin <tocsin@example.org>', timeout: 15_000 })
  // Kept to the letter: the slash and the question may matter.
  expect(webhooks.phone).toEqual({
    ...{ name: 'phone', url: 'https://gateway.example.org/call/?line=1', secret: 's3cret', timeout: 10_000 },
    proxy: null,
  })
})

it('what is not named falls to the usual way', () => {
  const { people } = load('people: { ada: { slack: U1, reach: { P1: slack } } }')
  expect(people.ada?.reach?.P2).toBeNull()
})

it('the mail server may come from the environment', () => {
  const yaml = 'email: { from: tocsin@example.org }'
  expect(load(yaml, { SMTP_URL: 'smtps://me:secret@mail.example.org' }).email?.smtp).toContain('smtps://me')
  expect(wrong(yaml)).toEqual([
    'tocsin.yaml:1: email: has no mail server; add smtp: smtp://mail.example.org:587, or set SMTP_URL',
  ])
  expect(wrong('team: X', { SMTP_URL: 'smtp://mail.example.org' })).toEqual([
    'environment: SMTP_URL: is set, but nobody knows who the mails are from; add email: { from: "Tocsin <tocsin@example.org>" } to tocsin.yaml',
  ])
  expect(wrong('team: X', { SMTP_URL: 'mail.example.org' })[0]).toContain('this value is not an SMTP address')
})

it('a way that leads nowhere is a problem with its line and its fix', () => {
  expect(
    wrong(`
webhooks: { phone: { url: "https://x.example" } }
people:
  ada: { reach: [slack, email after 3m, webhook:phne after 5m, fax] }
  bob: { email: bob@example.org, reach: { P1: email } }
  eve: { reach: console after 3 }
  zoe: { reach: { default: [console after 3m] }, quiet: { from: "22:00", until: "22:00" } }
  kim: { reach: [console, console after 1m], quiet: { from: "22:00" } }
  tom: { reach: [] }
`),
  ).toEqual([
    'tocsin.yaml:4: people.ada.reach[0]: wants slack, but ada has no slack account; add people.ada.slack, or take slack out',
    'tocsin.yaml:4: people.ada.reach[1]: wants email, but ada has no mail address; add people.ada.email, or take email out',
    'tocsin.yaml:4: people.ada.reach[2]: "webhook:phne after 5m" is not in webhooks; did you mean phone?',
    'tocsin.yaml:4: people.ada.reach[3]: "fax" is no way to be reached; known: slack, discord, console, email, webhook:phone',
    'tocsin.yaml:5: people.bob.reach.P1: wants email, but there is no mail server; add email: { smtp: smtp://mail.example.org:587, from: tocsin@example.org }',
    'tocsin.yaml:6: people.eve.reach: "console after 3" is not a way to be reached; write e.g. slack, email after 3m, webhook:phone after 5m',
    'tocsin.yaml:7: people.zoe.reach.default[0]: "console after 3m" comes too late: nothing is sent before it; take “after” from the first way',
    'tocsin.yaml:7: people.zoe.quiet.until: "22:00" is the same as from; the hours would never end',
    'tocsin.yaml:8: people.kim.reach[1]: "console after 1m" is there twice; name it once',
    'tocsin.yaml:8: people.kim.quiet.until: is missing; write e.g. 09:00',
    'tocsin.yaml:9: people.tom.reach: a list names no way; name one, or leave it out',
  ])
})

it('who is left with the console, and what is wanted but not set up, is told at the start', () => {
  const config = load(`
email: { smtp: "smtp://mail.example.org", from: tocsin@example.org }
people:
  ada: { email: ada@example.org }
  bob: { slack: UBOB, reach: slack }
  cy: { email: cy@example.org, reach: { P1: console, P3: [email, console] } }
`)
  const warnings = configWarnings(config)
  expect(warnings).toContain('people.bob.reach names slack, which is not set up: pages take the next way.')
  expect(warnings).toContain(
    'people.bob has only the console left for pages, and that wakes nobody. Add an account or a mail address.',
  )
  expect(warnings).toContain(
    'people.cy.reach names nothing but the console for a P1 or P2, and that wakes nobody. Set another way there.',
  )
})

it('accounts on a chat whose token did not come along are told, as nobody is paged there', () => {
  const told = (people: string, env = {}) =>
    configWarnings(load(`people: ${people}`, env)).filter((text) => text.includes('not connected'))
  expect(told('{ ada: { slack: U01ADA }, bob: { slack: U02BOB, discord: 123 } }')).toEqual([
    '2 people have accounts on Slack, which is not connected: no page goes out there. Set SLACK_BOT_TOKEN.',
    'bob has an account on Discord, which is not connected: no page goes out there. Set DISCORD_BOT_TOKEN.',
  ])
  const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }
  expect(told('{ ada: { slack: U01ADA } }', slack)).toEqual([])
  expect(told('{ ada: {} }')).toEqual([])
})

it('a step may page a channel, on the first platform or a named one, and a webhook', () => {
  const yaml = (page: string) => `
webhooks: { pagerduty: { url: "https://x.example" } }
people: { ada: {} }
policies: { default: { steps: [{ page: ${page} }] } }
`
  const targets = (page: string) => load(yaml(page)).policies.default?.steps[0]?.targets
  expect(targets('["channel:#sre", channel:ops, "channel:slack#sre", webhook:pagerduty]')).toEqual([
    { channel: '#sre' },
    { channel: '#ops' },
    { channel: 'slack#sre' },
    { webhook: 'pagerduty' },
  ])
  expect(wrong(yaml('webhook:pagrduty'))[0]).toContain('"webhook:pagrduty" is not in webhooks; did you mean pagerduty?')
  expect(wrong(yaml('"channel:teams#sre"'))[0]).toContain(
    'is not a channel; write e.g. channel:#sre or channel:slack#sre',
  )
  expect(wrong(yaml('pagerduty'))[0]).toContain('did you mean webhook:pagerduty?')
})

it('a step that calls a channel of a chat that is not connected is told at the start', () => {
  const config = load(`
people: { ada: { email: ada@example.org } }
policies:
  default: { steps: [{ page: ["channel:discord#sre", "channel:#ops"] }, { page: "channel:discord#sre" }] }
  unused: { steps: [{ page: "channel:slack#sre" }] }
severities: { P1: { policy: default } }
`)
  expect(configWarnings(config).filter((warning) => warning.includes('channel:'))).toEqual([
    'policies.default calls channel:discord#sre, where the bot is not connected: nobody there is called. Set DISCORD_BOT_TOKEN.',
  ])
})
