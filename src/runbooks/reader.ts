// Reads runbook files in a thread that can be given up.
import { reasonOf } from '../errors.ts'
import { startThread } from '../thread.ts'
import type { LoadedFile } from './load.ts'

/** Milliseconds for all of them. */
const patience = 30_000

/** In the order given. Never throws: what goes wrong is a problem of each file. */
export async function readFiles(files: string[]): Promise<LoadedFile[]> {
  const worker = startThread(import.meta.url, 'worker', { env: {}, execArgv: [] })
  try {
    return await new Promise<LoadedFile[]>((resolve) => {
      const fail = (problem: string) => resolve(files.map((file) => unread(file, problem)))
      const late = AbortSignal.timeout(patience)
      late.addEventListener('abort', () => fail(`reading it took longer than ${patience / 1000} s`))
      worker.once('message', resolve)
      worker.once('error', (error) => fail(`it cannot be read: ${reasonOf(error)}`))
      worker.once('exit', () => fail('reading it ended in the middle'))
      worker.postMessage(files)
    })
  } finally {
    await worker.terminate()
  }
}

function unread(file: string, problem: string): LoadedFile {
  return { file, runbooks: [], checklists: [], problems: [`${file}:1: ${problem}`], broken: true, digest: '' }
}
