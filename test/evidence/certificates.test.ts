// A Prometheus that wants a certificate of whoever asks, and has one of an authority of its own.
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PermanentError } from '../../src/errors.ts'
import { querySingle } from '../../src/evidence/prometheus.ts'
import { configOf } from './inquiry.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}.pem`, import.meta.url))
const known = fixture('self-signed')
const stranger = fixture('stranger')

let server: Server
let folder: string
let asked = 0
const mine = () => join(folder, 'mine.pem')

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-tls-'))
  asked = 0
  const pem = readFileSync(known)
  server = createServer(
    { key: pem, cert: pem, ca: pem, requestCert: true, rejectUnauthorized: true },
    (_, response) => {
      asked += 1
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [0, '7'] } }))
    },
  ).listen(0, 'localhost')
  await once(server, 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function ask(tls: string): Promise<number | null> {
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const { prometheus } = configOf(`prometheus: { url: "${url}", timeout: 30s, tls: { ${tls} } }`)
  return querySingle(prometheus, 'x', new Date(0))
}
const both = () => `ca: "${known}", cert: "${mine()}", key: "${mine()}"`

it('is shown the certificate that is configured, over connections that are kept', async () => {
  copyFileSync(known, mine())
  const opened: unknown[] = []
  server.on('secureConnection', (socket) => opened.push(socket))
  expect(await ask(both())).toBe(7)
  expect(await ask(both())).toBe(7)
  expect(opened).toHaveLength(1)
})

it('a renewed certificate counts at once, and half of a renewal leaves the one before', async () => {
  copyFileSync(stranger, mine())
  await expect(ask(both())).rejects.toThrow(/Prometheus \(https:\/\/localhost:\d+\) cannot be reached/)
  copyFileSync(known, mine())
  expect(await ask(both())).toBe(7)
  const { prometheus } = configOf(
    `prometheus: { url: "https://localhost:${(server.address() as AddressInfo).port}", tls: { ${both()} } }`,
  )
  writeFileSync(mine(), '-----BEGIN CERTIFICATE-----\nMIIB')
  expect(await querySingle(prometheus, 'x', new Date(0))).toBe(7)
  expect(asked).toBe(2)
})

it('half of an authority, or none, leaves the one before', async () => {
  copyFileSync(known, mine())
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const tls = `ca: "${mine()}", cert: "${known}", key: "${known}"`
  const { prometheus } = configOf(`prometheus: { url: "${url}", tls: { ${tls} } }`)
  expect(await querySingle(prometheus, 'x', new Date(0))).toBe(7)
  const pem = readFileSync(known, 'utf8')
  const end = pem.indexOf('-----END CERTIFICATE-----')
  for (const text of [
    '',
    'moved',
    pem.slice(0, end),
    `${pem}${pem.slice(0, end)}`,
    pem.replace(/(BEGIN CERTIFICATE-----\n)..../, '$1!!!!'),
  ]) {
    writeFileSync(mine(), text)
    expect(await querySingle(prometheus, 'x', new Date(0))).toBe(7)
  }
  copyFileSync(stranger, mine())
  await expect(querySingle(prometheus, 'x', new Date(0))).rejects.toThrow(/vouches/)
})

it('without one it says what is missing, and without the authority which file to name', async () => {
  // A server that closes at once may leave no time to read its reason.
  await expect(ask(`ca: "${known}"`)).rejects.toThrow(
    /it wants a certificate of the bot that it knows; look at tls|it closed/,
  )
  copyFileSync(known, mine())
  await expect(ask(`cert: "${mine()}", key: "${mine()}"`)).rejects.toThrow(/nobody known vouches for its certificate/)
})

it.each([
  ['cert: "mine.pem"', 'mine.pem" does not exist'],
  [`cert: "${known}"`, 'prometheus.tls.key: is missing: cert and key go together'],
  [`cert: "${known}", key: "${stranger}"`, 'self-signed.pem" cannot be used: error:'],
  [`ca: "${fileURLToPath(new URL('../vitest.config.ts', import.meta.url))}"`, 'holds no certificate in PEM'],
  [`ca: "${known}", sert: "${known}"`, 'did you mean cert?'],
])('%s is told before the start: %s', (tls, problem) => {
  let told = ''
  try {
    configOf(`prometheus: { url: "https://x", tls: { ${tls} } }`)
  } catch (error) {
    told = String((error as Error).message)
  }
  expect(told).toContain(problem)
})

it('files that went are no reason to fail otherwise than in words', async () => {
  copyFileSync(known, mine())
  const { prometheus } = configOf(`prometheus: { url: "https://x", tls: { ca: "${mine()}" } }`)
  const gone = { ...prometheus, tls: { ca: join(folder, 'gone.pem') } }
  const failed = querySingle(gone, 'x', new Date(0)).catch((error: unknown) => error)
  expect(await failed).toBeInstanceOf(PermanentError)
  expect(String(await failed)).toContain('its certificates cannot be used: ENOENT')
})
