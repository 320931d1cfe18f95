// Every exporter that has presets, in the order of the list.
import { blackbox } from './blackbox.ts'
import { container } from './container.ts'
import { node } from './node.ts'
import { postgres } from './postgres.ts'
import type { Exporter } from './preset.ts'
import { redis } from './redis.ts'

export const exporters: Exporter[] = [node, container, blackbox, redis, postgres]
