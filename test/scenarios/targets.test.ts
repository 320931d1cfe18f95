// Steps of a policy that page a whole channel or a webhook instead of a person.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { minute, team, type World, world } from './world.ts'

let server: Server
let w: World
const posted: { to: { kind: string; key: string }; title: string }[] = []
beforeEach(async () => {
  posted.length = 0
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    posted.push(JSON.parse(body))
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hook = `webhooks: { pagerduty: { url: "http://127.0.0.1:${(server.address() as AddressInfo).port}/", secret: x } }\n`
  const steps = `    steps:
      - { page: "channel:#sre", wait: 5m }
      - { page: webhook:pagerduty, wait: 10m }
`
  w = await world({ yaml: hook + team.replace(/ {4}steps:\n( {6}.*\n)+/, steps) })
})
afterEach(async () => {
  await w.stop()
  await new Promise((resolve) => server.close(resolve))
})

it('a channel is called as a whole, with the buttons of a page, and a webhook gets its post', async () => {
  await w.fire()
  await w.pass(0)
  const [page] = w.chat.in('sre')
  expect(page?.posted.mentions).toBe('channel')
  expect(page?.message.text).toContain('The policy calls this channel.')
  expect(page?.message.buttons?.map(({ label }) => label)).toContain('Acknowledge')
  await w.pass(5 * minute)
  expect(posted.map(({ to }) => to)).toEqual([
    { kind: 'webhook', key: 'webhook:pagerduty', name: 'webhook pagerduty', email: null },
  ])
  const { timeline, pages } = await w.view()
  expect(pages.map(({ person, channel, status }) => `${person} over ${channel} ${status}`)).toEqual([
    '#sre over slack sent',
    'webhook:pagerduty over webhook:pagerduty sent',
  ])
  const told = timeline.map(({ text }) => text)
  expect(told).toContain('Paging #sre (step 1, round 1)')
  expect(told).toContain('Page delivered to #sre in Slack')
  expect(told).toContain('Page delivered to webhook pagerduty')
})

it('why a channel was called is that the step names it', async () => {
  await w.fire()
  await w.pass(0)
  const reply = await w.chat.press('U-LINUS', 'sre', 'Why me?')
  expect(reply?.message.title).toBe('Why #sre was paged for #1')
  expect(reply?.message.text).toContain('1. The step names \\#sre\n')
  expect(reply?.message.text).not.toContain('not recorded')
})

it('whoever presses the button in the channel has it, and the channel sees that', async () => {
  await w.fire()
  await w.pass(0)
  await w.chat.press('U-LINUS', 'sre', 'Acknowledge')
  await w.pass(0)
  expect((await w.view()).incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'linus' })
  expect(w.chat.in('sre')[0]?.message.text).toContain('Linus has this')
})

it('a channel whose call rang nobody is told once, where the page counts as delivered', async () => {
  w.chat.unheard = 'Discord let it notify nobody; give its role Mention Everyone'
  await w.fire()
  await w.pass(16 * minute)
  const told = (await w.view()).timeline.flatMap(({ fact }) => (fact.kind === 'room_degraded' ? [fact] : []))
  const about = { kind: 'room_degraded', platform: 'slack', reason: w.chat.unheard }
  expect(told).toEqual([{ ...about, what: 'call everybody in #sre' }])
})

it('a channel that is no more is passed over at once', async () => {
  w.chat.refused.set('sre', new PermanentError('is_archived'))
  await w.fire()
  await w.pass(0)
  expect(posted).toHaveLength(1)
})
