// Mails and webhooks cannot be asked whether they took a page: where nobody needs it any more by then, the record says what is known.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { claimPages, giveBackPages } from '../../src/store/pages.ts'
import { PostOffice } from '../pagers/post-office.ts'
import { minute, team, world } from './world.ts'

async function begin(way: string, more: string) {
  const ada = `slack: U-ADA, email: ada@example.org, reach: ["${way}"] }`
  const w = await world({ yaml: `${more}\n${team.replace('slack: U-ADA }', ada)}` })
  onTestFinished(() => w.stop())
  await w.fire()
  await w.decide()
  return w
}
type Begun = Awaited<ReturnType<typeof begin>>

const told = async (w: Begun) => {
  const { pages, timeline } = await w.view()
  const [page] = pages
  const entries = timeline.filter(({ fact }) => fact.kind === 'page_uncertain').map(({ text }) => text)
  const { text = '' } = (await w.chat.say('U-LINUS', 'incident why 1 @ada'))?.message ?? {}
  return { status: page?.status, entries, why: /The page [^\n]*/.exec(text)?.[0] }
}
const mayBe = (way: string) => ({
  status: 'cancelled',
  entries: [
    `The page to Ada Lovelace ${way} may have gone out: what came of it is not known, and it was not sent again`,
  ],
  why: `The page may have gone out **${way}**: what came of it is not known`,
})

async function office() {
  const opened = await PostOffice.open()
  onTestFinished(() => opened.close())
  return { opened, yaml: `email: { smtp: "${opened.address}", from: "Tocsin <tocsin@example.org>" }` }
}

it('a mail that was taken as the connection broke may have gone out', async () => {
  const { opened, yaml } = await office()
  const w = await begin('email', yaml)
  opened.mood = 'take and hang up'
  await w.attemptJobs()
  await w.chat.say('U-LINUS', 'incident ack 1')
  opened.mood = null
  await w.pass(minute)
  expect(opened.received).toHaveLength(1)
  expect(await told(w)).toEqual(mayBe('by e-mail'))
})

it('so may one that a process was sending when it died', async () => {
  const { yaml } = await office()
  const w = await begin('email', yaml)
  const now = w.clock.now()
  const { claimed } = await claimPages(w.bot.db, { channel: 'email', holder: 'dead', now, limit: 1 })
  expect(claimed).toHaveLength(1)
  await giveBackPages(w.bot.db, ['dead'], now)
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.pass(minute)
  expect(await told(w)).toEqual(mayBe('by e-mail'))
})

it('and a webhook that hung up instead of answering', async () => {
  const asked: string[] = []
  const gateway = createServer((request) => {
    request.resume().on('end', () => {
      asked.push(request.url ?? '')
      request.socket.destroy()
    })
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void gateway.close())
  const { port } = gateway.address() as AddressInfo
  const w = await begin('webhook:phone', `webhooks: { phone: { url: "http://127.0.0.1:${port}/" } }`)
  await w.attemptJobs()
  expect(asked.length).toBeGreaterThan(0)
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.pass(minute)
  expect(await told(w)).toEqual(mayBe('over the webhook phone'))
})

it('one that nobody was there to take, or that was refused for now, went nowhere', async () => {
  const { opened, yaml } = await office()
  const w = await begin('email', yaml)
  opened.mood = { refuse: 451 }
  await w.attemptJobs()
  await opened.close()
  await w.attemptJobs()
  await w.chat.say('U-LINUS', 'incident ack 1')
  await w.pass(minute)
  const why = 'The page by e-mail was no longer needed'
  expect(await told(w)).toEqual({ status: 'cancelled', entries: [], why })
})
