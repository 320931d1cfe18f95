// What is allowed but probably not meant: said at the start, so that nobody learns of it from a night without a page.
import { likeness } from '../core/likeness.ts'
import { wantsUtf8 } from '../core/mail-address.ts'
import { recipientOf, webhookChannel } from '../core/recipient.ts'
import { severities } from '../core/severity.ts'
import type { Config, Person } from './config.ts'
import { isLoopback } from './cross-check.ts'
import { quickstartToken, weakTokens } from './weak.ts'

/** Sentences for the start of the bot; empty when there is nothing to say. */
export function configWarnings(config: Config): string[] {
  const warnings: string[] = []
  if (Object.keys(config.people).length === 0) {
    warnings.push(
      'Nobody is in people: no page can reach anybody, and the last resort speaks in the room at once. Add people and schedules to tocsin.yaml.',
    )
  } else {
    for (const [severity, terms] of Object.entries(config.severities)) {
      if (terms.paging !== 'never' && terms.policy.steps.length === 0) {
        warnings.push(`${severity} pages nobody: its policy “${terms.policy.name}” has no steps.`)
      }
    }
    for (const policy of Object.values(config.policies).filter((one) => isFollowed(config, one.name))) {
      if (policy.lastResort.people.length === 0) {
        warnings.push(
          `policies.${policy.name}.last_resort has no people: when nobody answers, only the channel is called. Name a duty manager.`,
        )
      }
    }
  }
  if (Object.keys(config.sources).length === 0) {
    warnings.push('There is no source: no alert can arrive. Add one to sources, e.g. alertmanager with a token.')
  }
  if (JSON.stringify(config).includes('\uFFFD'))
    warnings.push(
      'tocsin.yaml is not UTF-8: some letters are not those that were written, in names and where labels are compared. Save the file as UTF-8.',
    )
  for (const { path, line, message } of config.curly)
    warnings.push(`${path} (line ${line}): ${message}. Set straight ones (") instead; around both, if they are meant.`)
  warnings.push(...missingParts(config), ...unconnected(config))
  const group = config.userGroups[0]
  if (group !== undefined && config.slack === null)
    warnings.push(
      `schedules.${group.schedules[0]}.slack_group is “${group.name}”, but Slack is not connected: nothing keeps that group. Set SLACK_BOT_TOKEN.`,
    )
  const unmailed = config.email === null ? config.digests.filter(({ email }) => email.length > 0) : []
  for (const { name } of unmailed)
    warnings.push(
      `${name === '' ? 'digest' : `digests.${name}`}.email wants mails, but there is no mail server: none is sent. Add email: with smtp and from, or set SMTP_URL.`,
    )
  warnings.push(...unusualAddresses(config))
  const { host, publicUrl } = config.server
  if (!isLoopback(host) && isLoopback(new URL(publicUrl).hostname)) {
    warnings.push(`Links in messages lead to ${publicUrl}, which works on this machine only. Set TOCSIN_PUBLIC_URL.`)
  }
  for (const [platform, mine] of [
    ['slack', config.slack],
    ['discord', config.discord],
  ] as const) {
    const [first, ...others] = Object.values(config.people).filter((person) => !person.accounts[platform])
    if (mine !== null && first !== undefined)
      warnings.push(
        `people.${first.key} has no account on ${platform}${also('nor', others)}: not to be reached there. Add ${platform}: with their id.`,
      )
  }
  warnings.push(...sameNames(config), ...guessable(config), ...unsent(config), ...blindLinks(config))
  return [...warnings, ...unwoken(config), ...uncalled(config), ...strangeAccounts(config), ...sampleLeftBehind(config)]
}

/** Pages and cards show the name alone, and a calendar may say nothing else. */
function sameNames({ people }: Config): string[] {
  const known = new Map<string, Person>()
  return Object.values(people).flatMap((person) => {
    const words = [person.key, person.name].map(likeness)
    const other = words.map((word) => known.get(word)).find((one) => one !== undefined)
    for (const word of words) if (!known.has(word)) known.set(word, person)
    if (other === undefined) return []
    const named = `people.${person.key} (${person.name}) is called like people.${other.key} (${other.name})`
    return [
      `${named}: in a calendar, or to whoever reads the name, one may pass for the other. Set a name that tells them apart.`,
    ]
  })
}

