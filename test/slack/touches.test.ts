// Pins and 📌 on Slack, heard in both modes, and the messages behind them as they are.
import { describe, expect, test } from 'vitest'
import type { Touch } from '../../src/chat/platform.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { harness } from './harness.ts'

const png = Buffer.from('89504e470d0a1a0a0000', 'hex')

describe.each(['socket', 'http'] as const)('in %s mode', (mode) => {
  test('pins, 📌, edits and deletions are heard; other reactions and what is merely said are not', async () => {
    const { slack, platform } = await harness(mode)
    const touches: Touch[] = []
    const touched = async (touch: Touch) => {
      touches.push(touch)
      slack.workspace.change()
    }
    await platform.start({ dispatch: async () => null, standing: () => {}, touched })
    const { people } = slack
    const ref = await people.write('U0ADA', 'incidents', 'rolled back')
    await people.react('U0BOB', ref, 'eyes')
    await people.react('U0BOB', ref)
    await people.pin('U0ADA', ref)
    await people.edit(ref, 'rolled back to 4.2.0')
    await people.unpin('U0ADA', ref)
    await people.unreact('U0BOB', ref)
    await people.remove(ref)
    await slack.until(() => touches.length === 6)
    const about = { platform: 'slack', channel: ref.channel, message: ref.id }
    expect(touches).toEqual([
      { ...about, account: 'U0BOB', what: 'mark' },
      { ...about, account: 'U0ADA', what: 'mark' },
      { ...about, account: null, what: 'change' },
      { ...about, account: 'U0ADA', what: 'mark' },
      { ...about, account: 'U0BOB', what: 'mark' },
      { ...about, account: null, what: 'change' },
    ])
  })
})

test('what the bot edits itself is not heard of: it does so all the time', async () => {
  const { slack, platform } = await harness()
  const touches: Touch[] = []
  const touched = async (touch: Touch) => {
    touches.push(touch)
    slack.workspace.change()
  }
  await platform.start({ dispatch: async () => null, standing: () => {}, touched })
  const { workspace, people } = slack
  const { id: channel } = slack.channel('incidents')
  await people.edit({ channel, id: workspace.add({ channel, text: 'card' }).ts }, 'card, edited')
  const hers = await people.write('U0ADA', 'incidents', 'rolled back')
  await people.edit(hers, 'rolled back to 4.2.0')
  await slack.until(() => touches.length > 0)
  expect(touches).toMatchObject([{ message: hers.id, what: 'change' }])
})

test('a message is read as it is: who wrote it and when, its words, its marks, its files; of a thread too', async () => {
  const { slack, platform } = await harness()
  const files = [{ name: 'graph.png', type: 'image/png', content: png }]
  const text = 'see <@U0BOB> &amp; <https://x.test/a|the graph>'
  const ref = await slack.workspace.add({ channel: slack.channel('incidents').id, user: 'U0ADA', text })
  const answer = slack.workspace.add({ channel: ref.channel, user: 'U0BOB', text: 'yes', thread: ref.ts })
  ref.files.push({ id: 'F1', title: '', altText: '', channel: ref.channel, ...files[0]! })
  slack.workspace.files.set('F1', ref.files[0]!)
  const read = async (ts: string) => platform.messages?.read(ref.channel, ts)
  expect(await read(ref.ts)).toMatchObject({
    ...{
      account: 'U0ADA',
      accountName: 'ada (real)',
      text: 'see <@U0BOB> & https://x.test/a',
      isMarked: false,
      isOwn: false,
    },
    ...{ at: new Date(Number(ref.ts) * 1000), files: [{ id: 'F1', name: 'graph.png', size: png.length }] },
  })
  ref.reactions.set('pushpin', new Set(['U0BOB']))
  expect(await read(ref.ts)).toMatchObject({ isMarked: true })
  answer.isPinned = true
  expect(await read(answer.ts)).toMatchObject({ account: 'U0BOB', text: 'yes', isMarked: true })
  expect(await read('1.000001')).toBeNull()
  const [file] = (await read(ref.ts))?.files ?? []
  expect(Buffer.from((await platform.messages?.download(file!, 100)) ?? [])).toEqual(png)
  await expect(platform.messages?.download(file!, 5)).rejects.toThrow('larger than')
})

