// Posting and editing against the stand-in: once and only once, whatever breaks in between.
import { describe, expect, test } from 'vitest'
import { form } from '../../src/chat/slack/web.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { harness, post } from './harness.ts'

const png = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3])
const picture = { name: 'errors.png', alt: 'Errors, 02:00 to 03:00', png }

test('a message goes to a channel by name, and can be edited in place', async () => {
  const { slack, platform } = await harness()
  const ref = await platform.post(post({ buttons: [{ label: 'Acknowledge', command: 'incident ack 1' }] }))
  expect(ref.channel).toBe(slack.channel('incidents').id)
  await platform.update(ref, { title: 'P1 on payments, acknowledged', tone: 'good' }, {})
  const [message, ...others] = slack.messages('incidents')
  expect(others).toEqual([])
  // Slack would draw a preview of each address below it.
  expect(slack.calls('chat.postMessage')[0]?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' })
  expect(message).toMatchObject({ edited: 1, text: '🟢 P1 on payments, acknowledged' })
  const key = 'inc-1/r0s0/ada/slack'
  expect(message?.metadata).toEqual({ event_type: 'tocsin_message', event_payload: { key, mark: key } })
})

test('a page goes into the direct messages with one person, mentioning them', async () => {
  const { slack, platform } = await harness()
  const page = post({ mentions: ['ada'] }, { to: { account: 'U0ADA' }, accounts: { ada: 'U0ADA' } })
  await platform.post(page)
  await platform.post({ ...page, key: 'another' })
  expect(slack.messages('U0ADA').map((m) => JSON.stringify(m.blocks).includes('<@U0ADA>'))).toEqual([true, true])
  expect(slack.calls('conversations.open')).toHaveLength(1)
})

test('a page to somebody who was deactivated since the last one is refused, although Slack takes it', async () => {
  const { slack, platform } = await harness('http', {}, { askEvery: 0 })
  const page = post({}, { to: { account: 'U0ADA' } })
  await platform.post(page)
  await platform.post({ ...page, key: 'another' })
  const ada = slack.workspace.people.get('U0ADA')
  if (ada) ada.isDeactivated = true
  const late = platform.post({ ...page, key: 'late' })
  await expect(late).rejects.toThrow('user_disabled (the account is deactivated: check people in tocsin.yaml)')
  await expect(late).rejects.toThrow(PermanentError)
  await expect(platform.post({ ...page, key: 'later' })).rejects.toThrow('user_disabled')
})

test('a page is sent when nobody can say whether the person is still there', async () => {
  const { slack, platform } = await harness('http', {}, { askEvery: 0 })
  const page = post({}, { to: { account: 'U0ADA' } })
  await platform.post(page)
  for (const trouble of [
    { kind: 'status', status: 503 },
    { kind: 'rate limit', retryAfter: 5 },
    { kind: 'drop' },
  ] as const) {
    slack.trouble('conversations.open', trouble)
    await platform.post({ ...page, key: trouble.kind })
  }
  expect(slack.messages('U0ADA')).toHaveLength(4)
})

test('a long card in letters of several bytes can be edited', async () => {
  const { slack, platform } = await harness()
  const text = 'Оплата не проходит. '.repeat(400)
  const ref = await platform.post(post({ text }))
  await platform.update(ref, { title: 'P1', tone: 'good', text, fields: [{ label: 'Status', value: 'ok' }] }, {})
  expect(slack.messages('incidents')).toMatchObject([{ edited: 1 }])
})

test('a message that was taken before the connection broke is adopted, not posted again', async () => {
  const { slack, platform } = await harness()
  for (const to of [{ channel: '#incidents' }, { account: 'U0ADA' }]) {
    slack.trouble('chat.postMessage', { kind: 'accept then drop' })
    await expect(platform.post(post({}, { to }))).rejects.toThrow(TransientError)
    const ref = await platform.post(post({}, { to, resumed: true }))
    expect(slack.messages(ref.channel).map((m) => m.ts)).toEqual([ref.id])
  }
})

test('a message that was not taken is posted by the next attempt, even when others have the same words', async () => {
  const { slack, platform } = await harness()
  await platform.post(post({}, { key: 'somebody else' }))
  slack.trouble('chat.postMessage', { kind: 'drop' })
  await expect(platform.post(post({}))).rejects.toThrow(TransientError)
  await platform.post(post({}, { resumed: true }))
  expect(slack.messages('incidents')).toHaveLength(2)
})

describe('a message of an incident that a restored database has numbered anew', () => {
  const before = { opened: new Date(Date.now() - 60_000), to: { account: 'U0ADA' } }
  const anew = { ...before, opened: new Date(), resumed: true }

  test('is posted, although the one that had the number has the same key there', async () => {
    const { slack, platform } = await harness()
    await platform.post(post({ picture }, before))
    expect(await platform.find(before.to, { key: post({}).key, opened: anew.opened })).toBeNull()
    const ref = await platform.post(post({ picture }, anew))
    expect(slack.messages('U0ADA')).toHaveLength(4)
    expect(await platform.post(post({ picture }, anew))).toEqual({ ...ref, isAdopted: true })
    expect(slack.messages('U0ADA')).toHaveLength(4)
  })

  test('is no message that the version before left there, unless that may be its own', async () => {
    const { platform } = await harness()
    const { id, channel } = await platform.post(post({}, { to: before.to }))
    const dayOn = new Date(Date.now() + 86_400_000)
    expect(await platform.find(before.to, { key: post({}).key, opened: dayOn })).toBeNull()
    expect(await platform.post(post({}, anew))).toEqual({ id, channel, isAdopted: true })
  })
})

test('a message whose metadata Slack keeps to itself is known by its first block', async () => {
  const { slack, platform } = await harness()
  for (const opened of [undefined, new Date()]) {
    const ref = await platform.post(post({}, { opened }))
    for (const message of slack.messages('incidents')) message.metadata = null
    expect(await platform.post(post({}, { opened, resumed: true }))).toEqual({ ...ref, isAdopted: true })
  }
})

test('an adopted message is found behind a page of later ones, edited or not', async () => {
  const { slack, platform } = await harness()
  const ref = await platform.post(post({}))
  await platform.update(ref, { title: 'edited', tone: 'info' }, {})
  const { id: channel } = slack.channel('incidents')
  for (let i = 0; i < 250; i += 1) slack.workspace.add({ channel, user: 'U0ADA', text: `talk ${i}` })
  expect(await platform.post(post({}, { resumed: true }))).toEqual({ ...ref, isAdopted: true })
})

test('a picture follows its message as a file, once, also when its upload breaks in the middle', async () => {
  const { slack, platform } = await harness()
  slack.trouble('files.completeUploadExternal', { kind: 'accept then drop' })
  await expect(platform.post(post({ picture }))).rejects.toThrow(TransientError)
  const ref = await platform.post(post({ picture }, { resumed: true }))
  const [message, shared, ...more] = slack.messages('incidents')
  expect(more).toEqual([])
  expect(message?.ts).toBe(ref.id)
  expect(shared?.files.map(({ title, altText }) => ({ title, altText }))).toEqual([
    { title: picture.alt, altText: picture.alt },
  ])
  expect(new Uint8Array(slack.files()[0]!.content)).toEqual(png)
})

test('a picture is not captioned with what stands above it', async () => {
  const { slack, platform } = await harness()
  await platform.post(post({ picture, text: `${picture.alt}.` }))
  expect(slack.files()[0]).toMatchObject({ title: 'errors.png', altText: picture.alt })
})

test('a picture whose bytes did not arrive is uploaded again below the same message', async () => {
  const { slack, platform } = await harness()
  slack.trouble('upload', { kind: 'status', status: 503 })
  await expect(platform.post(post({ picture }))).rejects.toThrow(TransientError)
  await platform.post(post({ picture }, { resumed: true }))
  expect(slack.messages('incidents')).toHaveLength(2)
})

test('the bot goes into a public channel it is not in yet', async () => {
  const { slack, platform } = await harness()
  slack.workspace.addChannel({ name: 'sre', creator: 'U0ADA' })
  await platform.post(post({ picture }, { to: { channel: '#sre' } }))
  expect(slack.messages('sre')).toHaveLength(2)
  expect(slack.channel('sre').members.has(slack.workspace.botUserId)).toBe(true)
})

test('a channel that was deleted and made anew is found by its name', async () => {
  const { slack, platform } = await harness()
  await platform.post(post({}))
  const { workspace } = slack
  workspace.channels.delete(slack.channel('incidents').id)
  workspace.addChannel({ name: 'incidents', creator: 'U0ADA', members: new Set(['U0ADA', workspace.botUserId]) })
  const ref = await platform.post(post({}, { key: 'another' }))
  expect(ref.channel).toBe(slack.channel('incidents').id)
})

test('a channel that was archived and made anew is found by its name, and gone into', async () => {
  const { slack, platform } = await harness()
  await platform.post(post({}))
  Object.assign(slack.channel('incidents'), { archived: true, name: 'incidents-of-last-year' })
  slack.workspace.addChannel({ name: 'incidents', creator: 'U0ADA' })
  const ref = await platform.post(post({}, { key: 'another' }))
  expect(ref.channel).toBe(slack.channel('incidents').id)
  expect(await platform.post(post({}, { key: 'a third' }))).toMatchObject({ channel: ref.channel })
  slack.channel('incidents').archived = true
  const refused = platform.post(post({}, { key: 'a fourth' }))
  await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('is_archived'), gone: true })
})

