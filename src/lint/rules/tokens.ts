// Tokens that can be guessed: whoever has one can wake the team, or drown it.

import { quickstartToken } from '../../config/cross-check.ts'
import type { Finding, Rule } from '../finding.ts'

const shortest = 16

export const tokens: Rule = {
  name: 'weak-tokens',
  look({ config }) {
    return Object.values(config.sources).flatMap(({ name, token }): Finding[] => {
      const path = ['sources', name, 'token']
      const fix = 'take a long random one, e.g. from openssl rand -hex 24'
      if (token === quickstartToken)
        return [
          {
            weight: 'note',
            path,
            message: `source ${name} has the token everybody knows: good on this machine only`,
            fix,
          },
        ]
      if (token.length >= shortest && new Set(token).size >= 8) return []
      return [{ weight: 'warning', path, message: `the token of source ${name} can be guessed`, fix }]
    })
  },
}
