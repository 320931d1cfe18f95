// Action items over the API: list, add, change.
import type { FastifyInstance } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import type { Bot } from '../bot.ts'
import type { ActionChange, ActionItem, ActionStatus } from '../core/action.ts'
import { RejectedInput } from '../errors.ts'
import { addActionItem, changeActionItem } from '../flow/actions.ts'
import { actionItem, listActions } from '../store/actions.ts'
import { byField } from './actor.ts'
import { fieldOf, textField } from './body.ts'
import type { ServerDeps } from './deps.ts'
import { choices, incidentNumber, onlyKnown, type Query, text, wholeNumber } from './query.ts'

const statuses = ['open', 'done', 'dropped'] as const
const longest = 500

type ByNumber = { Params: { number: string } }
type ByItem = { Params: { number: string; item: string } }

export function actionRoutes({ bot }: ServerDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Querystring: Query }>('/api/v1/actions', async ({ query }) => {
      onlyKnown(query, ['status', 'owner', 'incident', 'limit'])
      const { list, total } = await listActions(bot.db, {
        statuses: choices(query, 'status', statuses),
        owner: text(query, 'owner'),
        incident: wholeNumber(query, 'incident', 1, Number.MAX_SAFE_INTEGER),
        limit: wholeNumber(query, 'limit', 1, 500) ?? 100,
      })
      return { actions: list.map(({ openedAt: _, ...action }) => action), total }
    })
    app.post<ByNumber>('/api/v1/incidents/:number/actions', async ({ params, body }, reply) => {
      const number = incidentNumber(params.number)
      const asked = { text: textField(body, 'text', longest), owner: ownerIn(bot, body), due: dueIn(body) }
      const added = { text: asked.text, owner: asked.owner ?? null, due: asked.due ?? null }
      return reply.code(201).send(await addActionItem(bot, number, added, byField(bot.config, body)))
    })
    app.patch<ByItem>('/api/v1/incidents/:number/actions/:item', async ({ params, body }): Promise<ActionItem> => {
      const number = incidentNumber(params.number)
      const item = wholeNumber(params, 'item', 1, 1_000_000) ?? 0
      if ((await actionItem(bot.db, number, item)) === null)
        throw new RejectedInput(`incident ${number} has no action item ${item}`, 404)
      return (await changeActionItem(bot, number, item, changeIn(bot, body), byField(bot.config, body))).action
    })
  }
}

function changeIn(bot: Bot, body: unknown): ActionChange {
  const [owner, due, status] = [ownerIn(bot, body), dueIn(body), statusIn(body)]
  return {
    ...(fieldOf(body, 'text') !== undefined && { text: textField(body, 'text', longest) }),
    ...(owner !== undefined && { owner }),
    ...(due !== undefined && { due }),
    ...(status !== undefined && { status }),
  }
}

function ownerIn(bot: Bot, body: unknown): string | null | undefined {
  const owner = fieldOf(body, 'owner')
  if (owner === undefined || owner === null) return owner
  if (typeof owner === 'string' && Object.hasOwn(bot.config.people, owner)) return owner
  throw new RejectedInput(`owner: must be a key of people: in tocsin.yaml, or null`)
}

function dueIn(body: unknown): string | null | undefined {
  const due = fieldOf(body, 'due')
  if (due === undefined || due === null) return due
  try {
    if (typeof due === 'string' && /^(?!0000)\d{4}-\d\d-\d\d$/.test(due))
      return Temporal.PlainDate.from(due, { overflow: 'reject' }).toString()
  } catch {
    // Said below: no such day.
  }
  throw new RejectedInput('due: must be a day, e.g. "2026-03-20", or null')
}

function statusIn(body: unknown): ActionStatus | undefined {
  const status = fieldOf(body, 'status')
  const found = statuses.find((one) => one === status)
  if (status !== undefined && found === undefined)
    throw new RejectedInput(`status: must be one of ${statuses.join(', ')}`)
  return found
}
