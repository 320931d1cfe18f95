// What answers may be anything: it is read only when that holds up nobody.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { readJson } from '../../src/json.ts'
import { outbound } from '../../src/outbound.ts'

let server: Server
afterEach(() => new Promise((resolve) => server.close(resolve)))

async function asked(body: string): Promise<unknown> {
  server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  const client = outbound({ name: 'Prometheus', baseUrl: `http://127.0.0.1:${port}`, timeout: 5_000 })
  return (await client.get<unknown>('/')).data
}

const nested = (deep: number) => `${'[{"a":'.repeat(deep)}1${'}]'.repeat(deep)}`

test('an answer that nests a hundred thousand deep is left a text', async () => {
  expect(await asked(nested(100_000))).toBe(nested(100_000))
})

test('an answer that nests as measurements do is read', async () => {
  const answer = { status: 'success', data: { result: [{ metric: { path: '\\"[[[[' }, values: [[1, '2']] }] } }
  expect(await asked(JSON.stringify(answer))).toEqual(answer)
})

test('brackets within texts count for nothing', () => {
  server = createServer()
  const text = { a: `${'['.repeat(10_000)}\\"${'{'.repeat(10_000)}`, b: '\\' }
  expect(readJson(JSON.stringify([text, text]))).toEqual([text, text])
})
