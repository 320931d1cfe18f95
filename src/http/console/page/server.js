// Talking to the bot: JSON in, JSON out, and a plain sentence when it fails. Errors have `body`, and `status` unless the bot
// cannot be reached.
import { insist, nameOfPress } from './press.js'

/** Milliseconds without a word after which an answer is given up: what is shown is asked for again. */
const silence = 12_000

const json = { 'content-type': 'application/json', accept: 'application/json' }

export async function get(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined))
  return await read(`${path}?${search}`, { headers: { accept: 'application/json' } })
}

/** A question that is too long for an address; nothing is done by it. */
export async function ask(path, body) {
  return await read(path, { method: 'POST', headers: json, body: JSON.stringify(body) })
}

/** Has something done, once. `slow`: called when that takes long. */
export async function post(path, body, slow) {
  return await send('POST', path, body, slow)
}

/** The same with PUT or PATCH. */
export async function send(method, path, body, slow = () => {}) {
  const name = nameOfPress()
  // The answer may be what got lost, and not the request.
  const lost = () => unreachable(': look whether this was done before you do it again')
  const attempt = async (signal, again) => {
    const headers = { ...json, 'tocsin-press': again ? `${name} again` : name }
    const response = await fetch(path, { method, headers, body: JSON.stringify(body), signal }).catch(() => {
      throw lost()
    })
    return answer(response, await response.text().catch(() => Promise.reject(lost())))
  }
  return await insist(attempt, { slow, lost })
}

async function read(path, request) {
  const stalled = new AbortController()
  let timer
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => stalled.abort(), silence)
  }
  heard()
  try {
    const response = await fetch(path, { ...request, signal: stalled.signal })
    return answer(response, await textOf(response, heard))
  } catch (error) {
    throw error.status === undefined ? unreachable('') : error
  } finally {
    clearTimeout(timer)
  }
}

/** Piece by piece: one that is long, over a way that is slow, is not given up while it comes. */
async function textOf(response, heard) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; ; ) {
    const { value, done } = await reader.read()
    if (done) return text
    heard()
    text += value
  }
}

function unreachable(advice) {
  return new Error(`The bot cannot be reached${advice}.`)
}

let isLeaving = false
// Whoever comes back to this page may have to sign in again.
addEventListener('pageshow', () => {
  isLeaving = false
})

/** Once, though each question is answered so: the next would begin anew what is slow to come. */
function signIn() {
  if (isLeaving) return
  isLeaving = true
  location.assign(`/login?to=${encodeURIComponent(location.pathname)}`)
}

function answer(response, text) {
  if (response.status === 401) signIn()
  const body = parsed(text)
  if (response.ok && body !== null) return body
  const isHeard = response.headers.get('tocsin-press') === 'heard'
  // What else it says, such as a text that somebody wrote meanwhile, is `body`.
  throw Object.assign(new Error(body?.error ?? `The bot answered ${response.status}.`), {
    body,
    status: response.status,
    isHeard,
  })
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
