// Tokens and secrets that can be guessed. An access token that is no door at all is refused where strangers can try it; every
// other weak one is told and counts, because its senders have it in configurations of their own, and a bot that does not start
// pages nobody.
import type { Config } from './config.ts'

/** The token of the packaged example, known to everybody. */
export const quickstartToken = 'quickstart'

/** Characters from which on a token is long enough. */
const longEnough = 16

/** Characters of an access token below which the bot does not start where strangers can reach it. */
export const tooShort = 8

export const betterToken = 'take a long random one, e.g. from openssl rand -hex 24'

export type Weak = {
  path: string[]
  /** What it is, as part of a sentence. */
  what: string
  token: string
}

/** Everything that opens or signs something and can be guessed; also what everybody knows. */
export function weakTokens({ accessToken, sources, changes, webhooks }: Config): Weak[] {
  const all: Weak[] = [
    ...(accessToken === null
      ? []
      : [{ path: ['access_token'], what: 'the access token (TOCSIN_ACCESS_TOKEN)', token: accessToken }]),
    ...Object.values(sources).map(({ name, token }) => ({
      ...{ path: ['sources', name, 'token'], what: `the token of source ${name}`, token },
    })),
    ...Object.values(changes.sources).map(({ name, token }) => ({
      ...{ path: ['changes', 'sources', name, 'token'], what: `the token of the source ${name} of changes`, token },
    })),
    ...Object.values(webhooks).flatMap(({ name, secret }) =>
      secret === null
        ? []
        : [{ path: ['webhooks', name, 'secret'], what: `the secret of webhook ${name}`, token: secret }],
    ),
  ]
  return all.filter(({ token }) => isGuessable(token))
}

function isGuessable(token: string): boolean {
  return token.length < longEnough || new Set(token).size < 8
}
