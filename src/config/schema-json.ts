// The schema of tocsin.yaml for editors and other programs. What people read is made from it in reference.ts.
import { z } from 'zod'
import { changeFormats } from '../changes/index.ts'
import { sources } from '../sources/index.ts'
import { documentSchema } from './schema/document.ts'

/** The part of JSON Schema that ours uses; `x-…` holds what JSON Schema has no word for. */
export type JsonSchema = {
  type?: string | string[]
  description?: string
  default?: unknown
  examples?: string[]
  required?: string[]
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
  /** What a value is called: `duration`. */
  'x-type'?: string
  /** The default in words, where it depends on something. */
  'x-default'?: string
}

/** JSON Schema (2020-12) of tocsin.yaml as it is written: give it to the YAML server of your editor. */
export function configJsonSchema(): JsonSchema {
  const known = {
    ...{ people: [], schedules: [], groups: [], policies: [], webhooks: [] },
    kinds: Object.keys(sources),
    changeKinds: Object.keys(changeFormats),
    postmortems: { folder: null, names: [] },
    folder: '.',
  }
  const schema = z.toJSONSchema(documentSchema(known), { io: 'input', unrepresentable: 'any' })
  return { title: 'tocsin.yaml', ...schema } as JsonSchema
}
