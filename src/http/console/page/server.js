// Talking to the bot: JSON in, JSON out, and a plain sentence when it fails.

export async function get(path, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== undefined))
  return answer(fetch(`${path}?${search}`, { headers: { accept: 'application/json' } }), false)
}

export async function post(path, body) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  return answer(fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }))
}

/** PUT or PATCH. */
export async function send(method, path, body) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  return answer(fetch(path, { method, headers, body: JSON.stringify(body) }))
}

/** `isChange`: the answer may be what got lost, and not the request. */
async function answer(request, isChange = true) {
  const response = await request.catch(() => {
    throw new Error(
      `The bot cannot be reached${isChange ? ': look whether this was done before you do it again' : ''}.`,
    )
  })
  if (response.status === 401) location.assign(`/login?to=${encodeURIComponent(location.pathname)}`)
  const body = await response.json().catch(() => null)
  // What else it says, such as a text that somebody wrote meanwhile, is `body`.
  if (!response.ok) throw Object.assign(new Error(body?.error ?? `The bot answered ${response.status}.`), { body })
  return body
}
