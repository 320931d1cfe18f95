// An incident of very many alerts: its card counts all of them, and telling it costs no more than telling a small one.
import type { QueryResultRow } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import type { Queryable } from '../../src/store/db.ts'
import { deliveryViews, incidentView, tellingViews } from '../../src/store/views.ts'
import { world } from './world.ts'

it('is told with the first hundred that fire and the number of the others', async () => {
  const w = await world()
  onTestFinished(() => w.stop())
  const alert = (i: number, status: string) => ({
    ...{ title: 'Disk full', service: 'checkout', severity: 'critical', status },
    labels: { instance: `10.0.0.${i}`, alertname: 'DiskFull' },
  })
  const all = Array.from({ length: 250 }, (_, i) => i)
  await w.deliver('generic', { alerts: all.map((i) => alert(i, 'firing')) })
  await w.deliver('generic', { alerts: all.slice(0, 30).map((i) => alert(i, 'resolved')) })
  const [told] = await tellingViews(w.bot.db, [1])
  expect(told?.alerts.map((a) => a.status)).toEqual(Array(100).fill('firing'))
  expect(told?.unlisted).toEqual({ firing: 120, clear: 30 })
  expect(told?.timeline.map((entry) => entry.fact.kind)).not.toContain('alert_fired')
  const [delivered] = await deliveryViews(w.bot.db, 'slack', [1])
  expect(delivered?.alerts).toHaveLength(100)
  const whole = await incidentView(w.bot.db, 1)
  expect(whole?.alerts).toHaveLength(250)
  expect(whole?.timeline.filter((entry) => entry.fact.kind === 'alert_fired')).toHaveLength(250)
  await w.settle()
  const card = w.chat.sent.find((message) => JSON.stringify(message).includes('220 of 250 firing'))
  expect(card).toBeDefined()
})

it('is read in pieces by whoever wants all of it: thousands of alerts in one go would keep every page waiting', async () => {
  const w = await world()
  onTestFinished(() => w.stop())
  const alerts = Array.from({ length: 1_300 }, (_, i) => ({
    ...{ title: 'Disk full', service: 'checkout', severity: 'critical', status: 'firing' },
    labels: { instance: `10.0.0.${i}`, alertname: 'DiskFull' },
  }))
  await w.deliver('generic', { alerts })
  const most: number[] = []
  const counting: Queryable = {
    async query<R extends QueryResultRow>(...asked: Parameters<Queryable['query']>) {
      const answer = await w.bot.db.query<R>(...asked)
      const lists = answer.rows.flatMap((row) => Object.values(row)).filter((value) => Array.isArray(value))
      most.push(...lists.map((list) => list.length))
      return answer
    },
  }
  const view = await incidentView(counting, 1)
  const instances = view?.alerts.map(({ labels }) => labels.instance)
  expect(new Set(instances)).toEqual(new Set(alerts.map(({ labels }) => labels.instance)))
  expect(instances).toHaveLength(1_300)
  expect(view?.timeline.filter(({ fact }) => fact.kind === 'alert_fired')).toHaveLength(1_300)
  const ids = view?.timeline.map(({ id }) => Number(id)) ?? []
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  expect(Math.max(...most)).toBeLessThanOrEqual(500)
  // As they would be written in one go.
  expect(view?.alerts).toEqual(view?.alerts.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)))
  expect(view?.alerts[0]?.startsAt).toBeInstanceOf(Date)
  expect(view?.timeline.at(-1)?.at).toBeInstanceOf(Date)
})
