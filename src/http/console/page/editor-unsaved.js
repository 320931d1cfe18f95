// What was typed and not saved, kept on this machine with every key: a closed window or an empty battery costs nothing.

const keyOf = (number) => `tocsin.postmortem.${number}`

/** `seen`: the version it was typed upon. */
export function keep(number, { text, seen }) {
  try {
    localStorage.setItem(keyOf(number), JSON.stringify({ text, seen, at: new Date().toISOString() }))
  } catch {
    // Full, or forbidden: then there is the question before the window closes.
  }
}

export function kept(number) {
  try {
    const found = JSON.parse(localStorage.getItem(keyOf(number)))
    return typeof found?.text === 'string' && Number.isInteger(found.seen) ? found : null
  } catch {
    return null
  }
}

export function forget(number) {
  try {
    localStorage.removeItem(keyOf(number))
  } catch {
    // It was never there.
  }
}
