// Silences at a hand-over: those that end in the shift are told to whoever comes; an Alertmanager that is away delays nothing.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AlertmanagerStandIn, alertmanagerStandIn } from '../evidence/alertmanager-stand-in.ts'
import { team } from '../scenarios/world.ts'
import { type Night, night } from './night.ts'

let server: AlertmanagerStandIn
let w: Night
/** Grace takes over at 9:00 in Berlin, for a week. */
const handover = '2026-03-09T08:00:00Z'

beforeEach(async () => {
  server = await alertmanagerStandIn(() => new Date(handover))
})
afterEach(async () => {
  await w.stop()
  await server.close()
})

const start = async (yaml = team, timeout = '30s') => {
  w = await night({ yaml: `${yaml}alertmanager: { url: "${server.url}", timeout: ${timeout} }\n` })
}
const text = () => w.chat.in('@U-GRACE').at(-1)?.message.text ?? ''

test('those that end in the shift are listed, soonest first, with what they cover and who made them', async () => {
  await start()
  server.keep({ endsAt: '2026-03-12T15:00:00Z', createdBy: 'Linus' })
  server.keep({ endsAt: '2026-03-09T09:30:00Z', createdBy: 'ada' })
  server.keep({ endsAt: '2026-03-16T08:00:01Z', createdBy: 'after the shift' })
  server.keep({ endsAt: '2026-03-10T08:00:00Z', createdBy: 'over', status: { state: 'expired' } })
  await w.at(handover)
  expect(text()).toContain(
    '**Silences that end in your shift**\n\n- 10:30 `alertname="Disk"` · by ada\n- Thu 12 Mar, 16:00 `alertname="Disk"` · by Linus',
  )
  expect(text()).not.toMatch(/after the shift|over$/)
  expect(w.chat.in('@U-ADA').at(-1)?.message.text).not.toContain('Silences')
})

test('the first five are listed, the others counted', async () => {
  await start()
  for (let n = 1; n <= 7; n++)
    server.keep({ endsAt: `2026-03-1${n > 5 ? 5 : n}T0${n}:00:00Z`, createdBy: `person ${n}` })
  await w.at(handover)
  expect(text().match(/by person/g)).toHaveLength(5)
  expect(text()).toContain('And 2 more.')
})

test('a schedule of another zone tells the ends in its own, and says so', async () => {
  await start(team.replace('primary: { zone: Europe/Berlin,', 'primary: { zone: Asia/Tokyo,'))
  server.keep({ endsAt: '2026-03-09T09:30:00Z' })
  await w.at('2026-03-09T00:00:00Z')
  expect(text()).toContain('- 18:30 (Asia/Tokyo) `alertname="Disk"`')
})

test('what somebody wrote into a silence is dead text', async () => {
  await start()
  const matchers = [{ name: 'a', value: '`<!channel>` [x](http://evil)', isRegex: true, isEqual: false }]
  server.keep({ endsAt: '2026-03-09T09:30:00Z', createdBy: '@channel **boo**', matchers })
  await w.at(handover)
  expect(text()).toContain('a!~"`<!channel>` [x](http://evil)"')
  expect(text()).toContain('\\*\\*boo\\*\\*')
})

test.each([
  ['refuses', { status: 403, body: '"forbidden"' }, 'answered 403: forbidden'],
  ['hangs', { hang: true }, 'did not answer within 1 s'],
  ['sends nonsense', { status: 200, body: '{}' }, 'is not Alertmanager'],
])('one that %s is said not to have been asked, and the hand-over goes out', async (_, fault, reason) => {
  await start(team, 'hang' in fault ? '1s' : '30s')
  server.fault = fault
  await w.at(handover)
  const [sent, ...more] = w.chat.in('@U-GRACE')
  expect(more).toEqual([])
  expect(sent?.message.buttons).toHaveLength(1)
  expect(text()).toContain('**Silences that end in your shift** could not be asked for: ')
  expect(text().replaceAll('\\', '')).toContain(reason)
})

test('a hand-over waits three seconds at most, once for all that change hands at that moment', async () => {
  await start(team.replace('people: [linus]', 'people: [linus, ada]'), '1m')
  server.fault = { hang: true }
  const begun = performance.now()
  await w.at(handover)
  expect(performance.now() - begun).toBeLessThan(30_000)
  expect(server.asked).toHaveLength(1)
  expect(w.told('@U-GRACE')).toHaveLength(1)
  expect(w.told('@U-ADA')).toContain('You have the pager of secondary: please confirm')
})

test('the post whose answer was lost is not sent twice, and says how things are when the silences are others by then', async () => {
  await start()
  server.keep({ endsAt: '2026-03-09T09:30:00Z', createdBy: 'first' })
  w.chat.failures.push({ when: 'after', error: new Error('the answer was lost'), to: '@U-GRACE' })
  await w.at(handover)
  server.silences.length = 0
  await w.at('2026-03-09T08:05:00Z')
  expect(w.chat.in('@U-GRACE')).toHaveLength(1)
  expect(text()).not.toContain('by first')
})

test('without an address nothing is said of silences', async () => {
  w = await night()
  await w.at(handover)
  expect(text()).not.toContain('ilence')
  expect(server.asked).toEqual([])
})
