// A process that was stopped and goes on: what came from the network meanwhile is told before the timers that are over.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createNeighbour, type Server, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { DiscordApi } from '../../src/chat/discord/api.ts'

/** Milliseconds; long enough for a busy machine to connect. */
const patience = 3_000

/** As SIGSTOP does it. */
const standStill = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience + 500)

test('what gets its connection when the process was stopped for too long meanwhile is not sent', async () => {
  const { server, api, heard } = await setting()
  server.once('connection', standStill)
  await expect(api.call({ what: 'post a message' }, 'post', '/channels/1/messages')).rejects.toThrow(
    'Discord could not post a message: it did not answer in time',
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(heard).toEqual([])
  const later = () => api.call({ what: 'post a message' }, 'post', '/channels/1/messages').catch(String)
  await expect.poll(later).toEqual({ id: '1' })
})

test('an answer that lay there while the process was stopped is none: nothing is begun on it', async () => {
  const { server, api, heard } = await setting()
  const rouse = await standingStill()
  server.prependListener('request', rouse)
  await expect(api.call({ what: 'look for an earlier message' }, 'get', '/channels/1/messages')).rejects.toThrow(
    'it did not answer in time',
  )
  expect(heard).toEqual(['GET /v10/channels/1/messages'])
})

test('nor is a refusal, by which something else would be tried', async () => {
  const { server, api } = await setting(404, { code: 10003, message: 'Unknown Channel' })
  server.prependListener('request', await standingStill())
  await expect(api.call({ what: 'post a message' }, 'post', '/channels/1/messages')).rejects.toThrow(
    'it did not answer in time',
  )
})

test('the answer to a person counts however late: nobody else gives it', async () => {
  const { server, api } = await setting()
  server.prependListener('request', await standingStill())
  const answered = api.call({ what: 'answer a person' }, 'post', '/webhooks/1/token', { auth: false })
  expect(await answered).toEqual({ id: '1' })
})

async function setting(status = 200, body: object = { id: '1' }) {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const apiUrl = `http://127.0.0.1:${await listening(server)}`
  const api = new DiscordApi({ token: 'token', apiUrl, perSecond: 30, patience })
  onTestFinished(() => {
    api.close()
    server.closeAllConnections()
    server.close()
  })
  return { server, api, heard }
}

/** Something else that comes over the network just before the answer, and keeps the process for too long. */
async function standingStill(): Promise<() => void> {
  const neighbour = createNeighbour()
  const port = await listening(neighbour)
  const accepted = once(neighbour, 'connection')
  const socket = connect(port, '127.0.0.1').on('data', standStill)
  const [other] = (await accepted) as [Socket]
  onTestFinished(() => {
    socket.destroy()
    neighbour.close()
  })
  return () => void other.write('wake up')
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
