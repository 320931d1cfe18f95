// Slack behind a proxy: where the network of the bot has no other way out, all of it goes that way.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as listener } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectorTo } from '../../src/chat/slack/tunnel.ts'
import { startProxy } from '../proxy.ts'
import { harness, post } from './harness.ts'

/** A name that nobody but the proxy knows: what does not go through it does not arrive. */
const host = 'slack.invalid'

const pem = readFileSync(new URL('../fixtures/tls/self-signed.pem', import.meta.url))

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 255])
const picture = { name: 'chart.png', alt: 'a chart', png }

async function behind(change: (proxy: string) => string = (proxy) => proxy) {
  const proxy = await startProxy([host])
  return { proxy, ...(await harness('socket', { host }, { config: { proxy: change(proxy.url) } })) }
}

test('pages, pictures, Socket Mode, private answers and downloads go through the proxy', async () => {
  const { slack, platform, said, start } = await behind()
  await start(async () => ({ visibility: 'private', message: { title: 'Nobody', tone: 'info' } }))
  await slack.until(() => slack.connections === 1)
  const asked = await slack.say('U0ADA', '/incident list', 'incidents')
  await slack.until(() => said.length === 1)
  expect((await asked.answered()).text).toContain('Nobody')
  const { channel, id } = await platform.post(post({ picture }))
  expect(new Uint8Array(slack.files()[0]?.content ?? [])).toEqual(png)
  const [kept] = slack.workspace.files.keys()
  const file = {
    id: kept ?? '',
    name: 'chart.png',
    size: null,
    address: `${slack.workspace.filesAt}/files/${kept}/download/a.png`,
  }
  expect(new Uint8Array((await platform.messages?.download(file, 100)) ?? [])).toEqual(png)
  await platform.update({ channel, id }, { title: 'edited', tone: 'info' }, {})
  expect(slack.messages('incidents')[0]?.text).toContain('edited')
})

test('a proxy that wants another password is told with its answer and the key, and what is sent waits for it', async () => {
  const { platform, log, proxy, start, standings } = await behind((url) => url.replace('tocsin:', 'somebody:'))
  await start()
  await expect(platform.post(post({}))).rejects.toMatchObject({
    name: 'TransientError',
    message: expect.stringMatching(
      /the proxy answered 407 Proxy Authentication Required for slack\.invalid:\d+: see slack\.proxy/,
    ),
  })
  expect(standings.at(-1)).toContain('407')
  expect(JSON.stringify(log)).not.toContain(encodeURIComponent('p@ss word'))
  expect(proxy.asked.every((target) => target.startsWith(`${host}:`))).toBe(true)
})

test('a password with a percent sign that is no escape is taken as it was typed', async () => {
  const proxy = await startProxy([host], 'p%ss')
  const url = proxy.url.replace('p%25ss', 'p%ss')
  const { slack, platform } = await harness('socket', { host }, { config: { proxy: url } })
  await platform.post(post({}))
  expect(slack.messages('incidents')).toHaveLength(1)
})

test('a proxy that is not there is what is said to be away, and not Slack', async () => {
  const { platform } = await behind(() => 'http://127.0.0.1:1')
  await expect(platform.post(post({}))).rejects.toMatchObject({
    name: 'TransientError',
    message: expect.stringContaining('the proxy cannot be reached'),
  })
})

test('a proxy whose answer never ends is given up in time, however often it says something', async () => {
  let isClosed = false
  const proxy = listener((socket) => {
    const drip = setInterval(() => socket.write('a'), 20)
    socket.write('HTTP/1.1 200 Connection established\r\nx-slow: ')
    socket
      .on('error', () => {})
      .on('close', () => {
        clearInterval(drip)
        isClosed = true
      })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const connect = connectorTo(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, { timeout: 300 })
  const to = { hostname: host, protocol: 'https:', port: '443' }
  const failed = await new Promise((resolve) => connect(to, (...[error]) => resolve(error)))
  expect(String(failed)).toContain('the proxy cannot be reached: it made no tunnel within 0.3 s')
  await expect.poll(() => isClosed).toBe(true)
})

test('what is said to Slack is encrypted all the way: the proxy only makes a tunnel', async () => {
  const secure = createServer({ key: pem, cert: pem })
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void secure.close())
  const at = `${host}:${(secure.address() as AddressInfo).port}`
  const proxy = await startProxy([host])
  const { platform } = await harness('socket', {}, { config: { proxy: proxy.url, apiUrl: `https://${at}/api/` } })
  // Nothing trusts the certificate of the tests: it was seen, so the tunnel led there.
  await expect(platform.post(post({}))).rejects.toThrow('self-signed certificate')
  expect(new Set(proxy.asked)).toEqual(new Set([at]))
})
