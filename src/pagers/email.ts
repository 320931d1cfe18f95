// Pages as mails over SMTP. A server cannot be asked whether it took a mail: when the answer was lost the same mail is sent
// again, under the same Message-ID, by which servers and readers know it for one. Better two copies than none.
import { createHash } from 'node:crypto'
import { toHtml } from '../chat/html.ts'
import type { EmailConfig, Person } from '../config/config.ts'
import { footerOf } from '../messages/mail-footer.ts'
import type { Words } from '../messages/words.ts'
import { mailOf } from './mail.ts'
import type { OutgoingPage, Pager } from './pager.ts'
import { checkServer, domainOf, sendLetter } from './smtp.ts'

export type EmailOptions = { words: Words; people: Record<string, Person> }

export function emailPager(config: EmailConfig, { words, people }: EmailOptions): Pager {
  // Loaded with the first text, which else is a page.
  toHtml('')
  return {
    name: 'email',
    addressOf: (recipient) => people[recipient]?.email ?? null,
    async send(page) {
      const letter = mail(config, words, page)
      await sendLetter(config, letter)
      return { channel: 'email', id: letter.messageId }
    },
    find: null,
    check: () => checkServer(config),
  }
}

function mail(config: EmailConfig, words: Words, page: OutgoingPage) {
  const { from } = config
  const { address, about, message } = page
  const urgent = about !== null && ['P1', 'P2'].includes(about.view.incident.severity)
  const domain = domainOf(config)
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
