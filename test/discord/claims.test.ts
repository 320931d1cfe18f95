// Of several replicas that hear the same, one runs it: who claims it, and what becomes of a claim that nobody lives to keep.
import { describe, expect } from 'vitest'
import type { Post } from '../../src/chat/platform.ts'
import { atEnd, it } from '../beside.ts'
import { atBest } from '../busy.ts'
import { connected, platformAt, type Setup, soon } from './bot.ts'

async function begun(): Promise<Setup> {
  const setup = await connected()
  atEnd(() => setup.stop())
  await soon(() => expect(setup.discord.commands).not.toEqual([]))
  return setup
}

const has = { visibility: 'private', message: { title: 'Ada has #12', tone: 'good' } } as const

/** What Discord says to the second of two who claim the same. */
const claimed = {
  how: 'refuse',
  status: 400,
  code: 40060,
  message: 'Interaction has already been acknowledged.',
} as const

async function card({ discord, platform }: Setup) {
  const ref = await platform.post({
    to: { channel: discord.channel('alerts').id },
    key: 'inc-12/card',
    message: { title: 'Error rate', tone: 'critical', buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }] },
    resumed: false,
    accounts: {},
  })
  const posted = discord.messages(discord.channel('alerts')).find((one) => one.id === ref.id)
  if (posted === undefined) throw new Error('not posted')
  return posted
}

/** A page to Ada, in her direct messages. */
async function paged({ discord, platform }: Setup) {
  const ada = discord.person('ada')
  const message = { title: 'P1', tone: 'critical', buttons: [{ label: 'Acknowledge', command: 'incident ack 12' }] }
  await platform.post({ key: 'page', message, resumed: false, accounts: {}, to: { account: ada.id } } as Post)
  const [posted] = discord.direct(ada).messages
  if (posted === undefined) throw new Error('not posted')
  return posted
}

describe('a command', () => {
  it('runs once when another replica was quicker to claim it', async () => {
    const { discord, said } = await begun()
    discord.fallIll('POST', /callback$/, claimed)
    const exchange = discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
    await expect(exchange).rejects.toThrow('did not respond')
    expect(said).toEqual([])
  })

  it('runs when nobody can know whether the claim arrived', async () => {
    const { discord, said } = await begun()
    discord.fallIll('POST', /callback$/, { how: 'drop' })
    const exchange = await discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
    expect(said).toHaveLength(1)
    expect(exchange.answer?.content).toContain('✓')
  })

  it('runs once on two replicas that cannot know which of them has claimed it', async () => {
    const setup = await begun()
    const { discord } = setup
    const heard = new Set<string>()
    const hearOnce = async (request: Uint8Array) => heard.size < heard.add(String(request)).size
    const replicas = [1, 2].map(() => platformAt(discord.apiUrl, discord.token, {}, hearOnce))
    await setup.platform.stop()
    for (const one of replicas) await one.start()
    atEnd(async () => void (await Promise.all(replicas.map(({ platform }) => platform.stop()))))
    discord.fallIll('POST', /callback$/, { how: 'error', status: 502 }, 2)
    discord.say(discord.person('ada'), '/incident page <@1>', discord.channel('alerts')).catch(() => undefined)
    const second = 'came a second time'
    await soon(() => expect(replicas.some(({ log }) => log.some(({ msg }) => String(msg).includes(second)))).toBe(true))
    await soon(() => expect(replicas.flatMap(({ said }) => said)).toHaveLength(1))
  })

  it('is claimed again when Discord asks to wait for a moment', async () => {
    const asked = async () => {
      const { discord, said, answer } = await begun()
      answer(has)
      discord.fallIll('POST', /callback$/, { how: 'rate limit', retryAfter: 0.3 }, 2)
      const exchange = await discord
        .say(discord.person('ada'), '/incident ack', discord.channel('alerts'))
        .catch(() => null)
      return [exchange?.answer?.embeds[0]?.title, said.length]
    }
    // It has a second and a half.
    expect(await atBest(asked, ([title]) => title !== undefined)).toEqual(['Ada has #12', 1])
  })

  it('runs when the claim had to wait until Discord knew nothing of it any more', async () => {
    const { discord, said } = await begun()
    const callback = /callback$/
    discord.fallIll('POST', callback, { how: 'rate limit', retryAfter: 0.1 })
    discord.fallIll('POST', callback, { how: 'refuse', status: 404, code: 10062, message: 'Unknown interaction' })
    discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts')).catch(() => undefined)
    await soon(() => expect(said).toHaveLength(1))
  })

  it('runs all the same when Discord asks to wait for longer than the person does', async () => {
    const { discord, said } = await begun()
    discord.fallIll('POST', /callback$/, { how: 'rate limit', retryAfter: 60 }, 99)
    discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts')).catch(() => undefined)
    await soon(() => expect(said).toHaveLength(1), 25_000)
  })
})

