// What is half typed, by the room it is for: kept for as long as the window, over a look into another room and a new sign-in.

import { useState } from 'preact/hooks'

const keyOf = (channel) => `tocsin.draft.${channel ?? ''}`

function read(channel) {
  try {
    return sessionStorage.getItem(keyOf(channel)) ?? ''
  } catch {
    return ''
  }
}

function write(channel, text) {
  try {
    if (text === '') sessionStorage.removeItem(keyOf(channel))
    else sessionStorage.setItem(keyOf(channel), text)
  } catch {
    // Full, or forbidden: then it lasts as long as the room is shown.
  }
}

/** `[text, set, putBack]`; `putBack` gives back what was sent in vain, unless something else has been typed since. */
export function useDraft(channel) {
  const [text, show] = useState(() => read(channel))
  const set = (next) => {
    write(channel, next)
    show(next)
  }
  const putBack = (sent) => {
    if (read(channel) === '') write(channel, sent)
    show((now) => (now === '' ? sent : now))
  }
  return [text, set, putBack]
}
