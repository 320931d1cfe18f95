// The schema of tocsin.yaml for others: JSON Schema for editors, and a flat reference for README and `tocsin config`.
import { z } from 'zod'
import { sources } from '../sources/index.ts'
import { documentSchema } from './schema/document.ts'

export { environmentReference } from './environment.ts'

type Json = {
  type?: string | string[]
  description?: string
  default?: unknown
  examples?: string[]
  properties?: Record<string, Json>
  additionalProperties?: Json | boolean
  items?: Json
  anyOf?: Json[]
  'x-type'?: string
  'x-default'?: string
}

/** JSON Schema (2020-12) of tocsin.yaml as it is written: give it to the YAML server of your editor. */
export function configJsonSchema(): object {
  const known = { people: [], schedules: [], policies: [], kinds: Object.keys(sources), folder: '.' }
  const schema = z.toJSONSchema(documentSchema(known), { io: 'input', unrepresentable: 'any' })
  return { title: 'tocsin.yaml', ...schema }
}

export type KeyReference = { key: string; type: string; default: string; help: string }

/** Every key that can be written, in the order of the schema: `people.<name>.slack`, `slos[].objective`. */
export function configReference(): KeyReference[] {
  return walk(configJsonSchema() as Json, '', null)
}

function walk(schema: Json, key: string, above: Json | null): KeyReference[] {
  if (schema.anyOf) return choice(schema, key)
  if (schema.properties) {
    const prefix = key ? `${key}.` : ''
    return Object.entries(schema.properties).flatMap(([name, inner]) => walk(inner, prefix + name, null))
  }
  if (typeof schema.additionalProperties === 'object')
    return walk(schema.additionalProperties, `${key}.<name>`, above ?? schema)
  if (schema.items) {
    if (schema.items.properties) return walk(schema.items, `${key}[]`, null)
    return walk({ ...schema.items, ...defaults(schema) }, key, above).map((row) => ({
      ...row,
      type: `list of ${row.type}`,
    }))
  }
  return [row(schema, key, above)]
}

/** The short forms on one row, the long form's keys on their own. */
function choice(schema: Json, key: string): KeyReference[] {
  const rows = (schema.anyOf ?? []).map((member) => walk({ ...defaults(schema), ...member }, key, null))
  const short = rows.flat().filter((r) => r.key === key)
  const long = rows.flat().filter((r) => r.key !== key)
  const first = short[0]
  const merged = first ? [{ ...first, type: [...new Set(short.map((r) => r.type))].join(', or ') }] : []
  return [...merged, ...long]
}

function row(schema: Json, key: string, above: Json | null): KeyReference {
  const fallback = schema['x-default'] ?? above?.['x-default'] ?? shown(schema.default)
  return { key, type: schema['x-type'] ?? String(schema.type ?? ''), default: fallback, help: schema.description ?? '' }
}

function defaults(schema: Json): Json {
  const { default: value, 'x-default': note } = schema
  return { ...(value !== undefined && { default: value }), ...(note !== undefined && { 'x-default': note }) }
}

function shown(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value)
}
