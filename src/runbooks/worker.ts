// The thread that runbook files are read in while the bot runs: a long one must not keep it from paging. One order; it says that it is
// ready, and answers with one file after the other.
import { parentPort } from 'node:worker_threads'
import { loadFile } from './load.ts'

parentPort?.once('message', (files: string[]) => {
  parentPort?.postMessage('ready')
  for (const file of files) parentPort?.postMessage(loadFile(file))
})
