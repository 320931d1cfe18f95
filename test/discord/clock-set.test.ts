// The machine's own clock is set back while the bot runs: Discord's limits last no longer for it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { DiscordApi } from '../../src/chat/discord/api.ts'

const hour = 3_600_000
let api: DiscordApi
let limits: Record<string, string>
let clock: number

beforeEach(async () => {
  limits = {}
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...limits }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  api = new DiscordApi({ token: 'token', apiUrl: `http://127.0.0.1:${port}`, perSecond: 2 })
  clock = Date.now()
  const own = vi.spyOn(Date, 'now').mockImplementation(() => clock)
  onTestFinished(() => {
    own.mockRestore()
    api.close()
    server.closeAllConnections()
    server.close()
  })
})

const page = () => api.call({ what: 'post a message' }, 'post', '/channels/1/messages')

test('the share of a second does not become one of an hour', async () => {
  await page()
  clock -= hour
  await page()
  await page()
  await expect(page()).rejects.toThrow('rate limited for 2 s')
  clock += 1_100
  await page()
})

test('a channel that takes no more for some seconds takes it after them', async () => {
  limits = { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '5' }
  await page()
  await expect(page()).rejects.toThrow('rate limited for 6 s')
  clock -= hour
  await page()
})