it('what was typed, and another replica claimed, is not run by a second one: whoever typed sees that nothing came', async () => {
  const { discord, said } = await begun()
  discord.fallIll('POST', /callback$/, claimed)
  discord.say(discord.person('ada'), '/incident ack', discord.channel('alerts')).catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  expect(said).toEqual([])
})

describe('a press', () => {
  it('that another replica claimed, and did not live to run, is obeyed all the same', async () => {
    const setup = await begun()
    const posted = await card(setup)
    const { discord, said } = setup
    discord.fallIll('POST', /callback$/, claimed)
    discord.press(discord.person('grace'), posted, 'Acknowledge').catch(() => undefined)
    await soon(() => expect(said).toMatchObject([{ text: 'incident ack 12' }]))
  })

  it('that another replica claimed is answered below what was pressed: its first answer may be the page itself, which would be gone', async () => {
    const setup = await begun()
    const { discord, said, answer } = setup
    answer(has)
    const ada = discord.person('ada')
    const posted = await paged(setup)
    // The other one knew at once who pressed, and promised nothing.
    discord.fallIll('GET', /members/, { how: 'rate limit', retryAfter: 2 })
    discord.fallIll('POST', /callback$/, claimed)
    const before = discord.requests.length
    discord.press(ada, posted, 'Acknowledge').catch(() => undefined)
    await soon(() => expect(said).toMatchObject([{ text: 'incident ack 12' }]))
    const answers = () => discord.requests.slice(before).filter((one) => / \/webhooks\//.test(one))
    await soon(() => expect(answers()).not.toEqual([]))
    expect(answers().filter((one) => one.endsWith('@original'))).toEqual([])
  })

  for (const [where, hearOnce] of [
    ['was run there', async () => false],
    ['may have been run there', () => Promise.reject(new Error('the database is away'))],
  ] as const)
    it(`that ${where} is not run again`, async () => {
      const setup = await begun()
      const posted = await card(setup)
      const { discord } = setup
      await setup.platform.stop()
      const replica = platformAt(discord.apiUrl, discord.token, {}, hearOnce)
      await replica.start()
      atEnd(() => replica.platform.stop())
      discord.fallIll('POST', /callback$/, claimed)
      discord.press(discord.person('grace'), posted, 'Acknowledge').catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 4_000))
      expect(replica.said).toEqual([])
    })

  for (const [when, waits] of [
    ['once it is known who made it', 0],
    ['within a second, though it is not known who made it', 1],
  ] as const)
    it(`in direct messages is claimed ${when}: a process that ends before it is done leaves it to Discord to say so`, async () => {
      const pressed = async () => {
        const setup = await begun()
        const { discord } = setup
        const posted = await paged(setup)
        // Longer than Discord waits for a claim: it does not wait for that.
        discord.fallIll('GET', /members/, { how: 'rate limit', retryAfter: 6 }, waits)
        const before = discord.requests.length
        const exchange = await discord.press(discord.person('ada'), posted, 'Acknowledge')
        return { exchange, asked: () => discord.requests.slice(before) }
      }
      // What is to come is seen to be coming: 5; else there is nothing to see: 6.
      const seen = waits > 0 ? 5 : 6
      const { exchange, asked } = await atBest(pressed, (one) => one.exchange.first === seen)
      expect(exchange.first).toBe(seen)
      if (waits > 0) await soon(() => expect(exchange.answer?.content).toBe('✓ `/incident ack 12`'))
      expect(asked()[0]).toMatch(/^GET .*\/members\//)
      expect(asked()[1]).toMatch(/callback$/)
    })
})
