// A real SMTP server on loopback that keeps the mails it gets, and misbehaves when asked to.
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { freePort } from '../port.ts'

export type Received = { from: string; to: string[]; raw: string; secure: boolean }

/**
 * - `refuse`: answers a mail with this code; 4xx is for now, 5xx for good.
 * - `take and hang up`: has the mail, but the connection ends before its answer.
 * - `take and hang`: has the mail, and never says so. `hang`: never answers.
 */
export type Mood = { refuse: number } | 'take and hang up' | 'take and hang' | 'hang' | null

export class PostOffice {
  readonly received: Received[] = []
  mood: Mood = null
  #server: SMTPServer | null = null
  #port = 0

  static async open(options: SMTPServerOptions = {}): Promise<PostOffice> {
    const office = new PostOffice()
    await office.open(options)
    return office
  }

  get port(): number {
    return this.#port
  }

  get address(): string {
    return `smtp://127.0.0.1:${this.#port}`
  }

  async open(options: SMTPServerOptions = {}): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.onAuth ? [] : ['AUTH'],
      disableReverseLookup: true,
      closeTimeout: 100,
      ...options,
      onData: (stream, session, done) => {
        const chunks: string[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString('latin1')))
        stream.on('end', () => {
          const { mood } = this
          const { mailFrom, rcptTo } = session.envelope
          const keep = () =>
            this.received.push({
              from: mailFrom === false ? '' : mailFrom.address,
              to: rcptTo.map(({ address }) => address),
              raw: Buffer.from(chunks.join(''), 'latin1').toString('utf8'),
              secure: session.secure,
            })
          if (mood === 'take and hang') keep()
          if (mood === 'hang' || mood === 'take and hang') return
          if (mood === 'take and hang up') {
            keep()
            for (const connection of server.connections) connection.close()
            return
          }
          if (mood !== null) return done(Object.assign(new Error('not today'), { responseCode: mood.refuse }))
          keep()
          done()
        })
      },
    })
    server.on('error', () => {})
    // It comes back where it was.
    this.#port ||= await freePort()
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', () => resolve()))
    this.#server = server
  }

  /** Resolves when something is so; looked at after each turn of the loop. */
  async until(holds: () => boolean, within = 60_000): Promise<void> {
    const begun = performance.now()
    while (!holds()) {
      if (performance.now() - begun > within) throw new Error(`nothing of the kind within ${within / 1000} s`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

/** A header of a mail, its folded lines joined. */
export function header(mail: Received | undefined, name: string): string | null {
  const head = (mail?.raw.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]+/g, ' ')
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? null
}

/** The whole of a mail with soft line ends and encoded characters undone, for looking for words in it. */
export function readable(mail: Received | undefined): string {
  const bytes = (mail?.raw ?? '')
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
