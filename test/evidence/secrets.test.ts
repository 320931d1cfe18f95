import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { maskSecrets } from '../../src/evidence/logs/secrets.ts'
import { workOf } from '../work.ts'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const of = (characters: string, min: number, max = min) =>
  fc.array(fc.constantFrom(...characters), { minLength: min, maxLength: max }).map((all) => all.join(''))
const word = of(`${letters}0123456789`, 4, 24).map((text) => `Zq${text}`)
const base64 = of(`${letters}0123456789-_`, 20, 40)
/** As people and machines choose them, without what ends a value everywhere. */
const password = of(`${letters}0123456789!#$%*+,-./:;=?@^_|~`, 3, 30).map((text) => `Zq${text}9x`)

const names = ['password', 'passwd', 'db_password', 'PGPASSWORD', 'secret', 'client_secret', 'clientSecret', 'token']
const more = ['access_token', 'api_key', 'apiKey', 'X-Api-Key', 'aws_secret_access_key', 'private_key', 'sessionid']
const name = fc.constantFrom(
  ...names,
  ...more,
  'credentials',
  'signature',
  'refreshToken',
  'spring.datasource.password',
)

const strangeAddress: fc.Arbitrary<[string, string]> = word.map((s) => [s, `redis://:${s}@${s}@cache:6379/0`])

/** A secret, and a line that it stands in. */
const leaks: [string, fc.Arbitrary<[secret: string, line: string]>][] = [
  ['logfmt', fc.tuple(name, word, word).map(([n, s, w]) => [s, `level=info ${n}=${s} user=${w}`])],
  [
    'a password of any signs',
    fc.tuple(name, password).map(([n, s]) => [s, `connecting with ${n}=${s} to the database`]),
  ],
  ['quoted logfmt', fc.tuple(name, password).map(([n, s]) => [s, `level=info ${n}="${s}" done`])],
  [
    'JSON',
    fc
      .tuple(
        name,
        fc.string({ minLength: 4 }).filter((s) => !'[masked]'.includes(s.trim()) && /[^\s"\\,:{}]{4}/.test(s)),
      )
      .map(([n, s]) => [JSON.stringify(s).slice(1, -1), JSON.stringify({ a: 1, [n]: s, z: 2 })]),
  ],
  ['JSON in JSON', fc.tuple(name, word).map(([n, s]) => [s, JSON.stringify({ msg: JSON.stringify({ [n]: s }) })])],
  [
    'JSON in JSON in JSON',
    fc
      .tuple(name, word)
      .map(([n, s]) => [s, JSON.stringify({ log: JSON.stringify({ msg: JSON.stringify({ [n]: s }) }) })]),
  ],
  ['YAML', fc.tuple(name, word).map(([n, s]) => [s, `spec:\n  ${n}: ${s}\n  other: 1`])],
  ['a query', fc.tuple(name, word).map(([n, s]) => [s, `GET /cb?state=1&${n}=${s}&next=/home HTTP/1.1`])],
  ['an address', fc.tuple(word, word).map(([u, s]) => [s, `dial postgres://${u}:${s}@db.internal:5432/shop failed`])],
  ['an address with an @ in the password', strangeAddress],
  ['a bearer', base64.map((s) => [s, `> Authorization: Bearer ${s}\n> Accept: */*`])],
  [
    'a header in JSON',
    base64.map((s) => [s, JSON.stringify({ headers: { authorization: `Basic ${s}`, accept: '*' } })]),
  ],
  [
    'a bearer without its header',
    // Letters alone are a word; those that are looked at below, however it is cut, begin with twelve.
    base64.filter((s) => /\d/.test(s.slice(0, 12))).map((s) => [s, `sending Bearer ${s} to upstream`]),
  ],
  ['a cookie', word.map((s) => [s, `Cookie: theme=dark; sid=${s}; lang=de`])],
  ['a JWT', fc.tuple(base64, base64, base64).map(([a, b, c]) => [b, `got eyJ${a}.${b}.${c} from client`])],
  ['an AWS key id', of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((s) => [s, `denied for AKIA${s} in eu-central-1`])],
  ['a GitHub token', of(`${letters}0123456789`, 36).map((s) => [s, `cloning with ghp_${s}`])],
  ['a Slack token', of('0123456789abcdef', 24).map((s) => [s, `xoxb-1234567890-${s} is revoked`])],
  ['a Slack webhook', word.map((s) => [s, `POST https://hooks.slack.com/services/T0/B0/${s} 404`])],
  [
    'a private key',
    of(`${letters}0123456789+/`, 200).map((s) => [
      s,
      `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----`,
    ]),
  ],
  [
    'a private key that was cut off',
    of(`${letters}0123456789+/`, 200).map((s) => [s, `x -----BEGIN PRIVATE KEY-----\n${s}`]),
  ],
  [
    'words',
    fc
      .tuple(fc.constantFrom('password', 'token', 'secret'), word)
      .map(([n, s]) => [s, `the ${n} is ${s}, do not tell`]),
  ],
  ['several words in quotation marks', word.map((s) => [s, `connect failed, passwd 'sup3r ${s}' refused`])],
  ['a header with a list in JSON', word.map((s) => [s, JSON.stringify({ Cookie: [`sid=${s}`], Host: ['a'] })])],
  ['a list in JSON', fc.tuple(name, word).map(([n, s]) => [s, JSON.stringify({ [n]: ['a', s], z: 1 })])],
  ['bytes of Python', fc.tuple(name, word).map(([n, s]) => [s, `{'${n}': b'${s}'} refused`])],
  ['XML', fc.tuple(name, word).map(([n, s]) => [s, `<${n}>${s}</${n}> refused`])],
  [
    'an argument',
    fc.tuple(fc.constantFrom('password', 'api-key'), word).map(([n, s]) => [s, `run --${n} ${s} failed`]),
  ],
  ['an argument of curl', word.map((s) => [s, `curl -u admin:${s} https://api.example.org failed`])],
  ['an argument of mysql', word.map((s) => [s, `mysql -h db -p${s} shop: exit 1`])],
  ['a bot of Telegram', of(letters, 35).map((s) => [s, `GET https://api.telegram.org/bot123456789:${s}/sendMessage`])],
  ['a digest', word.map((s) => [s, `Proxy-Authorization: Digest username="u", response="${s}"`])],
  ['a session of PHP', word.map((s) => [s, `PHPSESSID=${s} connect.sid=${s} refused`])],
  ['a token of Docker', of(`${letters}0123456789`, 27).map((s) => [s, `pull with dckr_pat_${s}`])],
  ['a mail address', of(letters, 3, 12).map((s) => [`${s}@example.org`, `no such user ${s}@example.org (yet)`])],
]

/** Who is signed in where, as each log of a shell has it: without a dot it is no mail address, or not yet. */
const isSomebodySomewhere = /^\w+@\w+$/

describe('no secret survives', () => {
  it.each(leaks)('in %s', (_name, leak) => {
    fc.assert(
      fc.property(leak, ([secret, line]) => {
        expect(maskSecrets(line)).not.toContain(secret)
      }),
      { numRuns: 300 },
    )
  })

  // Half an address whose password has an @ is an address with a strange host.
  const cuttable = leaks.filter(([, leak]) => leak !== strangeAddress)
  it.each(cuttable)('in %s that was cut off anywhere', (_name, leak) => {
    fc.assert(
      // All shares alike: of doubles nearly all are next to nothing, and what survives is found one night in fifty.
      fc.property(leak, fc.integer({ min: 1, max: 100 }), ([secret, line], percent) => {
        const cut = line.slice(0, line.indexOf(secret) + Math.ceil((secret.length * percent) / 100))
        const rest = cut.slice(line.indexOf(secret))
        // Of the first few characters nobody learns much, and some shapes are not to be told yet.
        if (rest.length < Math.max(12, secret.length * 0.7) || isSomebodySomewhere.test(rest)) return
        expect(maskSecrets(cut)).not.toContain(rest)
      }),
      { numRuns: 200 },
    )
  })
})

test('a mail address is masked from the first dot of its host on, and who is signed in where is told', () => {
  expect(maskSecrets('no such user ada@example.')).toBe('no such user [e-mail].')
  expect(maskSecrets('permission denied for deploy@web-3')).toBe('permission denied for deploy@web-3')
})

test('the address of a bot of Telegram is masked wherever it was cut off', () => {
  const secret = 'Ab'.repeat(18).slice(0, 35)
  for (let length = 12; length <= secret.length; length++) {
    const rest = secret.slice(0, length)
    expect(maskSecrets(`GET https://api.telegram.org/bot123456789:${rest}`)).not.toContain(rest)
  }
})

test('what is masked stays as it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(...leaks.map(([, leak]) => leak.map(([, line]) => line)), fc.string({ maxLength: 300 })),
      (line) => {
        const once = maskSecrets(line)
        expect(maskSecrets(once)).toBe(once)
      },
    ),
    { numRuns: 2_000 },
  )
})

