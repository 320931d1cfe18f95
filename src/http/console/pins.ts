// 📌 in the console: what is said in a room is kept for the timeline, as on every other platform.
import type { FastifyRequest } from 'fastify'
import { RejectedInput } from '../../errors.ts'
import { noticeTouch } from '../../flow/keep.ts'
import { setPin } from '../../store/console.ts'
import { textField } from '../body.ts'
import type { ServerDeps } from '../deps.ts'

/** `{"as": "ada", "message": "12", "pinned": "yes" | "no"}`. The timeline has it a moment later. */
export async function pin({ bot }: ServerDeps, request: FastifyRequest): Promise<{ pinned: boolean }> {
  const person = textField(request.body, 'as')
  const message = textField(request.body, 'message')
  const pinned = textField(request.body, 'pinned')
  const known = bot.config.people[person]
  if (known === undefined) throw new RejectedInput('as: must be a key of people: in tocsin.yaml')
  if (pinned !== 'yes' && pinned !== 'no') throw new RejectedInput('pinned: must be yes or no')
  const id = /^\d{1,15}$/.test(message) ? Number(message) : 0
  const channel = await setPin(bot.db, id, pinned === 'yes' ? person : null, bot.clock.now())
  if (channel === null) throw new RejectedInput('message: there is no such message', 404)
  const account = known.accounts.console ?? person
  await noticeTouch(bot, { platform: 'console', channel, message, account, what: 'mark' })
  return { pinned: pinned === 'yes' }
}
