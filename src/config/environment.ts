// The environment variables Tocsin reads: each with its default, its help and its notation. An empty one counts as unset.
import { address, type Notation, oneOf, port, postgres, secret, smtp, text, Wrong, yesNo } from './notation.ts'
import { environmentProblem, type Problem } from './problem.ts'
import { saidBy } from './secret-files.ts'
import type { Environment } from './tree.ts'

type Variable<T> = { notation: Notation<T>; default: string | null; help: string }

function variable<T>(notation: Notation<T>, fallback: string, help: string): Variable<T> & { default: string }
function variable<T>(notation: Notation<T>, fallback: null, help: string): Variable<T> & { default: null }
function variable<T>(notation: Notation<T>, fallback: string | null, help: string): Variable<T> {
  return { notation, default: fallback, help }
}

const path = { ...text, what: 'a path', example: './tocsin.yaml' }

/** The contract others program against; README's table is made from it. */
const variables = {
  PORT: variable(port, '8420', 'Port the bot listens on.'),
  HOST: variable(
    { ...text, what: 'a host', example: '127.0.0.1' },
    '127.0.0.1',
    'Address it listens on. Off loopback it wants an access token and real source tokens.',
  ),
  TOCSIN_CONFIG: variable(
    path,
    null,
    'Path of tocsin.yaml. Unset: `./tocsin.yaml` when it exists, else the packaged `examples/quickstart/tocsin.yaml`.',
  ),
  TOCSIN_DATA: variable(path, '.tocsin', 'Folder of the embedded database and other state.'),
  TOCSIN_PUBLIC_URL: variable(
    address,
    null,
    'How people reach the bot, for links in messages. Unset: `http://HOST:PORT`.',
  ),
  TOCSIN_ACCESS_TOKEN: variable(
    secret,
    null,
    'Token for the API and the console. Needed off loopback, 8 characters at least.',
  ),
  DATABASE_URL: variable(
    postgres,
    null,
    'PostgreSQL 14 or newer. Unset: the embedded one. Signs like `@ / : # ? %` in its password are written `%40`, `%2F`, …',
  ),
  SLACK_BOT_TOKEN: variable(secret, null, 'Bot token (`xoxb-…`): joins Slack.'),
  SLACK_APP_TOKEN: variable(secret, null, 'App token (`xapp-…`): Socket Mode.'),
  SLACK_SIGNING_SECRET: variable(
    secret,
    null,
    'Signing secret: HTTP mode at `/slack/events`, when there is no app token.',
  ),
  SLACK_API_URL: variable(address, null, 'Another Slack API address, e.g. a stand-in for tests.'),
  SLACK_PROXY: variable(address, null, 'Proxy on the way to Slack, e.g. `http://proxy.example.org:3128`.'),
  DISCORD_BOT_TOKEN: variable(secret, null, 'Bot token: joins Discord.'),
  DISCORD_API_URL: variable(address, null, 'Another Discord API address.'),
  SMTP_URL: variable(smtp, null, 'Mail server that pages are sent over, e.g. `smtp://mail.example.org:587`.'),
  PROMETHEUS_URL: variable(address, null, 'Prometheus that charts and SLOs are read from.'),
  ALERTMANAGER_URL: variable(address, null, 'Alertmanager that alerts are silenced in.'),
  LOG_LEVEL: variable(
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'How much is logged: trace, debug, info, warn, error, fatal, silent.',
  ),
  LOG_FILE: variable(
    { ...path, example: 'logs/tocsin.log' },
    null,
    'File the JSON log goes to. Unset: standard output, on a terminal `tocsin.log` in `TOCSIN_DATA`.',
  ),
  METRICS_ENABLED: variable(yesNo, 'true', 'Whether `/metrics` answers.'),
}

type Variables = typeof variables
type Value<V> = V extends { notation: Notation<infer T>; default: infer D }
  ? T | (D extends null ? null : never)
  : never
export type Settings = { [Name in keyof Variables]: Value<Variables[Name]> }

/** Everything the environment says, defaults filled in. A value that cannot be read is a problem, and its default stands in. */
export function readEnvironment(env: Environment): { settings: Settings; problems: Problem[] } {
  const problems: Problem[] = []
  const settings = Object.entries(variables).map(([name, { notation, default: fallback }]) => {
    // An address may hold a password.
    const isSecret = notation === address || ('secret' in notation && notation.secret === true)
    const said = isSecret ? saidBy(env, name) : { value: env[name] }
    if ('failure' in said) problems.push(environmentProblem(said.variable, said.failure))
    const written = ('value' in said && said.value?.trim()) || fallback
    if (written === null) return [name, null]
    const read = notation.read(written)
    if (!(read instanceof Wrong)) return [name, read]
    const hidden = ('secret' in notation && notation.secret) || written.includes('@')
    const shown = hidden ? 'this value' : JSON.stringify(written)
    problems.push(environmentProblem(name, `${shown} ${read.message}`, read.example ?? undefined))
    return [name, fallback === null ? null : notation.read(fallback)]
  })
  return { settings: Object.fromEntries(settings) as Settings, problems }
}

export function environmentReference(): { key: string; default: string; help: string }[] {
  return Object.entries(variables).map(([key, v]) => ({ key, default: v.default ?? '', help: v.help }))
}
