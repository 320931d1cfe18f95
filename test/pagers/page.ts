// A page to send, as the delivery stage would hand it to a pager.
import { pageMessage } from '../../src/messages/page.ts'
import type { OutgoingPage } from '../../src/pagers/pager.ts'
import { alert, now, open, page, view, words } from '../messages/night.ts'

export { words }
export const people = {
  ada: { key: 'ada', name: 'Ada Lovelace', email: 'ada@example.org', accounts: {}, reach: null, quiet: null },
}

export function sending(channel: string, address: string, over: Partial<OutgoingPage> = {}): OutgoingPage {
  const key = `inc-12/r1s0/ada/${channel}`
  const sent = { ...page('s', 0, 'ada'), key, channel }
  const seen = view(open, { alerts: [alert(1, { description: 'See <script>alert(1)</script> & *that*' })] })
  const message = pageMessage(words, seen, sent, now)
  return { recipient: 'ada', address, key, resumed: false, message, about: { page: sent, view: seen }, ...over }
}
