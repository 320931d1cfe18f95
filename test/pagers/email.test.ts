// Pages as mails, against a real SMTP server.
import dns, { type LookupAddress } from 'node:dns'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { emailPager } from '../../src/pagers/email.ts'
import { people, sending, words } from './page.ts'
import { header, PostOffice, readable } from './post-office.ts'

type Found = (error: null, addresses: LookupAddress[]) => void

const from = 'Tocsin <tocsin@example.org>'

describe('a page as a mail', () => {
  let office: PostOffice
  beforeEach(async () => {
    office = await PostOffice.open()
  })
  afterEach(() => office.close())

  const pager = (smtp = office.address, timeout = 30_000) => emailPager({ smtp, from, timeout }, { words, people })
  const send = (over = {}) => pager().send(sending('email', 'ada@example.org', over))

  it('says in its subject what is wrong, and leads to where it can be answered', async () => {
    await send()
    const [mail] = office.received
    expect(mail).toMatchObject({ from: 'tocsin@example.org', to: ['ada@example.org'] })
    expect(header(mail, 'Subject')).toContain('P1')
    expect(header(mail, 'From')).toBe(from)
    expect(header(mail, 'To')).toBe('ada@example.org')
    expect(header(mail, 'Auto-Submitted')).toBe('auto-generated')
    expect(header(mail, 'Importance')).toBe('High')
    const text = readable(mail)
    expect(text).toContain('Open #12 to acknowledge: https://tocsin.example.test/incidents/12')
    expect(text).toContain('href="https://tocsin.example.test/incidents/12"')
    // What comes out of an alert is words, in the HTML too.
    expect(text).toContain('&#x3C;script>')
    expect(text.slice(text.indexOf('<html>'))).not.toContain('<script>')
  })

  it('is one mail however often it is tried, in one thread with the others of the incident', async () => {
    office.mood = 'take and hang up'
    await expect(send()).rejects.toBeInstanceOf(TransientError)
    office.mood = null
    await send({ resumed: true })
    const [first, second] = office.received.map((mail) => header(mail, 'Message-ID'))
    expect(first).toMatch(/^<inc-12\/[0-9a-f]{12}\/r1s0\/ada\/email@example\.org>$/)
    expect(second).toBe(first)
    expect(header(office.received[0], 'References')).toBe(header(office.received[1], 'References'))
  })

  it('of another database has another name, although the incident has the same number', async () => {
    const page = sending('email', 'ada@example.org')
    await pager().send(page)
    const view = page.about?.view
    if (page.about === null || view === undefined) throw new Error('a page is about something')
    const other = { ...view, incident: { ...view.incident, trace: 'another' } }
    await pager().send({ ...page, about: { ...page.about, view: other } })
    expect(new Set(office.received.map((mail) => header(mail, 'Message-ID'))).size).toBe(2)
  })

  it('is tried again when the server is busy, slow or away, and not when it refuses for good', async () => {
    office.mood = { refuse: 451 }
    await expect(send()).rejects.toThrow(TransientError)
    await expect(send()).rejects.toThrow(/the mail server 127\.0\.0\.1 answered 451/)
    office.mood = { refuse: 550 }
    await expect(send()).rejects.toThrow(PermanentError)
    office.mood = 'hang'
    const slow = pager(office.address, 200).send(sending('email', 'ada@example.org'))
    await expect(slow).rejects.toThrow('the mail server 127.0.0.1 did not answer within 0.2 s')
    office.mood = null
    await office.close()
    await expect(send()).rejects.toThrow(TransientError)
  })

  it('has names that every server takes, whatever the letters of the sender', async () => {
    const sender = 'Töcsin <tocsin@bücher.example>'
    const far = emailPager({ smtp: office.address, from: sender, timeout: 30_000 }, { words, people })
    await far.send(sending('email', 'ada@example.org'))
    expect(header(office.received[0], 'Message-ID')).toMatch(/@xn--bcher-kva\.example>$/)
    expect(header(office.received[0], 'References')).toMatch(/@xn--bcher-kva\.example>$/)
  })

  it('to an address with letters besides ASCII goes where the server takes them, and nowhere else, for good', async () => {
    const jose = () => pager().send(sending('email', 'josé@example.org'))
    await jose()
    expect(office.received.map(({ to }) => to)).toEqual([['josé@example.org']])
    await office.close()
    await office.open({ hideSMTPUTF8: true })
    await expect(jose()).rejects.toThrow(PermanentError)
    await expect(jose()).rejects.toThrow(
      'the mail server 127.0.0.1 takes no letters but ASCII before the @ (it does not offer SMTPUTF8), as in josé@example.org',
    )
    // A domain can be written otherwise.
    await pager().send(sending('email', 'ada@bücher.example'))
    expect(header(office.received[1], 'To')).toBe('ada@xn--bcher-kva.example')
  })

  it('is refused in one line, whatever the server says, and without the password', async () => {
    const answers = [
      '250 mx',
      '235 ok',
      '250 ok',
      '550-5.1.1 No such user.\r\n550-5.1.1 Look at\r\n550 5.1.1 wr0ng-pass',
      '503 no',
    ]
    const smtp = await sayingOneByOne(answers, 'smtp://me:wr0ng-pass@127.0.0.1')
    await expect(pager(smtp).send(sending('email', 'ada@example.org'))).rejects.toThrow(
      'the mail server 127.0.0.1 answered 550-5.1.1 No such user. Look at [redacted]',
    )
  })

  it('is tried again when what the server answers is no answer', async () => {
    const smtp = await sayingOneByOne(['250 mx', '250 ok', 'what?', '503 no'])
    await expect(pager(smtp).send(sending('email', 'ada@example.org'))).rejects.toThrow(TransientError)
  })

  it('only tries the way, when it is about nothing', async () => {
    await send({ about: null, key: 'test/1', message: { title: 'A test', tone: 'info', text: 'Nothing is wrong.' } })
    const text = readable(office.received[0])
    expect(text).toContain('Open Tocsin: https://tocsin.example.test')
    expect(header(office.received[0], 'Importance')).toBeNull()
    expect(header(office.received[0], 'References')).toBeNull()
  })

  it('can be asked whether its server is there', async () => {
    await pager().check?.()
    await office.close()
    await expect(pager().check?.()).rejects.toThrow('the mail server 127.0.0.1 cannot be used')
  })

  it('finds a server that moved with the next mail, and tries each address of its name', async () => {
    let leadsTo = ['127.0.0.9']
    const real = dns.lookup as unknown as (...given: unknown[]) => void
    const answer = (host: unknown, ...more: unknown[]) => {
      if (host !== 'mail.tocsin.test') return real(host, ...more)
      const found = leadsTo.map((address) => ({ address, family: 4 }))
      setImmediate(() => (more.at(-1) as Found)(null, found))
    }
    const named = vi.spyOn(dns, 'lookup').mockImplementation(answer as unknown as typeof dns.lookup)
    onTestFinished(() => named.mockRestore())
    const smtp = `smtp://mail.tocsin.test:${office.port}`
    await office.close()
    await office.open({ disabledCommands: ['AUTH', 'STARTTLS'] })
    const mail = () => pager(smtp).send(sending('email', 'ada@example.org'))
    await expect(mail()).rejects.toThrow('cannot be used: connect ECONNREFUSED 127.0.0.9')
    leadsTo = ['127.0.0.8', '127.0.0.9']
    await expect(mail()).rejects.toThrow('cannot be used: connect ECONNREFUSED 127.0.0.8')
    leadsTo = ['127.0.0.1']
    await mail()
    leadsTo = ['127.0.0.9', '127.0.0.1']
    await mail()
    expect(office.received).toHaveLength(2)
  })

  it('reaches those with an address', () => {
    expect(pager().addressOf('ada')).toBe('ada@example.org')
    expect(pager().addressOf('stranger')).toBeNull()
    expect(pager().addressOf('constructor')).toBeNull()
  })
})

