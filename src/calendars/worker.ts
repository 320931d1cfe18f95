// The thread a calendar is read in: a large or hostile one must not keep the bot from paging. One order, one answer.
import { parentPort } from 'node:worker_threads'
import { type CalendarText, type Order, readEvents } from './events.ts'

export type Answer = CalendarText | { problem: string }

parentPort?.once('message', (order: Order) => {
  let answer: Answer
  try {
    answer = readEvents(order)
  } catch (error) {
    answer = { problem: error instanceof Error ? error.message : String(error) }
  }
  parentPort?.postMessage(answer)
})