/** They look like any other to whoever writes them, and most mail servers take none of them. */
function unusualAddresses({ people, email, digests }: Config): string[] {
  if (email === null) return []
  const named = [
    ['email.from', email.from] as const,
    ...Object.values(people).map((person) => [`people.${person.key}.email`, person.email ?? ''] as const),
    ...digests.flatMap(({ name, email }) =>
      email.map((one) => [`${name === '' ? 'digest' : `digests.${name}`}.email`, one] as const),
    ),
  ]
  return named
    .filter(([, address]) => wantsUtf8(address))
    .map(
      ([key, address]) =>
        `${key}: ${address} has letters besides ASCII before the @, which only a mail server with SMTPUTF8 takes; with any other, no mail goes there. Give an address without them.`,
    )
}

/** Whether incidents follow the policy itself: of one that only stands in others' steps, the last resort is never reached. */
function isFollowed({ severities: all, services }: Config, name: string): boolean {
  const followed = Object.values(all).some(({ policy }) => policy.name === name)
  return followed || Object.values(services).some(({ policy }) => policy === name)
}

/** What people are to be woken for. */
const urgent = ['P1', 'P2'] as const

function isConsoleOnly(ways: { channel: string }[]): boolean {
  return ways.length > 0 && ways.every(({ channel }) => channel === 'console')
}

/** Ways that are there, and who has none of them; ways that people want and that are not there. */
function unwoken({ people, slack, discord, email, webhooks }: Config): string[] {
  const there = [slack && 'slack', discord && 'discord', email && 'email'].filter((way) => way !== null)
  const all = Object.values(people)
  const hooks = Object.keys(webhooks).map(webhookChannel)
  const wanted = (person: Person) =>
    new Set(severities.flatMap((severity) => person.reach?.[severity] ?? []).map((way) => way.channel))
  const warnings = all.flatMap((person) => {
    const missing = [...wanted(person)].filter((way) => ![...there, ...hooks, 'console'].includes(way))
    return missing.map(
      (way) => `people.${person.key}.reach names ${way}, which is not set up: pages take the next way.`,
    )
  })
  const silent = all.filter(({ reach }) => urgent.some((severity) => isConsoleOnly(reach?.[severity] ?? [])))
  if (there.length + hooks.length > 0)
    for (const { key } of silent)
      warnings.push(
        `people.${key}.reach names nothing but the console for a P1 or P2, and that wakes nobody. Set another way there.`,
      )
  const [first, ...others] = all.filter((person) => {
    const has = [...Object.keys(person.accounts), ...(person.email === null ? [] : ['email']), ...wanted(person)]
    return ![...there, ...hooks].some((way) => has.includes(way))
  })
  if (there.length > 0 && first !== undefined)
    warnings.push(
      `people.${first.key} has only the console left for pages${also('as', others)}, and that wakes nobody. Add an account or a mail address.`,
    )
  return warnings
}

/** Channels that steps call on a chat that is not there. */
function uncalled(config: Config): string[] {
  const followed = Object.values(config.policies).filter(({ name }) => isFollowed(config, name))
  return followed.flatMap(({ name, steps }) => {
    const channels = steps.flatMap(({ targets }) => targets.flatMap((one) => ('channel' in one ? [one.channel] : [])))
    return [...new Set(channels)].flatMap((channel) => {
      const to = recipientOf(channel)
      const platform = to.kind === 'channel' ? to.platform : null
      if ((platform !== 'slack' && platform !== 'discord') || config[platform] !== null) return []
      const variable = platform === 'slack' ? 'SLACK_BOT_TOKEN' : 'DISCORD_BOT_TOKEN'
      return [
        `policies.${name} calls channel:${channel}, where the bot is not connected: nobody there is called. Set ${variable}.`,
      ]
    })
  })
}

/** A warning begins with the key of the first it is about, so that it has a line; these are the others. */
function also(word: 'nor' | 'as', others: Person[]): string {
  return others.length === 0
    ? ''
    : `, ${word} ${others.length === 1 ? 'has' : 'have'} ${others.map(({ key }) => key).join(', ')}`
}

/** The token that everybody knows is for the sample alerts, and refused where others can reach the bot. */
function guessable(config: Config): string[] {
  return weakTokens(config)
    .filter(({ path, token }) => path[0] !== 'sources' || token !== quickstartToken)
    .map(
      ({ path, what }) =>
        `${path.join('.')}: ${what} can be guessed. Set a long random one, e.g. from openssl rand -hex 24.`,
    )
}

