// What only the file and the environment together show: doors open to strangers, half a Slack connection, one account
// for two people. Looks at the raw tree, so that it speaks even while other parts of the file are wrong.
import type { Settings } from './environment.ts'
import { environmentProblem, type Problem, showPath } from './problem.ts'
import type { Path, Raw, Tree } from './tree.ts'
import { checkWays } from './ways-check.ts'
import { betterToken, quickstartToken, tooShort } from './weak.ts'

/** Whether only this machine can connect to `host`. */
export function isLoopback(host: string): boolean {
  const plain = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '')
  return plain === 'localhost' || plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain)
}

/** @param kinds of sources that have a parser. */
export function crossCheck(tree: Tree, settings: Settings, file: string, kinds: string[]): Problem[] {
  const at = (path: Path, message: string): Problem => ({ file, ...tree.place(path), path: showPath(path), message })
  return [
    ...openDoors(tree, settings, at),
    ...slackTokens(tree, settings),
    ...sharedAccounts(tree, at),
    ...kindless(tree, kinds, at),
    ...checkWays(tree, settings, at),
  ]
}

type At = (path: Path, message: string) => Problem

function openDoors(tree: Tree, settings: Settings, at: At): Problem[] {
  const host = settings.HOST
  if (isLoopback(host)) return []
  const problems: Problem[] = []
  for (const [name, source] of entries(tree.root, 'sources')) {
    if (textAt(source, 'token') !== quickstartToken) continue
    const fix = `everybody knows the token “${quickstartToken}”, and HOST=${host} lets everybody in; set another, e.g. token: \${ALERTS_TOKEN}`
    problems.push(at(['sources', name, 'token'], fix))
  }
  const written = textAt(tree.root, 'access_token')
  const access = settings.TOCSIN_ACCESS_TOKEN ?? written
  const complain = (message: string) =>
    problems.push(
      settings.TOCSIN_ACCESS_TOKEN ? environmentProblem('TOCSIN_ACCESS_TOKEN', message) : at(['access_token'], message),
    )
  if (!access) {
    const open = `${JSON.stringify(host)} is not a loopback address, and without an access token the API and the console would be open to everybody; set TOCSIN_ACCESS_TOKEN (e.g. from openssl rand -hex 24), or HOST=127.0.0.1`
    problems.push(environmentProblem('HOST', open))
  } else if (access === quickstartToken) {
    complain('is the token everybody knows; set another')
  } else if (access.length < tooShort) {
    const many = access.length === 1 ? '1 character' : `${access.length} characters`
    complain(`has ${many}, which is soon guessed, and HOST=${host} lets everybody try; ${betterToken}`)
  }
  return problems
}

function slackTokens(tree: Tree, settings: Settings): Problem[] {
  const written = (key: string) => textAt(child(tree.root, 'slack'), key) || null
  const bot = settings.SLACK_BOT_TOKEN ?? written('bot_token')
  const app = settings.SLACK_APP_TOKEN ?? written('app_token')
  const signing = settings.SLACK_SIGNING_SECRET ?? written('signing_secret')
  const problems: Problem[] = []
  const complain = (name: string, message: string) => problems.push(environmentProblem(name, message))
  if (bot && !app && !signing) {
    complain(
      'SLACK_BOT_TOKEN',
      'is set, but nothing Slack could reach the bot by; set SLACK_APP_TOKEN (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode)',
    )
  }
  if (!bot && (app || signing)) {
    complain(
      'SLACK_BOT_TOKEN',
      `is missing while ${app ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET'} is set; set it (xoxb-…) to join Slack, or unset the other`,
    )
  }
  if (bot?.startsWith('xapp-'))
    complain('SLACK_BOT_TOKEN', 'holds an app token (xapp-…); it wants the bot token (xoxb-…)')
  if (app?.startsWith('xoxb-'))
    complain('SLACK_APP_TOKEN', 'holds a bot token (xoxb-…); it wants the app token (xapp-…)')
  return problems
}

/** A source that is called like a kind is of that kind; any other has to say it. */
function kindless(tree: Tree, kinds: string[], at: At): Problem[] {
  return entries(tree.root, 'sources')
    .filter(([name, source]) => !kinds.includes(name) && child(source, 'kind') === undefined)
    .map(([name]) => at(['sources', name], `does not say its kind; add kind: ${kinds.join(' or kind: ')}`))
}

/** Whoever presses a button is known by their account: it must be one person's. */
function sharedAccounts(tree: Tree, at: At): Problem[] {
  const owners = new Map<string, string>()
  const problems: Problem[] = []
  for (const [key, person] of entries(tree.root, 'people')) {
    const accounts = { console: key, ...(isKeys(person) ? person : {}) }
    for (const [platform, account] of Object.entries(accounts)) {
      if (['name', 'email', 'reach', 'quiet'].includes(platform) || typeof account !== 'string') continue
      const id = `${platform} ${account}`
      const owner = owners.get(id)
      if (owner !== undefined)
        problems.push(
          at(['people', key, platform], `is the ${platform} account of ${owner} already; give each person their own`),
        )
      else owners.set(id, key)
    }
  }
  return problems
}

function isKeys(raw: Raw | undefined): raw is { [key: string]: Raw } {
  return raw !== null && typeof raw === 'object' && !Array.isArray(raw)
}

function child(raw: Raw | undefined, key: string): Raw | undefined {
  return isKeys(raw) && Object.hasOwn(raw, key) ? raw[key] : undefined
}

function textAt(raw: Raw | undefined, key: string): string | null {
  const value = child(raw, key)
  return typeof value === 'string' ? value.trim() : null
}

function entries(raw: Raw, key: string): [string, Raw][] {
  const part = child(raw, key)
  return isKeys(part) ? Object.entries(part) : []
}
