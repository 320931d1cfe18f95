// What the architecture test knows about a file: its imports and the few expressions that have an owner, with their lines.
import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { parseAst } from 'vitest/node'

type Import = {
  line: number
  /** A package, `node:…`, or a path from the package's root. */
  what: string
  /** `import type`: gone when the program runs. */
  typeOnly: boolean
  /** `await import()`: loaded when it is come to. */
  lazy: boolean
}

export type Source = {
  /** From the package's root, with slashes. */
  path: string
  opening: string
  lines: number
  imports: Import[]
  /** `process.env`, `Date.now()`, … each with its line. */
  uses: { line: number; what: string }[]
  strings: { line: number; text: string }[]
  /** The texts held together in one array, union, object or switch. */
  groups: { line: number; texts: string[] }[]
}

type Node = { type: string; start: number; [key: string]: unknown }

export async function readSource(root: string, path: string): Promise<Source> {
  return sourceOf(path, await readFile(`${root}/${path}`, 'utf8'))
}

export function linesOf(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

export function sourceOf(path: string, text: string): Source {
  const source: Source = {
    path,
    opening: text.split('\n').find((line) => !line.startsWith('#!')) ?? '',
    lines: linesOf(text),
    imports: [],
    uses: [],
    strings: [],
    groups: [],
  }
  // The parser counts in UTF-16 units here; only where a breach is reported does a line matter.
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  walk(parseAst(text, { lang: 'ts' }) as unknown as Node, (node) => look(node, source, lineAt(node.start)))
  return source
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) walk(child as Node, visit)
    }
  }
}

function look(node: Node, source: Source, line: number): void {
  const use = usedBy(node)
  if (use !== null) source.uses.push({ line, what: use })
  const imported = importedBy(node)
  if (imported !== null) {
    const typeOnly = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType'
    const lazy = node.type === 'ImportExpression'
    source.imports.push({ line, what: resolved(source.path, imported), typeOnly, lazy })
  }
  const text = textOf(node)
  if (text !== null) source.strings.push({ line, text })
  const texts = groupOf(node)
  if (texts.length > 1) source.groups.push({ line, texts })
}

function textOf(node: unknown): string | null {
  const { type, value } = (node ?? {}) as Node
  if (type === 'Literal' && typeof value === 'string') return value
  if (type === 'TemplateElement') return String((value as { cooked: string }).cooked)
  return null
}

function importedBy(node: Node): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return textOf(node.source ?? node.argument)
    case 'CallExpression': {
      // require('x'), require.resolve('x'), and whatever createRequire() was called.
      const callee = node.callee as Node
      const required = callee.name === 'require' || (callee.property as Node | undefined)?.name === 'resolve'
      return required ? textOf((node.arguments as Node[])[0]) : null
    }
    default:
      return null
  }
}

function resolved(from: string, what: string): string {
  // What is required is named as it is called when it is built.
  if (what.startsWith('.')) return posix.join(posix.dirname(from), what).replace(/\.js$/, '.ts')
  if (what.startsWith('node:')) return what
  return what
    .split('/')
    .slice(0, what.startsWith('@') ? 2 : 1)
    .join('/')
}

const clockFunctions = ['setTimeout', 'setInterval', 'setImmediate']

function usedBy(node: Node): string | null {
  const callee = node.callee as Node | undefined
  if (node.type === 'MemberExpression') {
    const name = `${(node.object as Node).name}.${(node.property as Node).name}`
    return ['process.env', 'Date.now', 'performance.now'].includes(name) ? name : null
  }
  if (node.type === 'NewExpression' && callee?.name === 'Date') {
    return (node.arguments as Node[]).length === 0 ? 'new Date()' : null
  }
  if (node.type === 'CallExpression' && clockFunctions.includes(String(callee?.name))) return `${callee?.name}`
  if (node.type === 'ImportDeclaration') {
    const from = textOf(node.source) ?? ''
    if (from.startsWith('node:timers')) return from
    const names = (node.specifiers as Node[]).map((specifier) => (specifier.imported as Node | undefined)?.name)
    if (from === 'node:process' && names.includes('env')) return 'process.env'
    if (from === 'node:perf_hooks' && names.includes('performance')) return 'performance.now'
  }
  return node.type === 'TSEnumDeclaration' ? 'enum' : null
}

function groupOf(node: Node): string[] {
  const members = (): unknown[] => {
    switch (node.type) {
      case 'ArrayExpression':
        return node.elements as unknown[]
      case 'TSUnionType':
        return (node.types as Node[]).map((type) => type.literal)
      case 'SwitchStatement':
        return (node.cases as Node[]).map((one) => one.test)
      case 'ObjectExpression':
        return (node.properties as Node[]).map((one) => one.key)
      default:
        return []
    }
  }
  return members().flatMap((member) => textOf(member) ?? (node.type === 'ObjectExpression' ? keyOf(member) : []))
}

function keyOf(member: unknown): string[] {
  const { type, name } = (member ?? {}) as Node
  return type === 'Identifier' ? [String(name)] : []
}
