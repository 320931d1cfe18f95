// Everybody who is asked about an incident: a provider is one file and one line here.
import { changes } from './changes.ts'
import { elasticsearch } from './elasticsearch.ts'
import type { Provider } from './evidence.ts'
import { loki } from './loki.ts'
import { monitoring } from './monitoring.ts'
import { traces } from './traces.ts'

/** In the order in which their sections are read. */
export const providers: Provider[] = [changes, loki, elasticsearch, traces, monitoring]
