// The registry: one line a format that changes are told in.
import type { ChangeFormat } from './format.ts'
import { generic } from './generic.ts'
import { github } from './github.ts'

export type { ChangeFormat } from './format.ts'

/** By kind. Without a prototype: `constructor` is no format. */
export const changeFormats: Record<string, ChangeFormat> = Object.assign(Object.create(null), { generic, github })
