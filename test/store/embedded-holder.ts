// A process that starts the embedded PostgreSQL of a folder, says so, and stays: to be killed, or told to stop.
import { makeLog } from '../../src/log.ts'
import { startEmbedded } from '../../src/store/embedded.ts'

const log = makeLog({ level: 'silent', file: null })
const settings = { fsync: 'off' }

startEmbedded(process.argv[2] ?? '', log, settings).then(
  (server) => {
    process.send?.({ url: server.url })
    process.once('SIGTERM', () => server.stop().then(() => process.exit(0)))
    // A terminal's Ctrl-C goes to the whole group; what it must not reach is PostgreSQL.
    process.on('SIGINT', () => process.send?.({ interrupted: true }))
    setInterval(() => {}, 1_000)
  },
  (error: Error) => {
    process.send?.({ refused: error.message })
    process.disconnect?.()
  },
)
