// The stream of changes, and the truth about whether it still flows.
import { streams } from './streams.js'

/** Longer than two of the server's beats: then what is shown may be old. Milliseconds. */
const silence = 25_000

/** The stream begins with a word; a connection that died without one brings none. Milliseconds. */
const greeting = 10_000

/** How often a page that nobody looks at asks what changed. Milliseconds. */
const glance = 15_000

/** How often a page in sight asks that has no stream. Milliseconds. */
const asking = 3_000

/** A second that took so many milliseconds was spent asleep. */
const sleep = 5_000

/**
 * Calls `onChange(numbers)` for incidents that changed (0: something outside a room), `onState(lostSince)` with null
 * while connected. After a gap everything may have changed: then `onChange(null)`. With each beat `onChange([])`: whoever cannot fetch even
 * the board learns that then, and not only from the next change.
 *
 * Only a page in sight holds a stream, and only as many as leave the browser connections for what people do: the others ask.
 */
export function follow({ onChange, onState }) {
  let source = null
  let watchdog = null
  let lostSince = null
  let version = null
  let openings = 0
  const streaming = streams()

  const watch = (work, milliseconds) => {
    clearTimeout(watchdog)
    watchdog = setTimeout(work, milliseconds)
  }
  const alive = () => {
    watch(lost, silence)
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
    watch(open, 2_000)
    // Without the stream it is asked; and whoever is no longer signed in learns it, which the stream does not tell.
    onChange(null)
  }
  const rest = () => {
    source?.close()
    streaming.leave()
    watch(rest, glance)
    onChange(null)
  }
  const open = async () => {
    const opening = ++openings
    if (document.hidden) return rest()
    source?.close()
    watch(lost, greeting)
    const mayStream = await streaming.take()
    if (opening !== openings) return
    if (mayStream) listen()
    else ask()
  }
  const ask = () => {
    alive()
    watch(open, asking)
    onChange(null)
  }
  const listen = () => {
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
    source.addEventListener('beat', () => {
      alive()
      onChange([])
    })
    source.onerror = lost
    watch(lost, greeting)
  }
  open()
  onWaking(open)
}

/** Seen again, connected again, or opened again: a laptop that wakes up should not wait for the watchdog. */
function onWaking(work) {
  document.addEventListener('visibilitychange', work)
  addEventListener('online', work)
  let last = Date.now()
  setInterval(() => {
    const now = Date.now()
    if (now - last > 1_000 + sleep) work()
    last = now
  }, 1_000)
}
