// Pages as mails over SMTP. A server cannot be asked whether it took a mail: when the answer was lost the same mail is sent
// again, under the same Message-ID, by which servers and readers know it for one. Better two copies than none.
import { createHash } from 'node:crypto'
import type { EmailConfig, Person } from '../config/config.ts'
import { isLoopback } from '../config/cross-check.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { footerOf } from '../messages/mail-footer.ts'
import type { Words } from '../messages/words.ts'
import { mailOf } from './mail.ts'
import type { OutgoingPage, Pager } from './pager.ts'

export type EmailOptions = { words: Words; people: Record<string, Person> }

export function emailPager(config: EmailConfig, { words, people }: EmailOptions): Pager {
  return {
    name: 'email',
    addressOf: (recipient) => people[recipient]?.email ?? null,
    async send(page) {
      // One connection a mail: pages are few, and a kept one that died overnight would cost the first its time.
      const transport = await transportOf(config)
      try {
        const letter = mail(config, words, page)
        await transport.sendMail({ ...letter, signal: AbortSignal.timeout(config.timeout) })
        return { channel: 'email', id: letter.messageId }
      } catch (error) {
        throw classify(error, config)
      } finally {
        transport.close()
      }
    },
    find: async () => null,
    async check() {
      const transport = await transportOf(config)
      try {
        await transport.verify()
      } catch (error) {
        throw classify(error, config)
      } finally {
        transport.close()
      }
    },
  }
}

/** The library is loaded with the first mail: most bots never send one. */
async function transportOf(config: EmailConfig) {
  const { createTransport } = await import('nodemailer')
  return createTransport(connection(config))
}

function mail({ from }: EmailConfig, words: Words, page: OutgoingPage) {
  const { address, about, message } = page
  const urgent = about !== null && ['P1', 'P2'].includes(about.view.incident.severity)
  const domain = /@([^\s<>@]+?)>?$/.exec(from)?.[1] ?? 'localhost'
  return {
    ...{ from, to: { name: '', address }, ...mailOf(message, footerOf(words, about?.view ?? null)) },
    messageId: `<${messageName(page)}@${domain}>`,
    // One thread an incident.
    ...(about && { references: `<${threadName(about.view.incident)}@${domain}>` }),
    ...(urgent && { priority: 'high' as const }),
    // Holiday replies are for people. The footer says where to go instead.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Tocsin-Key': page.key },
    // What comes out of alerts must not make this process read files or fetch addresses.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  }
}

/** Incidents are numbered anew in every database; a page must never be taken for one of another. */
function threadName({ number, trace, openedAt }: { number: number; trace: string; openedAt: Date }): string {
  return `inc-${number}/${digest(`${trace} ${openedAt.toISOString()}`).slice(0, 12)}`
}

function messageName({ key, about }: OutgoingPage): string {
  if (about === null) return plainAtom(key)
  return plainAtom(key.replace(/^inc-\d+/, threadName(about.view.incident)))
}

/** A Message-ID takes neither colons nor spaces, nor dots side by side. */
function plainAtom(text: string): string {
  return /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(text) ? text : digest(text)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function connection({ smtp, timeout }: EmailConfig) {
  const url = new URL(smtp)
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const auth =
    url.username === '' ? null : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
  // Nothing to protect on this machine, where relays show certificates of their own making.
  const local = isLoopback(host)
  return {
    ...{ host, secure, port: url.port === '' ? (secure ? 465 : auth === null ? 25 : 587) : Number(url.port) },
    // A password never crosses a network in the clear, whatever the server (or who poses as it) offers.
    ...{ requireTLS: !secure && auth !== null && !local, ignoreTLS: !secure && local },
    ...(auth && { auth }),
    ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout, dnsTimeout: timeout },
  }
}

type SmtpError = Error & { code?: string; responseCode?: number; response?: string }

/** A refusal of the 5xx kind is for good; everything else, a server that is away above all, may work later. */
function classify(thrown: unknown, { smtp, timeout }: EmailConfig): Error {
  const { hostname } = new URL(smtp)
  const error = thrown as SmtpError
  if (error.code === 'ETLS') return new PermanentError(`the mail server ${hostname} does not speak TLS (STARTTLS)`)
  if (error.responseCode !== undefined) {
    const said = `the mail server ${hostname} answered ${(error.response ?? String(error.responseCode)).slice(0, 200)}`
    return error.responseCode >= 500 ? new PermanentError(said) : new TransientError(said, { cause: error })
  }
  if (error.code === 'EENVELOPE') return new PermanentError(`the mail cannot be addressed: ${error.message}`)
  if (error.code === 'EABORT' || error.code === 'ETIMEDOUT')
    return new TransientError(`the mail server ${hostname} did not answer within ${timeout / 1000} s`, { cause: error })
  return new TransientError(`the mail server ${hostname} cannot be used: ${reasonOf(error)}`, { cause: error })
}
