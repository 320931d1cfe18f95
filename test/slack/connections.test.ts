// The connections to Slack's Web API: there before they are needed, and every call ends, whatever the other side does.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { Connections, Reading } from '../../src/chat/slack/connections.ts'

/** Milliseconds. */
const long = 10_000
const short = 300

test('the next call finds a connection that was made before', async () => {
  const { connections, sockets, ask } = await setting((_, response) => response.end('{"ok":true}'))
  expect(await ask()).toMatchObject({ status: 200, text: '{"ok":true}' })
  await until(() => sockets.length === 5)
  const before = [...sockets]
  const used = await Promise.all([1, 2, 3, 4, 5].map(() => ask()))
  expect(used).toHaveLength(5)
  const carried = sockets.filter((socket) => socket.bytesWritten > 0)
  expect(carried.every((socket) => before.includes(socket))).toBe(true)
  connections.stop()
  await until(() => sockets.filter((socket) => !socket.destroyed).length === 5)
})

test('a connection that the other side closes is made again', async () => {
  const { sockets, ask } = await setting((_, response) => response.end('{}'))
  await ask()
  await until(() => sockets.length === 5)
  for (const socket of sockets) socket.end()
  await until(() => sockets.filter((socket) => !socket.destroyed).length === 4)
  expect(await ask()).toMatchObject({ status: 200 })
})

test('what the other side says on a connection before it was asked is nobody’s answer', async () => {
  const { sockets, ask } = await setting((_, response) => response.end('{"ok":true}'))
  await ask()
  await until(() => sockets.length === 5)
  for (const socket of sockets.slice(1)) socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')
  const others = sockets.slice(1)
  await until(() => others.every((socket) => socket.destroyed))
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => ask()))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
})

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
  ['never answers', () => {}],
  ['stops in the middle of its answer', (_, response) => void response.writeHead(200).write('{"ok":')],
  ['goes on for ever', (_, response) => drip(response)],
])('a Slack that %s is given up', async (_, serve) => {
  const { ask } = await setting(serve, { patience: short })
  await expect(ask()).rejects.toThrow('no answer within 0.3 s')
})

test('an answer in many parts is put together, letters that were cut through too', async () => {
  const text = '{"text":"żółw 🐢"}'
  const { ask } = await setting((_, response) => {
    const parts = [...Buffer.from(text)]
    const next = () => {
      const part = parts.shift()
      if (part === undefined) return void response.end()
      response.write(Buffer.from([part]), () => setImmediate(next))
    }
    next()
  })
  expect((await ask()).text).toBe(text)
})

test('a connection that breaks in the middle of an answer is an error', async () => {
  const { ask } = await setting((_, response) => void response.writeHead(200).write('{', () => response.destroy()))
  await expect(ask()).rejects.toThrow()
})

test('when a call is given up, nothing is sent any more over what was connected before', async () => {
  let isDeaf = false
  const { sockets, ask } = await setting((_, response) => isDeaf || void response.end('{"ok":true}'), {
    patience: 4_000,
  })
  await Promise.all([1, 2, 3].map(() => ask()))
  await until(() => sockets.length >= 7)
  const before = [...sockets]
  isDeaf = true
  await expect(ask()).rejects.toThrow('no answer within')
  isDeaf = false
  await until(() => before.every((socket) => socket.destroyed))
  expect(await ask()).toMatchObject({ status: 200 })
})

test('a Slack that closes each connection at once is not asked for one after the other', async () => {
  const refusing = await setting((_, response) => response.end('{}'), { greet: (socket) => socket.destroy() })
  const other = await setting((_, response) => response.end('{}'))
  await expect(refusing.ask()).rejects.toThrow()
  for (let exchange = 0; exchange < 300; exchange++) await other.ask()
  expect(refusing.sockets.length).toBeLessThan(30)
})

test('what was given up while it waited for its connection is never sent', async () => {
  let aborted: Error | undefined
  const abort = (reason: Error) => {
    aborted = reason
  }
  let answer: Reading | undefined
  const given = new Promise((resolve, reject) => {
    answer = new Reading(resolve, reject, 5)
  })
  await expect(given).rejects.toThrow('no answer within')
  answer?.onRequestStart({ abort } as Dispatcher.DispatchController)
  expect(aborted?.message).toContain('no answer within')
})

/** As SIGSTOP does it: what waits for the network is told before the timers that are over. */
const standStill = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)

test('what gets its connection when the process was stopped for too long meanwhile is not sent', async () => {
  let aborted: Error | undefined
  const abort = (reason: Error) => {
    aborted = reason
  }
  const given = new Promise((resolve, reject) => {
    const answer = new Reading(resolve, reject, 20)
    standStill(30)
    answer.onRequestStart({ abort } as Dispatcher.DispatchController)
    // At once: the next moment it would be written.
    expect(aborted?.message).toContain('no answer within')
  })
  await expect(given).rejects.toThrow('no answer within')
})

test('an answer that lay there while the process was stopped is none: nothing is begun on it', async () => {
  const given = new Promise((resolve, reject) => {
    const answer = new Reading(resolve, reject, 20)
    answer.onRequestStart({ abort: () => {} } as unknown as Dispatcher.DispatchController)
    standStill(30)
    answer.onResponseEnd()
  })
  await expect(given).rejects.toThrow('no answer within')
})

async function setting(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
  { greet = () => {}, patience = long }: { greet?: (socket: Socket) => void; patience?: number } = {},
) {
  const sockets: Socket[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => serve(request, response))
  })
  server.on('connection', (socket) => {
    sockets.push(socket)
    greet(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const connections = new Connections(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, patience)
  onTestFinished(() => {
    connections.stop()
    server.close()
    server.closeAllConnections()
  })
  return { connections, sockets, ask: () => connections.post('/api/chat.postMessage', ['accept', '*/*'], 'a=b') }
}

function drip(response: ServerResponse): void {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
