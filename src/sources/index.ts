// The registry: one line a source.
import { alertmanager } from './alertmanager.ts'
import { generic } from './generic.ts'
import { grafana } from './grafana.ts'
import type { Source } from './source.ts'

export type { Source } from './source.ts'

/** By kind. Without a prototype: `constructor` is no source. */
export const sources: Record<string, Source> = Object.assign(Object.create(null), { alertmanager, grafana, generic })
