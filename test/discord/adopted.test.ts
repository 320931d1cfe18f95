// A message that may have gone out before: found again and adopted, or sent once.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Post } from '../../src/chat/platform.ts'
import type { Message } from '../../src/core/message.ts'
import { TransientError } from '../../src/errors.ts'
import { connected, type Setup } from './bot.ts'

const card: Message = { title: 'Error rate', tone: 'critical', text: 'Since 02:58' }

let setup: Setup
beforeEach(async () => {
  setup = await connected()
})
afterEach(() => setup.stop())

function post(change: Partial<Post> = {}) {
  const to = { channel: 'alerts' }
  return setup.platform.post({ to, key: 'inc-12/card', message: card, resumed: false, accounts: {}, ...change })
}

describe('a message that may have gone out before', () => {
  test('is found by its key and not sent again, however much was said since', async () => {
    const alerts = setup.discord.channel('alerts')
    setup.discord.fallIll('POST', /messages$/, { how: 'drop' })
    await expect(post()).rejects.toBeInstanceOf(TransientError)
    for (let i = 0; i < 130; i++)
      alerts.messages.push({ ...noise(alerts.id), id: String(BigInt(alerts.messages[0]?.id ?? 0) + BigInt(i + 1)) })
    const ref = await post({ resumed: true })
    expect(ref.id).toBe(alerts.messages[0]?.id)
    expect(
      setup.discord.requests.filter((request) => request.endsWith('/messages') && request.startsWith('POST')),
    ).toHaveLength(1)
  })

  test('is none of an incident that had its number before the database was restored, a moment ago or long since', async () => {
    const alerts = setup.discord.channel('alerts')
    const [before, anew] = [new Date(Date.now() - 60_000), new Date()]
    await post({ opened: before })
    const ref = await post({ opened: anew, resumed: true })
    expect(alerts.messages.map((message) => message.id)).toEqual([expect.any(String), ref.id])
    for (const message of alerts.messages) message.nonce = null
    expect(await post({ opened: anew, resumed: true })).toEqual({ ...ref, isAdopted: true })
    await post({ opened: new Date(Date.now() + 1), resumed: true })
    expect(alerts.messages).toHaveLength(3)
  })

  test('is known again when it was edited since, unless that was of an incident that had its number a moment ago', async () => {
    const alerts = setup.discord.channel('alerts')
    const opened = new Date()
    const ref = await post({ opened })
    await setup.platform.update(ref, { ...card, title: 'Ada has this' }, {})
    expect(await post({ opened, resumed: true })).toEqual(ref)
    expect(alerts.messages).toHaveLength(1)
    const anew = await post({ opened: new Date(Date.now() + 60_000), resumed: true })
    expect(alerts.messages.map((message) => message.id)).toEqual([ref.id, anew.id])
  })

  test('may be one that the version before left there, unless that is older than its incident', async () => {
    setup.discord.channel('alerts')
    const { id, channel } = await post()
    expect(await post({ opened: new Date(), resumed: true })).toEqual({ id, channel, isAdopted: true })
    const mark = { key: 'inc-12/card', opened: new Date(Date.now() + 86_400_000) }
    expect(await setup.platform.find({ channel: 'alerts' }, mark)).toBeNull()
  })

  test('is one message when the version before, which knows the key alone, goes on with it', async () => {
    const alerts = setup.discord.channel('alerts')
    const ref = await post({ opened: new Date() })
    expect(await post({ resumed: true })).toEqual(ref)
    expect(alerts.messages).toHaveLength(1)
  })

  test('is sent when it is not there', async () => {
    const alerts = setup.discord.channel('alerts')
    await post({ resumed: true })
    expect(alerts.messages).toHaveLength(1)
  })

  test('is not taken for one that somebody else wrote with its key', async () => {
    setup.discord.world.messageContent = true
    const alerts = setup.discord.channel('alerts')
    const forged = { ...noise(alerts.id), embeds: [{ title: 'x', footer: { text: 'inc-12/card' } }] }
    alerts.messages.push(forged)
    expect((await post({ resumed: true })).id).not.toBe(forged.id)
  })

  test('is one message even when it is sent twice at once', async () => {
    const alerts = setup.discord.channel('alerts')
    const [first, second] = await Promise.all([post(), post()])
    expect(first).toEqual(second)
    expect(alerts.messages).toHaveLength(1)
  })

  test('goes where it is to go now, although it stood elsewhere a moment ago', async () => {
    const [alerts, incidents] = [setup.discord.channel('alerts'), setup.discord.channel('incidents')]
    await post()
    expect((await post({ to: { channel: 'incidents' } })).channel).toBe(incidents.id)
    expect([alerts.messages.length, incidents.messages.length]).toEqual([1, 1])
  })

  test('that was looked for and then has to wait need not be looked for again', async () => {
    setup.discord.channel('alerts')
    setup.discord.fallIll('POST', /messages$/, { how: 'rate limit', retryAfter: 3 })
    await expect(post({ resumed: true })).rejects.toMatchObject({ isAbsent: true })
  })

  test('goes to the channel of that name that was made anew since', async () => {
    const { world } = setup.discord
    const old = setup.discord.channel('alerts')
    await post()
    world.channels.splice(world.channels.indexOf(old), 1)
    const gone = post({ key: 'inc-12/e1' })
    await expect(gone).rejects.toMatchObject({ gone: true })
    const anew = setup.discord.channel('alerts')
    await post({ key: 'inc-12/e2' })
    world.channels.splice(world.channels.indexOf(anew), 1)
    const third = setup.discord.channel('alerts')
    expect((await post({ key: 'inc-12/e3' })).channel).toBe(third.id)
    expect((await post({ key: 'inc-12/e3', resumed: true })).channel).toBe(third.id)
    expect(third.messages).toHaveLength(1)
  })

  test('calls everybody, and says so when Discord let it call nobody', async () => {
    const { world } = setup.discord
    setup.discord.channel('alerts')
    const call = { message: { ...card, mentions: 'channel' as const } }
    expect(await post({ ...call, key: 'inc-12/e1' })).not.toHaveProperty('unheard')
    world.mayCallEverybody = false
    expect(await post({ ...call, key: 'inc-12/e2' })).toMatchObject({
      unheard: expect.stringContaining('Mention Everyone'),
    })
    expect(await post({ key: 'inc-12/e3' })).not.toHaveProperty('unheard')
    expect(setup.log).toContainEqual(expect.objectContaining({ level: 50, msg: 'a call rang nobody' }))
  })

  function noise(channel: string) {
    const somebody = setup.discord.person('mallory').id
    const empty = {
      rows: [],
      attachments: [],
      nonce: null,
      ephemeral: false,
      mentions: [],
      mentionsEverybody: false,
      edited: 0,
    }
    return { id: '1', channel, author: somebody, content: 'so?', embeds: [], ...empty }
  }
})
