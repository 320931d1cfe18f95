// The gateway of a webhook that is ill for a moment, and the only way to somebody.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { minute, world } from './world.ts'

const alone = (url: string) => `
team: Checkout
zone: Europe/Berlin
people: { ada: { name: Ada Lovelace, reach: { P1: [webhook:phone] } } }
webhooks: { phone: { url: "${url}" } }
policies: { default: { steps: [{ page: "person:ada", wait: 5m }], last_resort: { people: [ada], every: 10m } } }
severities: { P1: { policy: default } }
sources: { generic: { token: secret } }
`

it.each([401, 403, 404])(
  'a page that a gateway answers with %i for a moment goes out when it is back',
  async (status) => {
    let now = status
    let taken = 0
    const gateway = createServer((_, response) => {
      if (now === 204) taken++
      response.writeHead(now).end()
    })
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void gateway.close())
    const w = await world({ yaml: alone(`http://127.0.0.1:${(gateway.address() as AddressInfo).port}/call`) })
    onTestFinished(() => w.stop())
    await w.fire()
    for (let i = 0; i < 4; i++) {
      await w.attemptJobs()
      await w.decide()
    }
    now = 204
    w.clock.advance(minute / 6)
    await w.decide()
    await w.attemptJobs()
    expect(taken).toBeGreaterThan(0)
    expect((await w.view()).pages.filter(({ status }) => status === 'failed')).toEqual([])
  },
)

it('that says something else each time holds the next step up for some seconds, and not for its whole wait', async () => {
  let asked = 0
  const gateway = createServer((_, response) => {
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ message: `no route, request ${++asked}` }))
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void gateway.close())
  const yaml = alone(`http://127.0.0.1:${(gateway.address() as AddressInfo).port}/call`)
    .replace('people: {', 'people: { grace: { name: Grace Hopper, slack: U-GRACE },')
    .replace('wait: 5m }', 'wait: 5m }, { page: "person:grace", wait: 5m }')
  const w = await world({ yaml })
  onTestFinished(() => w.stop())
  await w.fire()
  for (let second = 0; second < 10; second++) {
    await w.attemptJobs()
    await w.decide()
    w.clock.advance(1_000)
  }
  const { pages } = await w.view()
  expect(pages.map(({ person, status }) => `${person} ${status}`)).toContain('grace sent')
  // And it is asked less and less often.
  const { rows } = await w.bot.db.query<{ next: Date }>(`select try_at as next from pages where person = 'ada'`)
  expect((rows[0]?.next.getTime() ?? 0) - w.clock.now().getTime()).toBeGreaterThan(2_000)
})
