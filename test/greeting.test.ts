// What a start with PORT=0 is given.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { withPort } from '../src/greeting.ts'
import { config } from './http/config.ts'

async function listensAt(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  const isListening = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (isListening) await once(server.close(), 'close')
  return isListening
}

test('a port that was chosen is nobody else’s until the bot listens there: its start failed for one that was taken meanwhile', async () => {
  const given = config()
  const server = { ...given.server, host: '127.0.0.1', port: 0, publicUrl: 'http://localhost:0' }
  const { config: filled, letGo } = await withPort({ ...given, server })
  const { port, publicUrl } = filled.server
  expect(publicUrl).toBe(`http://localhost:${port}`)
  expect(await listensAt(port)).toBe(false)
  await letGo()
  expect(await listensAt(port)).toBe(true)
  await letGo()
})
