// The thread that runbook files are read in while the bot runs: a long one must not keep it from paging. One order, one answer.
import { parentPort } from 'node:worker_threads'
import { loadFile } from './load.ts'

parentPort?.once('message', (files: string[]) => parentPort?.postMessage(files.map(loadFile)))
