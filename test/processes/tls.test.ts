// A PostgreSQL whose certificate nobody vouches for: waiting does not help, and what to write into DATABASE_URL is said at once.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { TLSSocket } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { spawnTocsin } from './tocsin.ts'

const pem = readFileSync(new URL('../fixtures/tls/self-signed.pem', import.meta.url))

it('ends at once when the certificate of PostgreSQL is of an unknown authority, and says how to name that', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      // "S": yes, this server speaks TLS.
      socket.write('S')
      new TLSSocket(socket, { isServer: true, key: pem, cert: pem }).on('error', () => {})
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const { ready } = spawnTocsin({ DATABASE_URL: `postgres://bot@localhost:${port}/bot?sslmode=require` })
  await expect(ready).rejects.toThrow(/ended with 1[\s\S]*certificate is not taken[\s\S]*sslrootcert=/)
})

it('ends at once when a file that DATABASE_URL names is not there', async () => {
  const { ready } = spawnTocsin({
    DATABASE_URL: 'postgres://bot@localhost:1/bot?sslmode=verify-full&sslrootcert=/no.crt',
  })
  await expect(ready).rejects.toThrow(/ended with 1[\s\S]*'\/no\.crt'\. DATABASE_URL names that file/)
})

it('names TLS to those who forgot it, when PostgreSQL takes nothing else', async () => {
  const refusal =
    'SFATAL\0C28000\0Mno pg_hba.conf entry for host "127.0.0.1", user "bot", database "bot", no encryption\0\0'
  const server = createServer((socket) => {
    socket.on('error', () => {})
    // An error, and how long it is.
    const length = String.fromCharCode(refusal.length + 4)
    socket.once('data', () => socket.end(`E\0\0\0${length}${refusal}`, 'latin1'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const { ready } = spawnTocsin({ DATABASE_URL: `postgres://bot@localhost:${port}/bot` })
  await expect(ready).rejects.toThrow(/ended with 1[\s\S]*no encryption\. .*\?sslmode=verify-full/)
})
