// Every setting with its notation, default and help, for README and the command line: made from the schema, never by hand.
import { environmentReference } from './environment.ts'
import { configJsonSchema, type JsonSchema } from './schema-json.ts'

export { environmentReference } from './environment.ts'

/** `default` is `required` for a key that must be there, and empty when leaving it out leaves it empty. */
export type KeyReference = { key: string; type: string; default: string; help: string }

/** Every key that can be written, in the order of the schema: `people.<name>.slack`, `slos[].objective`. */
export function configReference(): KeyReference[] {
  return walk(configJsonSchema(), '')
}

function walk(schema: JsonSchema, key: string): KeyReference[] {
  if (schema.anyOf) return choice(schema.anyOf, schema, key)
  if (schema.properties) return below(schema.properties, schema.required ?? [], key)
  if (typeof schema.additionalProperties === 'object') {
    return walk({ ...inherited(schema), ...schema.additionalProperties }, `${key}.<name>`)
  }
  if (schema.items?.properties) return walk(schema.items, `${key}[]`)
  if (schema.items) {
    return walk({ ...schema.items, ...inherited(schema) }, key).map((row) => ({ ...row, type: `list of ${row.type}` }))
  }
  const fallback = schema['x-default'] ?? shown(schema.default)
  return [{ key, type: schema['x-type'] ?? String(schema.type), default: fallback, help: schema.description ?? '' }]
}

function below(properties: Record<string, JsonSchema>, required: string[], key: string): KeyReference[] {
  const prefix = key ? `${key}.` : ''
  const names = Object.keys(properties)
  const rows = Object.entries(properties).map(([name, inner]) =>
    walk(required.includes(name) ? { 'x-default': 'required', ...inner } : inner, prefix + name),
  )
  return alike(rows, names, prefix) ?? rows.flat()
}

/** The short forms on one row, the keys of the long form on their own. */
function choice(members: JsonSchema[], schema: JsonSchema, key: string): KeyReference[] {
  const rows = members.flatMap((member) => walk({ ...inherited(schema), ...member }, key))
  const [short, ...others] = rows.filter((row) => row.key === key)
  const under = rows.filter((row) => row.key !== key)
  // One set of keys or a list of such sets: the rows of one say it for both.
  const long = under.filter((row) => !under.some((one) => row.key === one.key.replace(`${key}.`, `${key}[].`)))
  if (short === undefined) return long
  const types = [short, ...others].map((row) => row.type)
  const listed = types.length === 2 && types[1] === `list of ${types[0]}`
  const type = listed ? `${types[0]}, one or a list` : types.join(' or ')
  return [{ ...short, type: long.length > 0 ? `${type}, or the keys below` : type }, ...long]
}

/** Keys with the same keys below them, such as the severities, share their rows: `severities.<P1|P2>.paging`. */
function alike(rows: KeyReference[][], names: string[], prefix: string): KeyReference[] | null {
  const endings = rows.map((of, i) => of.map((row) => row.key.slice(prefix.length + (names[i] ?? '').length)))
  const [first = []] = endings
  if (rows.length < 2 || first.length < 2 || endings.some((other) => other.join() !== first.join())) return null
  return first.map((ending, at) => {
    const values = rows.map((of) => of[at]?.default ?? '')
    const row = rows[0]?.[at] ?? { key: '', type: '', default: '', help: '' }
    return { ...row, key: `${prefix}<${names.join('|')}>${ending}`, default: together(names, values) }
  })
}

/** `P1, P2: room; P3: card` */
function together(names: string[], values: string[]): string {
  const different = [...new Set(values)]
  if (different.length === 1) return different[0] ?? ''
  return different.map((value) => `${names.filter((_, i) => values[i] === value).join(', ')}: ${value}`).join('; ')
}

function inherited(schema: JsonSchema): JsonSchema {
  const { default: value, 'x-default': note } = schema
  return { ...(value !== undefined && { default: value }), ...(note !== undefined && { 'x-default': note }) }
}

/** An empty list or set says no more than no default at all. */
function shown(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)) return ''
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value)
}

/** README's two tables. */
export function referenceMarkdown(): string {
  const environment = environmentReference().map((row) => [
    `\`${row.key}\``,
    row.default && `\`${row.default}\``,
    row.help,
  ])
  const keys = configReference().map((row) => [`\`${row.key}\``, row.type, row.default, row.help])
  return [
    ...table(['Variable', 'Default', 'What it is'], environment),
    '',
    ...table(['Key of tocsin.yaml', 'Written as', 'Default', 'What it is'], keys),
    '',
  ].join('\n')
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)]
}