test('what cannot be looked for is not posted a second time', async () => {
  const { slack, platform } = await harness()
  await platform.post(post({}))
  slack.trouble('conversations.history', { kind: 'error', error: 'missing_scope' }, 2)
  await expect(platform.post(post({}, { resumed: true }))).rejects.toThrow('lacks the scope')
  await expect(platform.findAll?.('#incidents', [{ key: 'a key' }])).rejects.toThrow('lacks the scope')
  expect(slack.messages('incidents')).toHaveLength(1)
})

test('what was lost in a channel that was deleted and made anew is posted there, and not refused', async () => {
  const { slack, platform } = await harness()
  const { workspace } = slack
  const anew = async () => {
    workspace.channels.delete(slack.channel('incidents').id)
    workspace.addChannel({ name: 'incidents', creator: 'U0ADA', members: new Set(['U0ADA', workspace.botUserId]) })
    return slack.channel('incidents').id
  }
  const { channel: old } = await platform.post(post({}))
  const second = await anew()
  expect((await platform.post(post({}, { resumed: true }))).channel).toBe(second)
  await anew()
  expect(await platform.findAll?.('#incidents', [{ key: 'a key' }])).toEqual(new Map())
  await expect(platform.findAll?.(old, [{ key: 'a key' }])).rejects.toMatchObject({ gone: true })
})

