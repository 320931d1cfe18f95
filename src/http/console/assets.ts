// The console's files, read once at the start: our own and the two small libraries they use, all served by ourselves.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
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
  return load('index.html').bytes.toString()
}

/** The editor of a post-mortem: a page of its own, with the same import map. */
export function editorHtml(): string {
  return load('editor.html').bytes.toString()
}

/** The import map stands in the page, so the page's policy has to know it by its hash. */
export function importMapHash(): string {
  const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(indexHtml())?.[1] ?? ''
  return `'sha256-${createHash('sha256').update(map).digest('base64')}'`
}

/** `/assets/<name>`: public, there is nothing about incidents in them. */
export function assetRoutes() {
  for (const name of readdirSync(pageFolder())) load(name)
  for (const name of Object.keys(libraries)) load(name)
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
      const asset = assets.get(request.params.name)
      if (asset === undefined) throw new RejectedInput('there is no such file', 404)
      // Asked for again each time, answered with 304: a new version of the bot is a new version of the page.
      reply.header('etag', asset.etag).header('cache-control', 'no-cache')
      if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send()
      return reply.type(asset.type).send(asset.bytes)
    })
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
