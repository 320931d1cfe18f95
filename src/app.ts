// The wiring: every part of the bot is made and joined here, started in order and stopped in the opposite one.
import { commands } from '../commands/index.ts'
import type { Bot } from './bot.ts'
import { ChartRenderer } from './charts/renderer.ts'
import { makeDispatch } from './chat/dispatch.ts'
import { type Chat, makeChat } from './chat/index.ts'
import type { Touch } from './chat/platform.ts'
import { Standings } from './chat/standing.ts'
import { type Clock, SharedClock } from './clock.ts'
import type { Config } from './config/config.ts'
import { reasonOf } from './errors.ts'
import { gapsAhead, readSchedules } from './flow/gaps.ts'
import { Intake } from './flow/intake.ts'
import { noticeTouch } from './flow/keep.ts'
import { Refusals } from './flow/refusals.ts'
import { respond } from './flow/respond.ts'
import { addressOf, greeting, logStart, version, withPort } from './greeting.ts'
import type { ServerDeps } from './http/deps.ts'
import { buildServer } from './http/server.ts'
import { type Log, logProblem, makeLog } from './log.ts'
import { gapWarnings } from './messages/gaps.ts'
import { strayOverrides, strayTerms } from './messages/strays.ts'
import { countPagesFromZero } from './metrics.ts'
import { makePagers, pagersOf } from './pagers/index.ts'
import { Library } from './runbooks/library.ts'
import { readFiles } from './runbooks/reader.ts'
import { sources } from './sources/index.ts'
import type { Db } from './store/db.ts'
import { openIncidents } from './store/incidents.ts'
import { overridesAt } from './store/overrides.ts'
import { warmConnections } from './store/warm.ts'
import { checkTemplates, makeTemplates } from './templates.ts'
import { startAuditor } from './worker/auditor.ts'
import { startBlindnessWatch } from './worker/blindness-watch.ts'
import { startCalendars } from './worker/calendars.ts'
import { startChecklists } from './worker/checklists.ts'
import { openDatabase } from './worker/database.ts'
import { startDigests } from './worker/digest.ts'
import { startDueLoop } from './worker/due.ts'
import { type Feed, startFeed } from './worker/feed.ts'
import { startLibrary } from './worker/library.ts'
import { startMonitoringWatch } from './worker/monitoring-watch.ts'
import { startOnlookers } from './worker/onlookers.ts'
import { Openings } from './worker/openings.ts'
import { outlasting } from './worker/outlast.ts'
import { startPagerWatch } from './worker/pager-watch.ts'
import type { Presence } from './worker/presence.ts'
import { startRehearsal } from './worker/rehearsal.ts'
import { startReminders } from './worker/reminders.ts'
import { startReroutes } from './worker/reroutes.ts'
import { startSealer } from './worker/sealer.ts'
import { startShifts } from './worker/shifts.ts'
import { startStepTimers } from './worker/step-timers.ts'
import { type Part, stopAll } from './worker/stop.ts'
import { startTimekeeper } from './worker/timekeeper.ts'
import { startUpdates } from './worker/updates.ts'
import { startWorkers } from './worker/workers.ts'

export type App = {
  bot: Bot
  url: string
  /** What runs, where, and what to do next; for people. */
  lines: string[]
  stop(): Promise<void>
}