describe('the password of the mail server', () => {
  const credentials: string[] = []
  let office: PostOffice
  beforeEach(async () => {
    credentials.length = 0
    office = await PostOffice.open({
      onAuth: ({ username, password }, _session, done) => {
        credentials.push(`${username}:${password}`)
        if (password === 'p@ss' || password === '100%safe') done(null, { user: username ?? '' })
        else done(Object.assign(new Error('wrong password'), { responseCode: 535 }))
      },
      allowInsecureAuth: true,
      hideSTARTTLS: true,
    })
  })
  afterEach(() => office.close())

  it('is taken from the address', async () => {
    const smtp = `smtp://me:p%40ss@127.0.0.1:${office.port}`
    await emailPager({ smtp, from, timeout: 30_000 }, { words, people }).send(sending('email', 'ada@example.org'))
    expect(credentials).toEqual(['me:p@ss'])
    expect(office.received).toHaveLength(1)
  })

  it('with a percent sign that is no escape is taken as it was typed', async () => {
    const smtp = `smtp://me:100%safe@127.0.0.1:${office.port}`
    await emailPager({ smtp, from, timeout: 30_000 }, { words, people }).send(sending('email', 'ada@example.org'))
    expect(credentials).toEqual(['me:100%safe'])
  })

  it('that is refused may only be so for a moment: other ways are taken at once, and it is tried again; nobody is told it', async () => {
    const smtp = `smtp://me:wr0ng@127.0.0.1:${office.port}`
    const sent = emailPager({ smtp, from, timeout: 30_000 }, { words, people }).send(
      sending('email', 'ada@example.org'),
    )
    const error = await sent.catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ name: 'TransientError', isRefusal: true })
    expect(String(error)).toContain('answered 535')
    expect(String(error)).not.toContain('wr0ng')
  })
})

