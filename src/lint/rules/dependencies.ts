// Services that another one depends on, and that are probably called otherwise: no change of theirs would be found.
import { nearest } from '../../config/suggest.ts'
import type { Finding, Rule } from '../finding.ts'

export const dependencies: Rule = {
  name: 'dependencies',
  look({ config }) {
    const known = Object.keys(config.services)
    return Object.values(config.services).flatMap(({ name, dependsOn }) =>
      dependsOn.flatMap((other, index): Finding[] => {
        const meant = known.includes(other) ? null : nearest(other, known)
        if (meant === null || meant === name) return []
        const message = `${name} depends on ${other}, which services does not have`
        return [{ weight: 'note', path: ['services', name, 'depends_on', index], message, fix: `is ${meant} meant?` }]
      }),
    )
  },
}
