// Starts worker threads, from the compiled code and from the sources alike: for work that would keep the bot from answering.
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * @param beside `import.meta.url` of the caller.
 * @param name of the file beside it, without its ending: dist/ holds worker.js, src/ holds worker.ts. A worker thread does
 * not inherit the loader that runs this from its sources (and `--import tsx` does nothing in one), so there it registers
 * tsx itself.
 */
export function startThread(beside: string, name: string, options: WorkerOptions): Worker {
  const extension = extname(fileURLToPath(beside))
  const entry = new URL(`./${name}${extension}`, beside)
  if (extension !== '.ts') return new Worker(entry, options)
  const [loader, worker] = [import.meta.resolve('tsx/esm/api'), entry.href].map((url) => JSON.stringify(url))
  return new Worker(`import(${loader}).then((tsx) => (tsx.register(), import(${worker})))`, { ...options, eval: true })
}