/** Starts everything. `died`: a part gave up that the bot is useless without; the process should end and be restarted. */
export async function startApp(
  given: Config,
  warnings: string[],
  died: (reason: string) => void = () => {},
): Promise<App> {
  const { config, letGo } = await withPort(given)
  const log = makeLog(config.log)
  // Some chat libraries leave promises to fail by themselves; a pager does not end because of one.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed that nobody waited for'))
  const undo: Part[] = []
  const stop = () => stopAll(undo.splice(0), log)
  try {
    const outlast = outlasting(log)
    const database = await openDatabase(config, log, outlast)
    undo.push(['database', database.stop], ['port', letGo])
    const clock = new SharedClock()
    const time = await outlast(() => startTimekeeper(database.db, clock, log))
    undo.push(['timekeeper', time.stop])
    const { bot, slackHandler, library } = await assemble(config, await warmed({ db: database.db, clock, log }))
    undo.push(['charts', () => bot.charts.close()])
    countPagesFromZero(pagersOf(bot).map(({ name }) => name))
    const feed = await outlast(() => startFeed(bot))
    undo.push(['change feed', feed.stop])
    const progress = { working: false }
    const asked = bot.pagers.filter(({ check }) => check !== null)
    const standings = new Standings([...bot.platforms, ...asked].map(({ name }) => name))
    let presence: Presence | null = null
    const writes = startBlindnessWatch(bot, () => presence?.holder.name ?? null)
    const checks = { ...standings.checks(), writes: writes.check }
    const auditor = startAuditor(bot, checks)
    undo.push(['blindness watch', writes.stop], ['auditor', auditor.stop])
    const health = { ...checks, clock: time.check, audit: auditor.check, ...fileChecks(library, log) }
    const openings = new Openings()
    const onlookers = startOnlookers(bot)
    undo.push(['onlookers', onlookers.stop])
    const intake = new Intake(bot, { opener: openings.open, joined: onlookers.joined })
    const server = buildServer({ ...serverDeps(bot, intake, feed, slackHandler, progress), health })
    undo.push(['server', () => server.close()])
    await letGo().then(() => server.listen({ host: config.server.host, port: config.server.port }))
    const due = startDueLoop(bot)
    undo.push(['due loop', due.stop])
    feed.subscribe((news) => news.due && due.wake())
    const dispatch = makeDispatch(bot)
    const touched = (touch: Touch) => noticeTouch(bot, touch)
    const listener = (platform: string) => ({ dispatch, touched, standing: standings.of(platform) })
    const started = new Map(bot.platforms.map((platform) => [platform.name, platform.start(listener(platform.name))]))
    undo.push(['platforms', () => Promise.all(bot.platforms.map((platform) => platform.stop()))])
    undo.push(['reroutes', startReroutes(bot).stop])
    undo.push(['status updates', startUpdates(bot).stop], ['step timers', startStepTimers(bot).stop])
    undo.push(['pager watch', startPagerWatch(bot, (pager) => standings.of(pager)).stop])
    const ready = async (platform: string) => started.get(platform)
    const workers = await startWorkers(bot, feed, openings, ready, { died, calm: due.calm, outlast })
    undo.push(['workers', workers.stop])
    presence = workers.presence
    const shifts = await outlast(() => startShifts(bot, workers.presence, ready))
    undo.push(['shifts', shifts.stop])
    undo.push(['reminders', startReminders(bot).stop], ['digests', startDigests(bot).stop])
    undo.push(...startWatches(bot, library), ['sealer', startSealer(bot, due.calm, () => intake.isBusy).stop])
    undo.push(['rehearsal', startRehearsal(bot, due.calm).stop])
    progress.working = true
    const url = addressOf(config)
    const notes = [...warnings, ...library.problems, ...(await gapsTold(bot)), ...(await straysTold(bot))]
    logStart(log, database, notes)
    return { bot, url, stop, lines: greeting(bot, database, url, notes) }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Only a saving of time: without it the first alert of a night waits some ten milliseconds longer. */
async function warmed<Base extends { db: Db; clock: Clock; log: Log }>(base: Base): Promise<Base> {
  await warmConnections(base.db, base.clock.now()).catch((error: unknown) =>
    base.log.warn({ reason: reasonOf(error) }, 'the connections could not be made ready'),
  )
  return base
}

/** What lies outside and changes by itself. */
function startWatches(bot: Bot, library: Library): Part[] {
  return [
    ['calendars', startCalendars(bot).stop],
    ['runbooks', startLibrary(bot, library).stop],
    ['checklists', startChecklists(bot).stop],
    ['monitoring watch', startMonitoringWatch(bot).stop],
  ]
}

function fileChecks(library: Library, log: Log): Record<string, () => { ok: boolean; detail?: string }> {
  const well = (problem: string | null) => (problem === null ? { ok: true } : { ok: false, detail: problem })
  return {
    // One that cannot be read is no reason to restart anything: it is told, and the others are there.
    runbooks: () => well(library.broken.length === 0 ? null : library.broken.join('; ').slice(0, 1_000)),
    // What it would say stands nowhere else until it can be written again.
    log: () => well(logProblem(log)),
  }
}

/** What cannot be looked up at the moment is no reason not to start. */
async function gapsTold(bot: Bot): Promise<string[]> {
  try {
    const schedules = await readSchedules(bot)
    return gapWarnings(schedules, await gapsAhead(bot, schedules), bot.clock.now())
  } catch (error) {
    bot.log.warn({ err: error }, 'could not look for gaps in the schedules')
    return []
  }
}

/** What is stored under names that tocsin.yaml no longer has. */
async function straysTold(bot: Bot): Promise<string[]> {
  try {
    const now = bot.clock.now()
    const [overrides, incidents] = await Promise.all([overridesAt(bot.db, now), openIncidents(bot.db)])
    const strays = [...strayOverrides(bot.config, overrides, now), ...strayTerms(bot.config, incidents)]
    return strays.map(({ key, what, fix }) => `${key}: ${what}. Either ${fix}.`)
  } catch (error) {
    bot.log.warn({ err: error }, 'could not look for what is stored under names that are no more')
    return []
  }
}

/** `library`: with what is wrong with the files it was pointed at, but not fatal. */
export type Assembled = { bot: Bot; slackHandler: Chat['slackHandler']; library: Library }

/** The bot without anything running. */
export async function assemble(config: Config, base: { db: Db; clock: Clock; log: Log }): Promise<Assembled> {
  const { db, clock, log } = base
  const templates = makeTemplates(config.templates === null ? [] : [config.templates], (problem) =>
    log.error({ problem }, 'a template could not be used'),
  )
  // Ours are checked by our tests; a team's own must not fail at the first page.
  if (config.templates !== null) {
    const { messageSamples } = await import('./messages/samples.ts')
    checkTemplates(templates, messageSamples())
  }
  const library = await Library.open(config.runbooks, readFiles)
  const { runbooks, checklists } = library.loaded
  const { platforms, channels, slackHandler } = await makeChat(config, { db, clock, log, commands })
  const charts = new ChartRenderer({ theme: config.charts.theme })
  const pagers = makePagers(config, { clock, templates })
  const bot: Bot = { config, db, clock, log, platforms, pagers, channels, templates, runbooks, checklists, charts }
  return { bot, slackHandler, library }
}

function serverDeps(
  bot: Bot,
  intake: Intake,
  feed: Feed,
  slackHandler: Chat['slackHandler'],
  progress: { working: boolean },
): Omit<ServerDeps, 'health'> {
  const refusals = new Refusals(bot)
  return {
    bot,
    version: version(),
    commands,
    parse({ name, kind }, body, received) {
      const source = sources[kind]
      if (source === undefined) throw new Error(`the configuration let a source of unknown kind pass: ${kind}`)
      const { alerts, ...rest } = source.parse(body, received)
      // Two sources of one kind are two monitoring systems: their fingerprints have nothing to do with each other.
      return { alerts: alerts.map((alert) => ({ ...alert, source: name })), ...rest }
    },
    accept: (delivery, trace) => intake.accept(delivery, trace),
    refused: (refused) => void refusals.tell(refused),
    respond: (incident, act) => respond(bot, incident, act),
    dispatch: makeDispatch(bot),
    subscribe: (listener) => feed.subscribe(({ incident }) => listener(incident ?? 0)),
    readiness: { workers: () => (progress.working ? { ok: true } : { ok: false, detail: 'the workers are starting' }) },
    slackHandler,
  }
}