it.each([
  'connect to 10.0.0.12:5432 refused after 5012 ms',
  'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7',
  'pull image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0ba22d15d6c15b0f00a08 failed',
  'max_tokens=512 of 4096 used; tokenizer: fast',
  'authentication failed for user bob',
  'tar -p archive; ls -u a; docker run --user 1000:1000 shop; mkdir -p /data',
  'FATAL: password authentication failed for user "shop"',
  'the tokens: ["a", "b"] were not expected; <tag>5</tag>',
  'at com.example.shop.OrderServiceImplementationFactory.create(OrderServiceImplementationFactory.java:42)',
  'deployment payments-7d9f8b6c5d-x2x9z has minimum availability',
  'session expired after 1790871720000000000 ns',
  'GET /api/orders/123e4567-e89b-12d3-a456-426614174000 503',
])('leaves alone what helps: %s', (line) => {
  expect(maskSecrets(line)).toBe(line)
})

test('takes no time over what was made to take it', () => {
  const evil = [
    'a'.repeat(30_000),
    'password'.repeat(4_000),
    '='.repeat(30_000),
    'token="'.repeat(4_000),
    'eyJ.'.repeat(8_000),
    'a@'.repeat(15_000),
    '://'.repeat(10_000),
    '1 '.repeat(15_000),
    '"\\'.repeat(15_000),
    `x-${'a-'.repeat(15_000)}`,
    '-----BEGIN PRIVATE KEY-----'.repeat(1_000),
    'Ab1'.repeat(10_000),
    'a.'.repeat(15_000),
    `password=${'\\"'.repeat(15_000)}`,
    'mysql '.repeat(5_000),
    '<token '.repeat(4_000),
    '<token>'.repeat(4_000),
    'token: ["'.repeat(3_000),
    ' --token'.repeat(4_000),
    'digest username='.repeat(2_000),
    "secret '".repeat(4_000),
    'redis-cli '.repeat(3_000),
  ]
  for (const text of evil) {
    expect(
      workOf(() => maskSecrets(text)),
      text.slice(0, 20),
    ).toBeLessThan(500)
  }
})
