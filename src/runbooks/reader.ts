// Reads runbook files in a thread that can be given up.
import { reasonOf } from '../errors.ts'
import { startThread } from '../thread.ts'
import type { LoadedFile } from './load.ts'

/** Milliseconds for one of them. */
const patience = 30_000

/** In the order given. Never throws: what goes wrong with a file is its own problem, and the others are read all the same. */
export async function readFiles(files: string[], limit = patience): Promise<LoadedFile[]> {
  const read: LoadedFile[] = []
  while (read.length < files.length) {
    const rest = files.slice(read.length)
    const { done, problem } = await readUntilStuck(rest, limit)
    const stuck = rest[done.length]
    read.push(...done, ...(stuck === undefined ? [] : [unread(stuck, problem)]))
  }
  return read
}

/** Those before the first that cannot be read, and why that one cannot. */
async function readUntilStuck(files: string[], limit: number): Promise<{ done: LoadedFile[]; problem: string }> {
  const worker = startThread(import.meta.url, 'worker', { env: {}, execArgv: [] })
  const done: LoadedFile[] = []
  try {
    const problem = await new Promise<string>((resolve) => {
      const next = () => {
        const count = done.length
        if (count === files.length) return resolve('')
        AbortSignal.timeout(limit).addEventListener('abort', () => {
          if (done.length === count) resolve(`reading it took longer than ${limit / 1000} s`)
        })
      }
      worker.on('message', (one: LoadedFile | 'ready') => {
        if (one !== 'ready') done.push(one)
        next()
      })
      worker.once('error', (error) => resolve(`it cannot be read: ${reasonOf(error)}`))
      worker.once('exit', () => resolve('reading it ended in the middle'))
      worker.postMessage(files)
    })
    return { done, problem }
  } finally {
    await worker.terminate()
  }
}

function unread(file: string, problem: string): LoadedFile {
  return { file, runbooks: [], checklists: [], problems: [`${file}:1: ${problem}`], broken: true, digest: '' }
}