it('elsewhere than on this machine STARTTLS is taken up, and a certificate that nobody vouches for is not believed', async () => {
  const office = await PostOffice.open()
  const smtp = `smtp://[::ffff:127.0.0.1]:${office.port}`
  const sent = emailPager({ smtp, from, timeout: 30_000 }, { words, people }).send(sending('email', 'ada@example.org'))
  // smtp-server brings a certificate of its own making.
  await expect(sent).rejects.toThrow(/certificate/)
  await expect(sent).rejects.toBeInstanceOf(TransientError)
  expect(office.received).toHaveLength(0)
  await office.close()
})

describe('a server that cannot encrypt just now', () => {
  const refusal = async (smtp: string) => {
    const sent = emailPager({ smtp, from, timeout: 30_000 }, { words, people }).send(
      sending('email', 'ada@example.org'),
    )
    return sent.then(
      () => null,
      (error: unknown) => error,
    )
  }

  it('is tried again: it said that this is for now', async () => {
    const busy = '454 4.7.0 TLS not available due to local problem'
    const open = await refusal(await sayingOneByOne(['250-mx\r\n250 STARTTLS', busy], elsewhere))
    expect(open).toBeInstanceOf(TransientError)
    expect(String(open)).toContain('TLS not available due to local problem')
    const signedIn = elsewhere.replace('//', '//me:secret@')
    expect(await refusal(await sayingOneByOne(['250-mx\r\n250 STARTTLS', busy], signedIn))).toBeInstanceOf(
      TransientError,
    )
  })

  it('is done with when it does not know how', async () => {
    const smtp = await sayingOneByOne(['250 mx', '502 what?'], elsewhere.replace('//', '//me:secret@'))
    expect(await refusal(smtp)).toBeInstanceOf(PermanentError)
  })
})

it('a password is not told to a server elsewhere that does not encrypt', async () => {
  const office = await PostOffice.open({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  const smtp = `smtp://me:secret@[::ffff:127.0.0.1]:${office.port}`
  const sent = emailPager({ smtp, from, timeout: 30_000 }, { words, people }).send(sending('email', 'ada@example.org'))
  await expect(sent).rejects.toThrow(/TLS/)
  await office.close()
})

/** Not taken for this machine, where nothing is encrypted. */
const elsewhere = 'smtp://[::ffff:127.0.0.1]'

/** A server that answers each line with the next of these. Answers its address. */
async function sayingOneByOne(answers: string[], address = 'smtp://127.0.0.1'): Promise<string> {
  const left = [...answers]
  const server = createServer((socket) => {
    const say = (line: string | undefined) => (line === undefined ? socket.destroy() : socket.write(`${line}\r\n`))
    socket.on('error', () => {})
    socket.on('data', (heard) => {
      for (const _ of heard.toString('latin1').matchAll(/\n/g)) say(left.shift())
    })
    say('220 mx')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return `${address}:${(server.address() as AddressInfo).port}`
}