test('a private channel that the bot was invited to is found by its name', async () => {
  const { slack, platform } = await harness()
  const members = new Set(['U0ADA', slack.workspace.botUserId])
  const { id } = slack.workspace.addChannel({ name: 'board', kind: 'private', members })
  expect((await platform.post(post({}, { to: { channel: '#board' } }))).channel).toBe(id)
})

test('a rate limit is told with its time, and nothing is tried again by itself', async () => {
  const { slack, platform } = await harness()
  slack.trouble('chat.postMessage', { kind: 'rate limit', retryAfter: 12 })
  await expect(platform.post(post({}))).rejects.toMatchObject({ name: 'TransientError', retryAfter: 12_000 })
  const to = { channel: '#alerts' }
  slack.trouble('chat.postMessage', { kind: 'status', status: 500 })
  await expect(platform.post(post({}, { to }))).rejects.toThrow(TransientError)
  slack.trouble('chat.postMessage', { kind: 'status', status: 200, body: '<html>proxy</html>' })
  await expect(platform.post(post({}, { to }))).rejects.toThrow(TransientError)
  expect(slack.calls('chat.postMessage')).toHaveLength(3)
})

test('what is sent is read as it was written: signs of a form, letters of all kinds, and half of one is left out', async () => {
  const { slack, platform } = await harness()
  const text = 'a=b&c+d %20 "ż" 🐢 <x>'
  await platform.post(post({ text }))
  expect(slack.calls('chat.postMessage')[0]?.args.blocks).toContain('a=b&amp;c+d %20')
  expect(
    Object.fromEntries(new URLSearchParams(form({ text, list: [1], none: null, half: 'a🐢'.slice(0, 2) }))),
  ).toEqual({
    text,
    list: '[1]',
    half: 'a\ufffd',
  })
})

test('a Slack that never answers is given up after ten seconds', async () => {
  const { slack, platform } = await harness()
  slack.trouble('chat.postMessage', { kind: 'hang' })
  const since = performance.now()
  await expect(platform.post(post({}))).rejects.toThrow(TransientError)
  expect(performance.now() - since).toBeLessThan(25_000)
})

test('what can never work says so: no channel, no such person, a bot, a message that is gone', async () => {
  const { slack, platform } = await harness()
  slack.workspace.addPerson({ id: 'U0ROBOT', name: 'robot', isBot: true })
  slack.workspace.addChannel({ name: 'old', archived: true })
  const tries: [Parameters<typeof post>[1], RegExp][] = [
    [{ to: { channel: '#nowhere' } }, /no channel #nowhere/],
    [{ to: { channel: '#old' } }, /is_archived/],
    [{ to: { account: 'U0NOBODY' } }, /user_not_found/],
    [{ to: { account: 'U0ROBOT' } }, /cannot_dm_bot/],
    [{ to: { account: 'ada@example.com' } }, /no Slack account id/],
  ]
  for (const [more, text] of tries) {
    const failure = platform.post(post({}, more))
    await expect(failure).rejects.toThrow(text)
    await expect(failure).rejects.toThrow(PermanentError)
  }
  const gone = platform.update(
    { channel: slack.channel('incidents').id, id: '1.000001' },
    { title: 'x', tone: 'info' },
    {},
  )
  await expect(gone).rejects.toThrow(PermanentError)
})

test('a missing scope is named and the token is not', async () => {
  const { slack, platform, log, start } = await harness('socket', { scopes: ['commands'] })
  await start()
  const failure = await platform.post(post({})).catch((error: Error) => error)
  expect(failure).toMatchObject({
    name: 'PermanentError',
    message: expect.stringContaining('lacks the scope chat:write'),
  })
  expect(log.find((line) => line.msg.includes('lacks scopes'))?.missing).toContain('chat:write')
  expect(JSON.stringify([log, failure, String((failure as Error).cause)])).not.toContain(slack.botToken)
})

test('what was cut to fit is logged', async () => {
  const { platform, log } = await harness()
  await platform.post(post({ buttons: [{ label: 'x'.repeat(100), command: 'incident list' }] }))
  expect(log.find((line) => line.msg.includes('cut to fit'))?.cuts).toHaveLength(1)
})