/** Of whom is asked: what is written how to sign in there, and never sent. */
function unsent({ prometheus, alertmanager, evidence }: Config): string[] {
  return Object.entries({ prometheus, alertmanager, ...evidence }).flatMap(([section, asked]) => {
    if (typeof asked !== 'object' || asked === null) return []
    const access = 'api' in asked ? asked.api : 'headers' in asked ? asked : null
    if (!access?.url) return []
    const { username, protocol } = new URL(access.url)
    // User and password are the same header as a token.
    const isNamed = Object.keys(access.headers).some((name) => name.toLowerCase() === 'authorization')
    return [
      ...(username !== '' && isNamed
        ? [
            `${section}.user: of a user and a token (or API key, or header Authorization) only the user is sent, with the password. Leave one of them out.`,
          ]
        : []),
      ...(access.tls && protocol === 'http:'
        ? [
            `${section}.tls: certificates count only for an address that begins with https://. Set one, or leave them out.`,
          ]
        : []),
    ]
  })
}

/** Systems that are only named for links, where nothing leads there; and evidence that leads nowhere. */
function blindLinks({ evidence: { elasticsearch, kibana, traces, grafana } }: Config): string[] {
  const warnings: string[] = []
  if (kibana !== null && elasticsearch === null)
    warnings.push('kibana.url is only for links from log lines, and none are looked for: set elasticsearch.url.')
  if (traces?.kind === 'tempo' && grafana === null)
    warnings.push('traces.kind is tempo, whose traces are seen in Grafana: without grafana.url they have no links.')
  return warnings
}

/** What the bot works without, but shows less. */
export function missingParts(config: Pick<Config, 'prometheus' | 'runbooks'>): string[] {
  const missing: string[] = []
  if (config.prometheus.url === null)
    missing.push('There is no Prometheus: charts and SLOs stay empty. Set prometheus.url or PROMETHEUS_URL.')
  if (config.runbooks.length === 0) missing.push('There are no runbooks: add a folder of Markdown files to runbooks.')
  return missing
}

/** A secret that did not come along looks like this, and pages go to the console, where nobody is woken. */
export function unconnected(config: Pick<Config, 'people' | 'slack' | 'discord'>): string[] {
  const chats = { slack: ['Slack', 'SLACK_BOT_TOKEN'], discord: ['Discord', 'DISCORD_BOT_TOKEN'] } as const
  return (['slack', 'discord'] as const).flatMap((platform) => {
    const [one, ...others] = Object.values(config.people).filter(({ accounts }) => accounts[platform])
    if (config[platform] !== null || one === undefined) return []
    const [name, variable] = chats[platform]
    const who = others.length === 0 ? `${one.key} has an account` : `${others.length + 1} people have accounts`
    return [`${who} on ${name}, which is not connected: no page goes out there. Set ${variable}.`]
  })
}

/** How platforms write an account, as far as it is the same for all of them; a display name pages nobody. */
const accounts: { [platform: string]: { looks: RegExp; what: string } | undefined } = {
  slack: { looks: /^[UW][A-Z0-9]+$/, what: 'a Slack member id (profile → ⋮ → Copy member ID)' },
  discord: { looks: /^\d+$/, what: 'a Discord user id (developer mode → Copy User ID)' },
}

function strangeAccounts({ people }: Config): string[] {
  return Object.values(people).flatMap((person) =>
    Object.entries(person.accounts).flatMap(([platform, account]) => {
      const known = accounts[platform]
      if (known === undefined || !account || known.looks.test(account)) return []
      return [`people.${person.key}.${platform}: “${account}” does not look like ${known.what}: pages may not arrive.`]
    }),
  )
}

/** The measurements of the quickstart are gone once its token is: every chart would be a 404. */
function sampleLeftBehind({ prometheus, sources }: Config): string[] {
  const isSample = prometheus.url !== null && new URL(prometheus.url).pathname.startsWith('/sample/prometheus')
  if (!isSample || Object.values(sources).some(({ token }) => token === 'quickstart')) return []
  return ['prometheus.url is the sample, which goes with the token “quickstart”: set your own, or leave it out.']
}
