// A process that starts the embedded PostgreSQL of a folder, says so, and stays: to be killed, or told to stop.
import { makeLog } from '../../src/log.ts'
import { startEmbedded } from '../../src/store/embedded.ts'

const log = makeLog({ level: 'silent', file: null })
const settings = { fsync: 'off' }

startEmbedded(process.argv[2] ?? '', log, settings).then(
  (server) => {
    process.once('SIGTERM', () => server.stop().then(() => process.exit(0)))
    // A terminal's Ctrl-C goes to the whole group; what it must not reach is PostgreSQL.
    process.on('SIGINT', () => process.send?.({ interrupted: true }))
    setInterval(() => {}, 1_000)
    // Last: whoever hears it may send a signal at once.
    process.send?.({ url: server.url })
  },
  (error: Error) => {
    process.send?.({ refused: error.message })
    process.disconnect?.()
  },
)
