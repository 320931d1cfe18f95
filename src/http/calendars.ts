// The feeds that calendars subscribe to. The address itself is the way in: calendars can send no headers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Bot, nameOf } from '../bot.ts'
import { type FeedOf, feedToken } from '../calendars/address.ts'
import { type FeedEntry, feedText } from '../calendars/feed.ts'
import { eachInTurn } from '../clock.ts'
import { usable } from '../core/duty.ts'
import { awaited } from '../core/handover.ts'
import { type PersonalOverride, type Schedule, type Shift, shiftsBetween } from '../core/schedule.ts'
import { RejectedInput } from '../errors.ts'
import { hasToken, sameSecret } from '../sources/verify.ts'
import { overridesBetween } from '../store/overrides.ts'
import type { Attempts } from './attempts.ts'
import type { ServerDeps } from './deps.ts'
import { refuseForeignHost, refuseGuesses } from './guard.ts'

const day = 86_400_000
const back = 30 * day
const ahead = 90 * day

type Asked = { Params: { name: string }; Querystring: { token?: string | string[] } }

export function calendarRoutes({ bot }: ServerDeps, attempts: Attempts) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get<Asked>('/calendars/schedules/:name.ics', async (request, reply) => {
      const { name } = request.params
      admit({ bot, attempts }, request, reply, { schedule: name })
      const schedule = bot.config.schedules[name]
      if (schedule === undefined) throw new RejectedInput('there is no such schedule', 404)
      const entries = (await shiftsOf(bot, [schedule])).map(({ shift }) => entryOf(bot, schedule, shift, null))
      return send(reply, feedText(`On call: ${name}`, entries, bot.clock.now()))
    })
    app.get<Asked>('/calendars/people/:name.ics', async (request, reply) => {
      const { name } = request.params
      admit({ bot, attempts }, request, reply, { person: name })
      if (bot.config.people[name] === undefined) throw new RejectedInput('there is no such person', 404)
      const shifts = await shiftsOf(bot, Object.values(bot.config.schedules))
      const own = shifts.filter(({ shift }) => shift.people.includes(name))
      const entries = own.map(({ schedule, shift }) => entryOf(bot, schedule, shift, name))
      return send(reply, feedText(`On call: ${nameOf(bot, name)}`, entries, bot.clock.now()))
    })
  }
}

/** With an access token, its own word in the address, or the token itself; without one, only this machine. */
function admit(
  { bot: { config }, attempts }: { bot: Bot; attempts: Attempts },
  request: FastifyRequest<Asked>,
  reply: FastifyReply,
  feed: FeedOf,
): void {
  const { accessToken } = config
  if (accessToken === null) {
    refuseForeignHost(request, config)
    return
  }
  const given = [request.query.token ?? ''].flat()[0] ?? ''
  if (sameSecret(given, feedToken(accessToken, feed)) || hasToken(request.headers.authorization, accessToken)) return
  refuseGuesses(request, reply, attempts)
  throw new RejectedInput('this address lacks its token: /oncall calendar tells you yours', 401)
}

async function shiftsOf(bot: Bot, schedules: Schedule[]): Promise<{ schedule: Schedule; shift: Shift }[]> {
  const now = bot.clock.now().getTime()
  const [from, until] = [new Date(now - back), new Date(now + ahead)]
  const overrides = usable(bot.config, await overridesBetween(bot.db, from, until))
  return eachInTurn(schedules, (schedule) =>
    shiftsBetween(schedule, overrides, from, until).map((shift) => ({ schedule, shift })),
  )
}

function overridden(bot: Bot, override: PersonalOverride): string {
  const incoming = awaited(override)
  if (incoming !== null) return `Kept until ${nameOf(bot, incoming)} confirms`
  return `Override ${override.id} by ${nameOf(bot, override.madeBy)}`
}

/** `person` null: in the feed of the schedule, where it says who. */
function entryOf(bot: Bot, schedule: Schedule, shift: Shift, person: string | null): FeedEntry {
  const names = shift.people.map((one) => nameOf(bot, one)).join(', ')
  const others = shift.people.filter((one) => one !== person).map((one) => nameOf(bot, one))
  const { because } = shift
  const why = because.kind === 'override' ? [overridden(bot, because.override)] : []
  const host = new URL(bot.config.server.publicUrl).hostname
  return {
    uid: `${schedule.name}/${person ?? 'all'}/${shift.from.toISOString()}@${host}`,
    from: shift.from,
    until: shift.until,
    summary: person === null ? `${schedule.name}: ${names}` : `On call: ${schedule.name}`,
    description: [...(person !== null && others.length > 0 ? [`Together with ${others.join(', ')}`] : []), ...why].join(
      '\n',
    ),
  }
}

function send(
  reply: { type(type: string): { header(name: string, value: string): { send(body: string): unknown } } },
  text: string,
) {
  return reply.type('text/calendar; charset=utf-8').header('cache-control', 'private, max-age=300').send(text)
}
