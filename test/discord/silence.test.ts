// A Discord that takes what it is told and says nothing more: it is given up after ten seconds.
import { expect } from 'vitest'
import { TransientError } from '../../src/errors.ts'
import { atEnd, it } from '../beside.ts'
import { connected } from './bot.ts'

it('a message is given up when Discord does not answer', async () => {
  const { discord, platform, stop } = await connected()
  atEnd(stop)
  discord.channel('alerts')
  discord.fallIll('POST', /messages$/, { how: 'hang' })
  const message = { title: 'Error rate', tone: 'critical' } as const
  const post = { to: { channel: 'alerts' }, key: 'inc-12/card', message, resumed: false, accounts: {} }
  const error = await platform.post(post).catch((given: unknown) => given)
  expect(error).toBeInstanceOf(TransientError)
  expect(String(error)).toContain('did not answer in time')
})

it('a room that Discord is slow to make is given time to be there before it is looked for', async () => {
  const { discord, platform, stop } = await connected()
  atEnd(stop)
  const room = { name: 'inc-12-checkout', topic: 'P1 · checkout · open' }
  await platform.rooms?.open({ ...room, key: 'inc-11/room' })
  discord.fallIll('POST', /channels$/, { how: 'hang' })
  await expect(platform.rooms?.open({ ...room, key: 'inc-12/room' })).rejects.toMatchObject({ shownAfter: 15_000 })
})
