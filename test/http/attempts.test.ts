// Guessing the access token: slowed by address, told in the log once, and never in the way of the right one.
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/clock.ts'
import { Attempts, allowed, mostAddresses, network, quiet } from '../../src/http/attempts.ts'
import { now } from './bot.ts'
import { withServer } from './with-server.ts'

const form = 'application/x-www-form-urlencoded'
const config = { accessToken: 'open sesame'.replace(' ', '-') }

const server = withServer({ config })
let warned: string[]
beforeEach(async () => {
  warned = []
  Object.assign(server.bot, {
    log: { ...recorder(warned), isLevelEnabled: () => false, info: () => {}, error: () => {} },
  })
})

const recorder = (lines: string[]) => ({ warn: (_: unknown, line: string) => lines.push(line) })

type Sent = { status: number; retryAfter: string | null; text: string }

async function send(path: string, init: RequestInit): Promise<Sent> {
  const answer = await fetch(server.url + path, { ...init, redirect: 'manual' })
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text: await answer.text() }
}
const signIn = (token: string) =>
  send('/login', { method: 'POST', headers: { 'content-type': form }, body: new URLSearchParams({ token }) })
const api = (authorization: string) => send('/api/v1/incidents', { headers: { authorization } })
const inTurn = async (count: number, ask: (i: number) => Promise<Sent>) => {
  const statuses: number[] = []
  for (let i = 0; i < count; i++) statuses.push((await ask(i)).status)
  return statuses
}
const refusals = Array<number>(allowed).fill(401)

describe.each([
  ['at the sign-in', (i: number) => signIn(`guess ${i}`)],
  ['at the API', (i: number) => api(`Bearer guess-${i}`)],
  ['at a calendar', (i: number) => send('/calendars/people/ada.ics', { headers: { authorization: `Bearer g-${i}` } })],
])('%s', (_, guess) => {
  test('wrong tokens are answered 429 after a while, and the log is told once', async () => {
    expect(await inTurn(allowed + 3, guess)).toEqual([...refusals, 429, 429, 429])
    expect((await guess(99)).retryAfter).toBe('60')
    expect(warned.filter((line) => line.includes('seems to guess'))).toHaveLength(1)
    expect(warned).toHaveLength(allowed + 1)
  })

  test('the right one works at any time, from the same address', async () => {
    await inTurn(allowed + 5, guess)
    expect((await signIn('open-sesame')).status).toBe(303)
    expect((await api('Bearer open-sesame')).status).toBe(200)
    // Being right buys no further guesses.
    expect((await guess(99)).status).toBe(429)
  })

  test('after a quiet minute an address begins anew', async () => {
    await inTurn(allowed + 1, guess)
    const clock = server.bot.clock as ManualClock
    clock.advance(quiet - 1)
    expect((await guess(1)).status).toBe(429)
    clock.advance(quiet + 1)
    expect((await guess(2)).status).toBe(401)
  })
})

test('a person who is told so reads that the right one still works', async () => {
  await inTurn(allowed, (i) => signIn(`guess ${i}`))
  const { status, text } = await signIn('typo')
  expect(status).toBe(429)
  expect(text).toContain('the right one works at any time')
})

test('who presents no access token is asked to sign in, however often', async () => {
  const all: Record<string, string>[] = [
    {},
    { cookie: 'tocsin_session=of-an-older-token' },
    { authorization: 'Basic cHJveHk6eA==' },
  ]
  for (const headers of all)
    expect(await inTurn(allowed + 2, () => send('/api/v1/incidents', { headers }))).toEqual([...refusals, 401, 401])
  expect(warned).toEqual([])
})

test('alerts come in while somebody guesses, and wrong tokens of sources are not counted', async () => {
  await inTurn(allowed + 5, (i) => api(`Bearer guess-${i}`))
  const alert = (token: string) =>
    send('/alerts/generic', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"alerts":[{"labels":{"alertname":"A"}}]}',
    })
  expect((await alert('another')).status).toBe(401)
  const headers = { 'content-type': 'application/json', authorization: 'Bearer quickstart' }
  const body = '{"alerts":[{"labels":{"alertname":"A"}}]}'
  expect((await send('/alerts/alertmanager', { method: 'POST', headers, body })).status).toBe(202)
})

test('a million addresses are not remembered', () => {
  const attempts = new Attempts({ clock: new ManualClock(now), log: recorder([]) as never })
  const reply = { header: () => reply as never }
  const wrong = (ip: string) => attempts.wrong({ id: 't', ip }, reply)
  for (let i = 0; i < mostAddresses + 500; i++) wrong(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
  expect(attempts.size).toBe(mostAddresses)
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s is counted as %s', (address, counted) => {
  expect(network(address)).toBe(counted)
})
