// Whose a database's folder is: a socket beside its files answers as long as the bot that uses them lives. PostgreSQL goes by the number of
// a process, which says nothing to another container: on one volume two of them would write the same files, and each lose what the other wrote.
import { randomBytes } from 'node:crypto'
import { rename, rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { hostname } from 'node:os'

/** Milliseconds a living bot takes to say its name; one that is only stopped takes the connection and says nothing. */
const patience = 1_000

/** Bytes; no system takes the name of a socket that is much longer. */
const longestName = 100

export type Claim = {
  /** False when somebody claimed the folder at the same moment, and was later. */
  isOurs(): Promise<boolean>
  end(): Promise<void>
}

/** `taken`: who uses the files, for people. Where no socket can be made nothing is known, and everybody may. */
export async function claim(data: string): Promise<Claim | { taken: string }> {
  const path = `${data}.sock`
  if (process.platform === 'win32' || Buffer.byteLength(path) > longestName) return unknown
  const taken = await whoAnswers(path)
  if (taken !== null) return { taken }
  // Made aside and put in place whole: closing it then never removes the socket of somebody who was later.
  // By chance, as in containers two processes have the same number.
  const aside = `${path}.${randomBytes(3).toString('hex')}`
  const server = await listening(aside)
  const mine = await fileOf(aside)
  const placed = await rename(aside, path).then(
    () => true,
    () => false,
  )
  if (server === null || mine === null || !placed) {
    server?.close()
    return unknown
  }
  const isOurs = async () => (await fileOf(path)) === mine
  const end = async () => {
    if (await isOurs()) await rm(path, { force: true }).catch(() => {})
    await new Promise((resolve) => server.close(resolve))
  }
  return { isOurs, end }
}

const unknown: Claim = { isOurs: async () => true, end: async () => {} }

/** Null: nobody. What a dead bot left refuses. */
function whoAnswers(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    let said = ''
    const end = (who: string | null) => {
      socket.destroy()
      resolve(who)
    }
    socket.setEncoding('utf8')
    socket.once('error', () => end(null))
    socket.once('connect', () => socket.setTimeout(patience, () => end('another process')))
    socket.on('data', (text: string) => {
      said += text
    })
    socket.once('end', () => end(nameIn(said)))
  })
}

function nameIn(said: string): string {
  const [pid = '', host = ''] = said.split(' ')
  return host === hostname() ? `process ${pid}` : `process ${pid} of ${host}`
}

function listening(path: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.end(`${process.pid} ${hostname()}`)
    })
    server.once('error', () => resolve(null))
    // Whoever stops must not be kept by it.
    server.listen(path, () => resolve(server.unref()))
  })
}

async function fileOf(path: string): Promise<string | null> {
  return await stat(path).then(
    ({ dev, ino }) => `${dev} ${ino}`,
    () => null,
  )
}
