// Strangers who hold connections open: nobody who has something to say is kept out by them.
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { connectionsAllowed } from '../../src/http/connections.ts'
import { withServer } from './with-server.ts'

const server = withServer({ mostConnections: 5 })
let strangers: Socket[] = []
afterEach(() => {
  for (const socket of strangers) socket.destroy()
  strangers = []
})

/** Resolves when it is open; one that says nothing. */
function stranger(): Promise<Socket> {
  const { port, hostname } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.on('error', reject)
    strangers.push(socket)
  })
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

const alert = () =>
  fetch(`${server.url}/alerts/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer quickstart', connection: 'close' },
    body: '{"alerts":[{"labels":{"alertname":"A"}}]}',
  })

test('the connection that was silent longest makes way for whoever comes', async () => {
  const first = await stranger()
  const gone = closed(first)
  for (let i = 0; i < 5; i++) await stranger()
  await gone
  expect((await alert()).status).toBe(202)
  const open = await new Promise<number>((resolve) => server.app.server.getConnections((_, count) => resolve(count)))
  expect(open).toBeLessThanOrEqual(5)
})

test('who said something later than the others stays', async () => {
  const first = await stranger()
  const second = await stranger()
  const answered = new Promise<void>((resolve) => first.once('data', () => resolve()))
  first.write('GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await answered
  const gone = closed(second)
  for (let i = 0; i < 4; i++) await stranger()
  await gone
  expect(first.destroyed).toBe(false)
})

test('there is a limit, and room below what the system allows', () => {
  expect(connectionsAllowed()).toBeGreaterThan(100)
  expect(connectionsAllowed()).toBeLessThanOrEqual(10_000)
})
