// The console's files, read once at the start: our own and the two small libraries they use, all served by ourselves.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { packageRoot } from '../../config/load.ts'
import { RejectedInput } from '../../errors.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

type Asset = { type: string; bytes: Buffer; etag: string }

const require = createRequire(import.meta.url)
const assets = new Map<string, Asset>()

/** The page itself. */
export function indexHtml(): string {
  return linked('index.html', 'app.js')
}

/** The editor of a post-mortem: a page of its own, with the same import map. */
export function editorHtml(): string {
  return linked('editor.html', 'editor.js')
}

const pages = new Map<string, string>()

/**
 * Over a slow way each question takes half a second: so the files have addresses that never mean anything else, and are asked for
 * once; and a page names all of them, instead of each naming the next. After the import map, as that must be known first.
 */
function linked(html: string, script: string): string {
  const known = pages.get(html)
  if (known !== undefined) return known
  const preloads = [...modulesOf(script)].map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join('\n')
  const text = load(html)
    .bytes.toString()
    .replace('<script type="module"', `${preloads}\n<script type="module"`)
    .replaceAll('"/assets/', `"/assets/${edition()}/`)
  pages.set(html, text)
  return text
}

/** A module of ours with all that it imports. */
function modulesOf(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const [, imported = ''] of load(name)
    .bytes.toString()
    .matchAll(/ from '\.\/([\w-]+\.js)'/g))
    modulesOf(imported, found)
  return found
}

/** Another one whenever any file is another. */
function edition(): string {
  loadAll()
  const marks = [...assets].map(([name, { etag }]) => name + etag).sort()
  return createHash('sha256').update(marks.join()).digest('base64url').slice(0, 12)
}

function loadAll(): void {
  for (const name of readdirSync(pageFolder())) load(name)
  for (const name of Object.keys(libraries)) load(name)
}

/** The import map stands in the page, so the page's policy has to know it by its hash. */
export function importMapHash(): string {
  const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(indexHtml())?.[1] ?? ''
  return `'sha256-${createHash('sha256').update(map).digest('base64')}'`
}

type Named = { Params: { edition?: string; name: string } }

/** `/assets/<edition>/<name>` and `/assets/<name>`: public, there is nothing about incidents in them. */
export function assetRoutes() {
  const ours = edition()
  const answer = async ({ params, headers }: FastifyRequest<Named>, reply: FastifyReply) => {
    const asset = assets.get(params.name)
    if (asset === undefined) throw new RejectedInput('there is no such file', 404)
    // Without an edition, or that of another replica's version, it is asked for again each time, and answered with 304.
    const kept = params.edition === ours ? 'public, max-age=31536000, immutable' : 'no-cache'
    reply.header('etag', asset.etag).header('cache-control', kept)
    if (headers['if-none-match'] === asset.etag) return reply.code(304).send()
    return reply.type(asset.type).send(asset.bytes)
  }
  return async (app: FastifyInstance): Promise<void> => {
    app.get<Named>('/assets/:name', answer)
    app.get<Named>('/assets/:edition/:name', answer)
  }
}

const libraries: Record<string, () => string> = {
  'preact.mjs': () => require.resolve('preact'),
  'hooks.mjs': () => require.resolve('preact/hooks'),
  'htm.mjs': () => join(dirname(require.resolve('htm')), 'htm.mjs'),
}

/** The build copies only what it compiles: these files are read from the source tree. */
function pageFolder(): string {
  return join(packageRoot(), 'src/http/console/page')
}

function load(name: string): Asset {
  const known = assets.get(name)
  if (known !== undefined) return known
  const bytes = readFileSync(libraries[name]?.() ?? join(pageFolder(), name))
  const etag = `"${createHash('sha256').update(new Uint8Array(bytes)).digest('base64url').slice(0, 22)}"`
  const asset = { type: types[extname(name)] ?? 'application/octet-stream', bytes, etag }
  assets.set(name, asset)
  return asset
}
