// Tokens that can be guessed: whoever has one can wake the team, drown it, or answer for it.
import { betterToken, quickstartToken, weakTokens } from '../../config/weak.ts'
import type { Finding, Rule } from '../finding.ts'

export const tokens: Rule = {
  name: 'weak-tokens',
  look({ config }) {
    return weakTokens(config).map(({ path, what, token }): Finding => {
      const about = { path, fix: betterToken }
      if (token !== quickstartToken) return { ...about, weight: 'warning', message: `${what} can be guessed` }
      const message = `${what.replace(/^the token of /, '')} has the token everybody knows: good on this machine only`
      return { ...about, weight: 'note', message }
    })
  },
}
