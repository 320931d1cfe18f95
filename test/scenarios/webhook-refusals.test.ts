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
