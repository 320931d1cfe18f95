// What the first alert of a quiet night would wait for: connections that are open, with the statements of its way planned. Each
// is asked about nothing and writes nothing.
import { knownAlerts } from './alerts.ts'
import { nothingGranted } from './change-rows.ts'
import { planWriting } from './changes.ts'
import type { Db, Queryable } from './db.ts'
import { claimDeliveries, endDelivery } from './deliveries.ts'
import { incidentsNow, lockDueIncidents, planJoinable } from './incidents.ts'
import { planJoins } from './joins.ts'
import { beginPosts } from './messages.ts'
import { overridesAt } from './overrides.ts'
import { claimPages } from './pages.ts'
import { rememberRooms } from './rooms.ts'
import { deliveryViews, tellingViews } from './views.ts'
import { makeSure } from './writing.ts'

/** To be called before anything else asks: it takes all connections of the line for some ten milliseconds. */
export async function warmConnections(db: Db, now: Date): Promise<void> {
  await db.warm(
    (q) => planTheWayIn(q, now),
    (q) => planTheWayOut(q, now),
  )
}

const nobody = 'nobody'

/** Over the line: from an alert to the page. */
async function planTheWayIn(q: Queryable, now: Date): Promise<void> {
  await knownAlerts(q, [], [])
  await planJoinable(q, now)
  await incidentsNow(q, [0])
  await overridesAt(q, now)
  await planWriting(q, now)
  await planJoins(q, now)
  await makeSure(q, nothingGranted)
  await lockDueIncidents(q, now, 0)
  await claimPages(q, { channel: nobody, holder: nobody, now, limit: 0 })
  await tellingViews(q, [])
}

/** Over the others: to the rooms. */
async function planTheWayOut(q: Queryable, now: Date): Promise<void> {
  await overridesAt(q, now)
  await claimDeliveries(q, { platform: nobody, holder: nobody, now, limit: 0 })
  await deliveryViews(q, nobody, [])
  await beginPosts(q, nobody, [])
  await rememberRooms(q, [])
  const nothing = { posted: [], unsent: [], refused: [], topic: null, endedAt: now }
  await endDelivery(q, { platform: nobody, incident: 0, holder: nobody, ...nothing, failed: false, wakeAt: null })
}
