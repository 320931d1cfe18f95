// kill -9 at each named point of the way from an alert to a post-mortem. The death comes from outside: from a tap on the wire
// to PostgreSQL, or from the Slack stand-in, in the moment in which the statement or the call passes.
import { expect, it } from 'vitest'
import { fire, quiet, type Setting, say, setting } from './setting.ts'
import { type Passing, type Tap, tapTo } from './tap.ts'
import { startTocsin, type Tocsin } from './tocsin.ts'
import { lies } from './truth.ts'

type Scene = { tap: Tap; slack: Setting['slack']; service: string; kill: () => void }

/** Resolves when it is dead. */
type Death = (scene: Scene) => Promise<void>

type Point = {
  name: string
  death: Death
  /** Said of an incident that has been there for a while; without it, the alert itself is what is done. */
  said?: string
  /** Said of it before, in peace. */
  first?: string
  /** Afterwards. */
  status: 'open' | 'acknowledged' | 'resolved'
}

/** The commit of what is about this service and holds an entry of this kind (null: of any); a statement by itself is one, too. */
const commitOf = (when: 'before' | 'after', kind: string | null): Death => {
  return ({ tap, service, kill }) => {
    const about = (text: string) =>
      text.includes(`"title":"${service} is down"`) && (kind === null || text.includes(`"kind":"${kind}"`))
    const commits = ({ text, transaction }: Passing) =>
      transaction === null ? about(text) : /^commit/i.test(text) && transaction.some(about)
    return tap.strike(when, commits, kill)
  }
}

const drafting = (when: 'before' | 'after'): Death => {
  return ({ tap, service, kill }) =>
    tap.strike(when, ({ text }: Passing) => /insert into postmortems/.test(text) && text.includes(service), kill)
}

const calling = (method: string, when: 'before' | 'after', key: RegExp | null = null): Death => {
  return ({ slack, service, kill }) =>
    new Promise<void>((resolve) => {
      const act = () => {
        kill()
        resolve()
      }
      const about = (args: Record<string, string>) =>
        JSON.stringify(args).includes(service) && (key === null || key.test(args.metadata ?? ''))
      slack.trouble(method, { kind: 'strike', when, act }, 1, about)
    })
}

const card = /inc-\d+\/card/
const page = /inc-\d+\/r\d+s\d+/

const points: Point[] = [
  { name: 'before the commit of the intake', death: commitOf('before', 'incident_opened'), status: 'open' },
  { name: 'after the commit of the intake', death: commitOf('after', 'incident_opened'), status: 'open' },
  { name: 'before a room is made', death: calling('conversations.create', 'before'), status: 'open' },
  { name: 'after a room is made', death: calling('conversations.create', 'after'), status: 'open' },
  { name: 'before the card is posted', death: calling('chat.postMessage', 'before', card), status: 'open' },
  { name: 'between post and ledger', death: calling('chat.postMessage', 'after', card), status: 'open' },
  { name: 'before the decision that pages', death: commitOf('before', 'people_paged'), status: 'open' },
  { name: 'after the decision that pages', death: commitOf('after', 'people_paged'), status: 'open' },
  { name: 'before a page is sent', death: calling('chat.postMessage', 'before', page), status: 'open' },
  { name: 'between send and mark', death: calling('chat.postMessage', 'after', page), status: 'open' },
  ...(['before', 'after'] as const).flatMap((when): Point[] => [
    { name: `${when} ack`, said: 'ack', death: commitOf(when, 'incident_acknowledged'), status: 'acknowledged' },
    { name: `${when} renew`, first: 'ack', said: 'ack', death: commitOf(when, null), status: 'acknowledged' },
    { name: `${when} escalate`, said: 'escalate', death: commitOf(when, 'incident_escalated'), status: 'open' },
    { name: `${when} resolve`, said: 'resolve', death: commitOf(when, 'incident_resolved'), status: 'resolved' },
    { name: `${when} the post-mortem is drafted`, said: 'resolve', death: drafting(when), status: 'resolved' },
  ]),
]

it('loses and doubles nothing when it is killed at a named point, wherever that is', async () => {
  const { slack, database, env } = await setting()
  const tap = await tapTo(database.url)
  const start = () => startTocsin({ ...env, DATABASE_URL: tap.url })
  const serviceOf = (point: Point) => `point-${points.indexOf(point)}-of-many`
  let alive: Tocsin = await start()
  const ripe = points.filter(({ said }) => said !== undefined).map(serviceOf)
  for (const service of ripe) expect(await fire(alive.url, service)).toBe(true)
  await slack.until(() => slack.messages('U0ADA').length === ripe.length)
  for (const point of points)
    if (point.first) await deed(database, alive.url, { ...point, said: point.first }, serviceOf(point))
  await inTime(quiet(database), 'work was left at the beginning')
  for (const point of points) {
    const service = serviceOf(point)
    const victim = alive
    const kill = () => process.kill(victim.pid, 'SIGKILL')
    const dead = point.death({ tap, slack, service, kill })
    const heard = await Promise.all([deed(database, victim.url, point, service), inTime(dead, `none ${point.name}`)])
    alive = await start()
    // Whoever was not answered asks again: a sender of alerts by itself, a person who sees that nothing has come of it.
    if (!heard[0] && (point.said === undefined || point.name.startsWith('before')))
      await deed(database, alive.url, point, service)
  }
  await inTime(quiet(database), 'work was left at the end')
  expect(await lies(slack, database, points.map(serviceOf))).toEqual([])
  const { rows } = await database.db.query<{ service: string; status: string; drafts: number }>(
    `select service, status, (select count(*)::int from postmortems where incident = number) as drafts from incidents`,
  )
  const wanted = points.map((point) => {
    return { service: serviceOf(point), status: point.status, drafts: point.status === 'resolved' ? 1 : 0 }
  })
  expect(new Map(rows.map((row) => [row.service, row]))).toEqual(new Map(wanted.map((row) => [row.service, row])))
  // Each was paged once, and once more where somebody asked for the next step.
  const paged = (service: string) => slack.messages('U0ADA').filter(({ text }) => text.includes(service)).length
  for (const point of points)
    expect([point.name, paged(serviceOf(point))]).toEqual([point.name, point.said === 'escalate' ? 2 : 1])
  expect(await alive.stop()).toBe(0)
}, 1_200_000)

async function deed({ db }: Setting['database'], url: string, { said }: Point, service: string): Promise<boolean> {
  if (said === undefined) return fire(url, service)
  const { rows } = await db.query<{ number: number }>('select number from incidents where service = $1', [service])
  return say(url, 'ada', `/incident ${said} ${rows[0]?.number}`)
}

function inTime<T>(work: Promise<T>, otherwise: string): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(otherwise)), 60_000).unref()
  })
  return Promise.race([work, late])
}
