// Whether people can be reached the way they want: an account on the platform they name, a mail server for their mails. On the
// raw tree, so that it speaks even while other parts of the file are wrong.
import type { Settings } from './environment.ts'
import { environmentProblem, type Problem } from './problem.ts'
import { builtInWays } from './schema/reach.ts'
import type { Path, Raw, Tree } from './tree.ts'

type At = (path: Path, message: string) => Problem

export function checkWays(tree: Tree, settings: Settings, at: At): Problem[] {
  const email = child(tree.root, 'email')
  const smtp = settings.SMTP_URL ?? textAt(email, 'smtp')
  const problems: Problem[] = []
  if (settings.SMTP_URL !== null && email === undefined) {
    const fix =
      'is set, but nobody knows who the mails are from; add email: { from: "Tocsin <tocsin@example.org>" } to tocsin.yaml'
    problems.push(environmentProblem('SMTP_URL', fix))
  } else if (email !== undefined && !smtp) {
    problems.push(at(['email'], 'has no mail server; add smtp: smtp://mail.example.org:587, or set SMTP_URL'))
  }
  for (const [key, person] of entries(child(tree.root, 'people'))) {
    for (const { channel, path } of waysIn(child(person, 'reach'), ['people', key, 'reach'])) {
      const problem = missing(key, person, channel, email !== undefined || smtp ? 'mail' : 'no mail')
      if (problem !== null) problems.push(at(path, problem))
    }
  }
  return problems
}

function missing(key: string, person: Raw, channel: string, mail: 'mail' | 'no mail'): string | null {
  // Everybody is in the console under their key.
  if (!builtInWays.includes(channel) || channel === 'console') return null
  if (child(person, channel) === undefined) {
    const what = channel === 'email' ? 'mail address' : `${channel} account`
    return `wants ${channel}, but ${key} has no ${what}; add people.${key}.${channel}, or take ${channel} out`
  }
  if (channel === 'email' && mail === 'no mail')
    return 'wants email, but there is no mail server; add email: { smtp: smtp://mail.example.org:587, from: tocsin@example.org }'
  return null
}

/** Every way named below `reach`, however it is written. */
function waysIn(raw: Raw | undefined, path: Path): { channel: string; path: Path }[] {
  if (typeof raw === 'string')
    return [
      {
        channel:
          raw
            .trim()
            .split(/\s+/)[0]
            ?.replace(/^(e-mail|mail)$/i, 'email') ?? '',
        path,
      },
    ]
  if (Array.isArray(raw)) return raw.flatMap((one, i) => waysIn(one, [...path, i]))
  return entries(raw).flatMap(([name, one]) => waysIn(one, [...path, name]))
}

function child(raw: Raw | undefined, key: string): Raw | undefined {
  return isKeys(raw) && Object.hasOwn(raw, key) ? raw[key] : undefined
}

function textAt(raw: Raw | undefined, key: string): string | null {
  const value = child(raw, key)
  return typeof value === 'string' ? value.trim() || null : null
}

function entries(raw: Raw | undefined): [string, Raw][] {
  return isKeys(raw) ? Object.entries(raw) : []
}

function isKeys(raw: Raw | undefined): raw is { [key: string]: Raw } {
  return raw !== null && typeof raw === 'object' && !Array.isArray(raw)
}