test('a forwarded message is read as what was forwarded; what apps write beside the text is read where there is no text', async () => {
  const { slack, platform } = await harness()
  const { id: channel } = slack.channel('incidents')
  const read = async (text: string, attachment: object) => {
    const { ts } = slack.workspace.add({ channel, user: 'U0ADA', text, attachments: [{ ...attachment }] })
    return platform.messages?.read(channel, ts)
  }
  const file = { id: 'F7', name: 'log.txt', size: 5, url_private_download: 'https://files.slack.com/F7' }
  const shared = { is_share: true, is_msg_unfurl: true, author_name: 'Bob', text: 'pool &gt; 90 %', files: [file] }
  expect(await read('', shared)).toMatchObject({ text: '(forwarded, by Bob) pool > 90 %', files: [{ id: 'F7' }] })
  expect((await read('look', { ...shared, author_name: undefined }))?.text).toBe('look\n(forwarded) pool > 90 %')
  const alarm = { fallback: 'CPU', title: 'CPU is high', text: 'node-1, <https://x.test/a|chart>' }
  expect((await read('', alarm))?.text).toBe('CPU is high\nnode-1, https://x.test/a')
  expect((await read('', { fallback: 'CPU is high' }))?.text).toBe('CPU is high')
  // The preview of a link is nobody's words.
  expect((await read('see <https://x.test/a>', { title: 'X', text: 'A page' }))?.text).toBe('see https://x.test/a')
})

test('a message of an app that has blocks and no text is read by its blocks', async () => {
  const { slack, platform } = await harness()
  const { id: channel } = slack.channel('incidents')
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: 'Deploy failed' } },
    { type: 'divider' },
    {
      type: 'section',
      text: { type: 'mrkdwn', text: 'of *payments*' },
      fields: [{ type: 'mrkdwn', text: 'by <@U0BOB>' }],
    },
    {
      type: 'context',
      elements: [
        { type: 'image', image_url: 'x' },
        { type: 'mrkdwn', text: 'run 7' },
      ],
    },
  ]
  const { ts } = slack.workspace.add({ channel, user: 'U0ADA', text: '', blocks })
  const read = await platform.messages?.read(channel, ts)
  expect(read?.text).toBe('Deploy failed\nof *payments*\nby <@U0BOB>\nrun 7')
})

test('a file that cannot be had says why: for good without the scope, for now when Slack is in trouble, never elsewhere', async () => {
  const scopes = ['channels:history', 'users:read']
  const { slack, platform } = await harness('socket', { scopes })
  const address = `${slack.workspace.filesAt}/files/F1/download/a.png`
  slack.workspace.files.set('F1', {
    id: 'F1',
    name: 'a.png',
    title: '',
    altText: '',
    content: png,
    channel: 'C1',
    type: 'image/png',
  })
  const fetch = (at = address) =>
    platform.messages?.download({ id: 'F1', name: 'a.png', size: null, address: at }, 1000)
  await expect(fetch()).rejects.toThrow(PermanentError)
  await expect(fetch()).rejects.toThrow('files:read')
  for (const status of [503, 429]) {
    slack.trouble('files', { kind: 'status', status })
    await expect(fetch()).rejects.toThrow(TransientError)
  }
  const elsewhere = new URL(address)
  elsewhere.hostname = 'localhost'
  const before = slack.calls('files').length
  const others = ['https://notslack.com/a', 'https://slack.com.example.com/a', 'http://files.slack.com/a', 'a']
  for (const other of [elsewhere.href, ...others]) await expect(fetch(other)).rejects.toThrow('not stored in Slack')
  expect(slack.calls('files')).toHaveLength(before)
})
