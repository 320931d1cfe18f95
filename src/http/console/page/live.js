// The stream of changes, and the truth about whether it still flows.

/** Longer than two of the server's beats: then what is shown may be old. Milliseconds. */
const silence = 25_000

/** How often a page that nobody looks at asks what changed. Milliseconds. */
const glance = 15_000

/**
 * Calls `onChange(numbers)` for incidents that changed (0: something outside a room), `onState(lostSince)` with null
 * while connected. After a gap everything may have changed: then `onChange(null)`.
 *
 * Only a page in sight holds a stream: a browser has six connections for all pages of one bot, and with six streams open
 * not even an acknowledgement would get through.
 */
export function follow({ onChange, onState }) {
  let source = null
  let watchdog = null
  let lostSince = null
  let version = null
  let glancing = null

  const alive = () => {
    clearTimeout(watchdog)
    watchdog = setTimeout(lost, silence)
    if (lostSince === null) return
    lostSince = null
    onState(null)
  }
  const lost = () => {
    if (lostSince === null) {
      lostSince = Date.now()
      onState(lostSince)
    }
    source?.close()
    clearTimeout(watchdog)
    watchdog = setTimeout(open, 2_000)
  }
  const rest = () => {
    source?.close()
    clearTimeout(watchdog)
    clearInterval(glancing)
    glancing = setInterval(() => onChange(null), glance)
    onChange(null)
  }
  const open = () => {
    if (document.hidden) return rest()
    clearInterval(glancing)
    source?.close()
    source = new EventSource('/console/events')
    source.addEventListener('hello', (event) => {
      const now = JSON.parse(event.data).version
      // Another version of the bot speaks another version of this page.
      if (version !== null && version !== now) location.reload()
      version = now
      alive()
      onChange(null)
    })
    source.addEventListener('changed', (event) => {
      alive()
      onChange(JSON.parse(event.data))
    })
    source.addEventListener('beat', alive)
    source.onerror = lost
    clearTimeout(watchdog)
    watchdog = setTimeout(lost, silence)
  }
  open()
  document.addEventListener('visibilitychange', open)
  // A laptop that wakes up should not wait for the watchdog.
  addEventListener('online', open)
}
