// The thread that long texts are made HTML in. One order, a list of texts; it answers with the HTML of each.
import { parentPort } from 'node:worker_threads'
import { toHtml } from '../chat/html.ts'

parentPort?.on('message', (texts: string[]) => parentPort?.postMessage(texts.map(toHtml)))
