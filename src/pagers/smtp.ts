// One mail over one SMTP connection: the only owner of the mail library.
import { connect, type Socket } from 'node:net'
import { domainToASCII } from 'node:url'
import type { SendMailOptions } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport'
import type { EmailConfig } from '../config/config.ts'
import { isLoopback } from '../config/cross-check.ts'
import { wantsUtf8 } from '../core/mail-address.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { decoded, isNobodyThere } from '../outbound.ts'

type Letter = SendMailOptions & { to: { name: string; address: string } }

/** Sends one letter. Throws TransientError or PermanentError. */
export async function sendLetter(config: EmailConfig, letter: Letter): Promise<void> {
  const [unusual] = [letter.to.address, config.from].filter(wantsUtf8)
  if (unusual !== undefined) await demandUtf8(config, unusual)
  await connected(config, (transport) => transport.sendMail({ ...letter, signal: AbortSignal.timeout(config.timeout) }))
}

/** Whether the server is there, and takes the password. Throws when it does not. */
export async function checkServer(config: EmailConfig): Promise<void> {
  await connected(config, (transport) => transport.verify())
}

/**
 * The mail library sends such an address to any server, and what one that does not know them makes of it is nobody's mailbox. What
 * servers offer it tells only the log of what is said.
 */
async function demandUtf8(config: EmailConfig, address: string): Promise<void> {
  let isAsked = false
  let offered = false
  const debug = ({ tnx }: { tnx?: string }, said: unknown) => {
    // Asked anew where the connection has become an encrypted one.
    if (tnx === 'client') isAsked = /^EHLO/.test(String(said))
    else if (tnx === 'server' && isAsked) offered = /^250[ -]SMTPUTF8\b/im.test(String(said))
    if (tnx === 'server') isAsked = false
  }
  const nobody = () => {}
  const logger = { level: nobody, trace: nobody, debug, info: nobody, warn: nobody, error: nobody, fatal: nobody }
  await connected(config, (transport) => transport.verify(), { logger, transactionLog: true })
  if (offered) return
  const { hostname } = new URL(config.smtp)
  throw new PermanentError(
    `the mail server ${hostname} takes no letters but ASCII before the @ (it does not offer SMTPUTF8), as in ${address}`,
  )
}

/** The part of an address after the @, for names of messages, which know no letters but those of English. */
export function domainOf({ from }: EmailConfig): string {
  return domainToASCII(/@([^\s<>@]+?)>?$/.exec(from)?.[1] ?? '') || 'localhost'
}

type Transport = Awaited<ReturnType<typeof transportOf>>

/** One connection a mail: they are few, and a kept one that died overnight would cost the first its time. */
async function connected(
  config: EmailConfig,
  use: (transport: Transport) => Promise<unknown>,
  listening: Listening = {},
): Promise<void> {
  const transport = await transportOf(config, listening)
  try {
    await use(transport)
  } catch (error) {
    throw classify(error, config)
  } finally {
    transport.close()
  }
}

type Listening = Pick<SMTPTransport.Options, 'logger' | 'transactionLog'>

/** The library is loaded with the first mail: most bots never send one. */
async function transportOf(config: EmailConfig, listening: Listening) {
  const { createTransport } = await import('nodemailer')
  return createTransport({ ...connection(config), ...listening })
}

function connection({ smtp, timeout }: EmailConfig) {
  const url = new URL(smtp)
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const auth = url.username === '' ? null : { user: decoded(url.username), pass: decoded(url.password) }
  // Nothing to protect on this machine, where relays show certificates of their own making.
  const local = isLoopback(host)
  const port = url.port === '' ? (secure ? 465 : auth === null ? 25 : 587) : Number(url.port)
  return {
    ...{ host, secure, port, getSocket: (_: unknown, done: Connected) => connectTo({ host, port, timeout }, done) },
    // A password never crosses a network in the clear, whatever the server (or who poses as it) offers.
    ...{ requireTLS: !secure && auth !== null && !local, ignoreTLS: !secure && local },
    ...(auth && { auth }),
    ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout, dnsTimeout: timeout },
  }
}

type Connected = (error: Error | null, socket?: { connection: Socket }) => void

/**
 * The mail library itself keeps the addresses of a name for five minutes, and a server that moved would be missed for as long. Here
 * the name is looked up for each mail, and each of its addresses is tried.
 */
function connectTo({ host, port, timeout }: { host: string; port: number; timeout: number }, done: Connected): void {
  const connection = connect({ host, port, signal: AbortSignal.timeout(timeout) })
  connection.once('error', done)
  connection.once('connect', () => {
    connection.removeListener('error', done)
    // Who uses it hears of its errors; in between nobody does.
    connection.on('error', () => {})
    done(null, { connection })
  })
}

type SmtpError = Error & { code?: string; responseCode?: number; response?: string; command?: string }

/** Who is refused at these was refused as the bot, whoever the mail is for: a wrong password, or a server that is ill for a moment. */
const beforeAnyMail = /^(CONN|EHLO|HELO|AUTH)\b/

/**
 * A refusal of the 5xx kind is for good; everything else, a server that is away or cannot encrypt just now above all, may work later.
 */
function classify(thrown: unknown, config: EmailConfig): Error {
  const { hostname } = new URL(config.smtp)
  const error = thrown as SmtpError
  const { code, response, responseCode, message, command = '' } = error
  if (code === 'ETLS' && responseCode !== undefined && responseCode >= 500)
    return new PermanentError(`the mail server ${hostname} does not speak TLS (STARTTLS)`)
  if (responseCode !== undefined) {
    const said = `the mail server ${hostname} answered ${quoted(response ?? String(responseCode), config)}`
    if (responseCode < 500) return new TransientError(said, { cause: error, isUntaken: true })
    return beforeAnyMail.test(command)
      ? new TransientError(said, { cause: error, isRefusal: true })
      : new PermanentError(said)
  }
  if (code === 'EENVELOPE' && response === undefined)
    return new PermanentError(`the mail cannot be addressed: ${message}`)
  if (code === 'EABORT' || code === 'ABORT_ERR' || code === 'ETIMEDOUT')
    return new TransientError(`the mail server ${hostname} did not answer within ${config.timeout / 1000} s`, {
      cause: error,
    })
  const reason = quoted(reasonOf(error), config)
  const isUntaken = isNobodyThere(error)
  return new TransientError(`the mail server ${hostname} cannot be used: ${reason}`, { cause: error, isUntaken })
}

/** What a server says, in one line and without the password: several lines have its code before each. */
function quoted(answer: string, { smtp }: EmailConfig): string {
  const line = answer.replace(/\s*\n(\d{3}[ -]?(\d\.\d{1,3}\.\d{1,3} )?)?/g, ' ').trim()
  const password = decoded(new URL(smtp).password)
  return (password.length < 3 ? line : line.replaceAll(password, '[redacted]')).slice(0, 200)
}
