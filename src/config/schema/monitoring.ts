// Whom the bot asks for measurements, and has silence alerts; the environment may give their addresses.
import { address, wait } from '../notation.ts'
import { access, tenant, token } from './access.ts'
import type { Known } from './known.ts'
import { keys, leaf } from './parts.ts'

export const prometheus = (known: Known) =>
  keys({
    url: leaf(address, 'Prometheus to query.', { 'x-default': 'PROMETHEUS_URL' }).optional(),
    ...access(known),
    token,
    tenant,
    timeout: leaf(wait, 'How long a query may take.').prefault('10s'),
  })

export const alertmanager = (known: Known) =>
  keys({
    url: leaf(address, 'Alertmanager to silence alerts in; of a cluster, any member.', {
      'x-default': 'ALERTMANAGER_URL',
    }).optional(),
    ...access(known),
    token,
    tenant,
    timeout: leaf(wait, 'How long a request may take; a hand-over waits 3 s at most.').prefault('5s'),
  })
