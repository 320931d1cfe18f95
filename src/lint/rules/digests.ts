// Digests that reach nobody, or look at services that are not there.
import { nearest } from '../../config/suggest.ts'
import type { Finding, Rule } from '../finding.ts'

export const digests: Rule = {
  name: 'digests',
  look({ config }) {
    const known = [...new Set([...Object.keys(config.services), ...config.slos.map(({ service }) => service)])]
    return config.digests.flatMap(({ name, email, services }): Finding[] => {
      const path = name === '' ? ['digest'] : ['digests', name]
      const what = name === '' ? 'the digest' : `the digest ${name}`
      const unmailed: Finding[] =
        email.length === 0 || config.email !== null
          ? []
          : [
              {
                weight: 'error',
                path: [...path, 'email'],
                message: `${what} is to go out by mail, but there is no mail server: no mail is sent`,
                fix: 'add email: { smtp: "smtp://mail.example.org:587", from: tocsin@example.org }',
              },
            ]
      return [
        ...unmailed,
        ...services.flatMap((service, index) => strange(service, known, what, [...path, 'services', index])),
      ]
    })
  },
}

/** Services are told by their alerts, so one that nobody configured may be there all the same: only what looks like another is told. */
function strange(service: string, known: string[], what: string, path: (string | number)[]): Finding[] {
  const meant = known.includes(service) ? undefined : nearest(service, known)
  return meant === undefined || meant === null
    ? []
    : [
        {
          weight: 'warning',
          path,
          message: `${what} is of ${service}, which nothing else names`,
          fix: `did you mean ${meant}?`,
        },
      ]
}
