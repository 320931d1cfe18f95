// An incident's room as a channel: one per incident, also after a crash, and never somebody else's.
import { expect, test } from 'vitest'
import { slackPlatform } from '../../src/chat/slack/platform.ts'
import { systemClock } from '../../src/clock.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { makeLog } from '../../src/log.ts'
import { harness } from './harness.ts'

const request = { name: 'inc-12-payments', topic: 'P1 · payments <open>', key: 'inc-12' }

test('opening a room creates a channel, which has its key in the purpose when it has a topic', async () => {
  const { slack, platform, start } = await harness()
  await start()
  const room = await platform.rooms!.open(request)
  const channel = slack.channel('inc-12-payments')
  expect(room).toEqual({
    channel: channel.id,
    name: '#inc-12-payments',
    url: `https://acme.slack.com/archives/${channel.id}`,
  })
  await platform.rooms!.setTopic(room.channel, 'P1 · open')
  expect(channel.purpose).toContain('inc-12')
})

test('an opening that broke off anywhere goes on in the same channel', async () => {
  const { slack, platform } = await harness()
  slack.trouble('conversations.create', { kind: 'accept then drop' })
  await expect(platform.rooms!.open(request)).rejects.toThrow(TransientError)
  const adopted = await platform.rooms!.open(request)
  const again = await platform.rooms!.open(request)
  expect(again.channel).toBe(adopted.channel)
  // Another process knows nothing but what Slack has.
  const other = slackPlatform(slack.config('http'), {
    log: makeLog({ level: 'silent', file: null }),
    clock: systemClock,
    hearOnce: async () => true,
  })
  expect((await other.rooms!.open(request)).channel).toBe(adopted.channel)
  await platform.rooms!.setTopic(adopted.channel, 'P1 · open')
  expect((await other.rooms!.open(request)).channel).toBe(adopted.channel)
  expect([...slack.workspace.channels.values()].filter((c) => c.name.startsWith('inc-12'))).toHaveLength(1)
})

test('a search among thousands of channels goes on where Slack interrupted it', async () => {
  const { slack, platform } = await harness()
  for (let i = 0; i < 3500; i += 1) slack.workspace.addChannel({ name: `chatter-${i}` })
  slack.trouble('conversations.create', { kind: 'accept then drop' })
  await expect(platform.rooms!.open(request)).rejects.toThrow(TransientError)
  const pages = () => slack.calls('conversations.list').length
  slack.trouble('conversations.list', { kind: 'drop' }, 1, ({ cursor }) => cursor !== undefined)
  await expect(platform.rooms!.open(request)).rejects.toThrow(TransientError)
  expect(pages()).toBe(2)
  expect((await platform.rooms!.open(request)).name).toBe('#inc-12-payments')
  expect(pages()).toBe(5)
})

test('a name that people took, that another incident has or that is archived gets a number', async () => {
  const { slack, platform } = await harness()
  slack.workspace.addChannel({ name: 'inc-12-payments', creator: 'U0ADA' })
  expect((await platform.rooms!.open(request)).name).toBe('#inc-12-payments-2')
  expect((await platform.rooms!.open({ ...request, key: 'another inc-12' })).name).toBe('#inc-12-payments-3')
  slack.workspace.addChannel({ name: 'inc-14', archived: true })
  expect((await platform.rooms!.open({ ...request, name: 'inc-14', key: 'inc-14' })).name).toBe('#inc-14-2')
  const long = { ...request, key: 'inc-13', name: `inc-13-${'x'.repeat(73)}` }
  slack.workspace.addChannel({ name: long.name, creator: 'U0ADA' })
  expect((await platform.rooms!.open(long)).name).toHaveLength(81)
})

test('a workspace that does not let apps open channels is told so', async () => {
  const { slack, platform } = await harness()
  slack.trouble('conversations.create', { kind: 'error', error: 'restricted_action' })
  await expect(platform.rooms!.open(request)).rejects.toThrow(PermanentError)
})

test('inviting twice and bookmarking twice change nothing twice; a long topic is shortened', async () => {
  const { slack, platform } = await harness()
  const { channel } = await platform.rooms!.open(request)
  for (let i = 0; i < 2; i += 1) {
    await platform.rooms!.invite(channel, 'U0ADA')
    await platform.rooms!.bookmark(channel, 'Post-mortem', 'https://tocsin.example.com/incidents/12', i > 0)
  }
  await platform.rooms!.setTopic(channel, '&'.repeat(300))
  const { members, bookmarks, topic } = slack.channel(channel)
  expect(members.has('U0ADA')).toBe(true)
  expect(bookmarks).toHaveLength(1)
  expect(topic.length).toBeLessThanOrEqual(250)
  await expect(platform.rooms!.invite(channel, 'U0NOBODY')).rejects.toThrow(PermanentError)
})

test('an opening that an outage of hours interrupted goes on in its channel; one of another day does not', async () => {
  const { slack, platform } = await harness()
  const hours = (count: number) => Math.floor(Date.now() / 1000) - count * 3_600
  const bot = slack.workspace.botUserId
  const ours = slack.workspace.addChannel({ name: 'inc-12-payments', creator: bot, created: hours(5) })
  expect((await platform.rooms!.open(request)).channel).toBe(ours.id)
  slack.workspace.addChannel({ name: 'inc-13', creator: bot, created: hours(24) })
  expect((await platform.rooms!.open({ ...request, name: 'inc-13', key: 'inc-13' })).name).toBe('#inc-13-2')
})

test('a room that the version before began, which wrote no instant, is gone on with; that of an earlier incident is not', async () => {
  const { slack, platform } = await harness()
  const opened = new Date()
  const began = (number: number, hoursAgo: number) =>
    slack.workspace.addChannel({
      ...{
        name: `inc-${number}`,
        creator: slack.workspace.botUserId,
        created: opened.getTime() / 1000 - hoursAgo * 3_600,
      },
      purpose: `Room of one incident, opened by Tocsin. inc-${number}`,
    })
  const { id } = began(12, 0)
  began(13, 1)
  expect((await platform.rooms!.open({ ...request, name: 'inc-12', opened })).channel).toBe(id)
  expect((await platform.rooms!.open({ ...request, name: 'inc-13', key: 'inc-13', opened })).name).toBe('#inc-13-2')
})
