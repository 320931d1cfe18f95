// The console: puts the columns together, keeps them true, and sends what is said.
import { render } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { Old, PageBanner, QuestionBanner } from './banner.js'
import { Board } from './board.js'
import { Empty } from './empty.js'
import { useFresh, whyOf } from './fresh.js'
import { html } from './html.js'
import { Room } from './room.js'
import { get, post } from './server.js'
import { setZone } from './time.js'
import { Tonight } from './tonight.js'

function placeOf(path) {
  const [, kind, name] = path.split('/')
  if (kind === 'tonight') return { tonight: true }
  if (kind === 'incidents' && name) return { incident: Number(name) }
  if (kind === 'rooms' && name) return { channel: decodeURIComponent(name) }
  return null
}

/** Kept on this machine; the bot trusts what the page says. */
function remembered(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise
  } catch {
    return otherwise
  }
}

function useRemembered(key, otherwise) {
  const [value, set] = useState(() => remembered(key, otherwise))
  const keep = (next) => {
    set(next)
    localStorage.setItem(key, JSON.stringify(next))
  }
  return [value, keep]
}

function usePlace() {
  const [place, setPlace] = useState(() => placeOf(location.pathname))
  useEffect(() => {
    const onPop = () => setPlace(placeOf(location.pathname))
    addEventListener('popstate', onPop)
    return () => removeEventListener('popstate', onPop)
  }, [])
  const open = useCallback((path) => {
    if (path !== location.pathname) history.pushState(null, '', path)
    setPlace(placeOf(path))
  }, [])
  return [place, open]
}

/** Whom a newcomer most likely acts as; in earnest, a person chooses. */
function likely({ sample, people, onCall }) {
  return sample === null && people.length > 1 ? null : (onCall[0] ?? people[0]?.key ?? null)
}

function App({ setting }) {
  const [place, open] = usePlace()
  const [stored, setAs] = useRemembered('tocsin.as', likely(setting))
  const as = setting.people.some((person) => person.key === stored) ? stored : null
  const [seen, setSeen] = useRemembered('tocsin.seen', {})
  const { state, room, old } = useFresh(place, as)
  const [reply, setReply] = useState(null)
  const actor = setting.people.find((person) => person.key === as)?.name ?? null

  const go = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    setReply(null)
    open(new URL(event.currentTarget.href).pathname)
  }
  /** Links to ourselves stand in messages, too: they need no new page. */
  const stayHere = (event) => {
    const link = event.target.closest?.('.room .prose a')
    const url = link && new URL(link.href)
    if (!url || url.origin !== location.origin || !/^\/(tonight|(incidents|rooms)\/[^/]+)$/.test(url.pathname)) return
    event.preventDefault()
    open(url.pathname)
    if (url.hash) location.hash = url.hash
  }
  // Who has acted here stays who acts here, whoever takes the pager meanwhile.
  const who = useWho({ as, setAs, people: setting.people, reply, setReply })
  const say = useSay({ who, room, setReply, acted: setAs })
  const sample = (status) =>
    post('/console/sample-alert', { status }).then(
      () => setReply(null),
      (error) => setReply(problemReply(error.message)),
    )

  useTitle(state, room)
  useFirstIncident(place, state, open)
  useSeen(room, state, seen, setSeen)
  if (state === null) return html`<p class="loading">${old?.why ?? 'Loading…'}</p>`
  const active = state.incidents.filter((incident) => incident.status !== 'resolved').length
  const back = html`<a class="back" href="/" onClick=${go} aria-label="Back to the list">‹</a>`
  const pin = usePin({ who, setReply })
  const shared = { setting, state, say, pin, reply, setReply, actor, back }
  return html`<div class=${`console ${place === null ? 'at-board' : 'at-room'}`} onClick=${stayHere}>
    <${Old} of=${old} />
    <${PageBanner} pages=${state.pages} actor=${actor} say=${say} go=${go} here=${room?.incident?.number} />
    <${QuestionBanner} questions=${state.questions} actor=${actor} say=${say} go=${go} here=${room?.incident?.number} />
    <div class="columns">
      <${Board} state=${state} setting=${setting} place=${room?.incident ? { incident: room.incident.number } : place} as=${as} setAs=${setAs}
        go=${go} sample=${sample} seen=${seen} />
      ${
        place?.tonight
          ? html`<${Tonight} setting=${setting} back=${back} />`
          : html`<${Room} key=${JSON.stringify(place)} ...${shared} place=${place} room=${room}
        empty=${html`<${Empty} setting=${setting} active=${active} sample=${sample} back=${null} />`} />`
      }
    </div></div>`
}

/**
 * Who acts. Where nobody has said so yet it is asked on the spot: on a phone the choice is on another page, and somebody who
 * was woken presses Acknowledge first. Answers null when that was closed.
 */
function useWho({ as, setAs, people, reply, setReply }) {
  const current = useRef(as)
  current.current = as
  const asked = useRef(null)
  useEffect(() => {
    if (as !== null || !reply?.choose) asked.current?.(as)
  }, [as, reply])
  return useCallback(async () => {
    if (current.current !== null) return current.current
    asked.current?.(null)
    const chosen = await new Promise((resolve) => {
      asked.current = resolve
      const question = problemReply('Whom do you act as? What you do is recorded in that name.')
      setReply({ ...question, choose: { people, done: resolve } })
    })
    if (chosen === null) return null
    setAs(chosen)
    setReply(null)
    return chosen
  }, [])
}

/** Answers whether something came of it; what the bot answers in private is shown. */
function useSay({ who, room, setReply, acted }) {
  const current = useRef({})
  current.current = { channel: room?.channel, acted }
  return useCallback(async (text) => {
    const as = await who()
    if (as === null) return false
    const { channel, acted } = current.current
    try {
      acted(as)
      const slow = () => setReply(problemReply('No answer yet. It was sent once more; it is done only once.'))
      const { reply, undone } = await post('/console/say', { as, channel: channel ?? `@${as}`, text }, slow)
      setReply(reply)
      return undone !== true
    } catch (error) {
      setReply(problemReply(error.message))
      return false
    }
  }, [])
}

/** 📌: keeps a message for the timeline. Answers whether it is done. */
function usePin({ who, setReply }) {
  return useCallback(async (message, pinned) => {
    const as = await who()
    if (as === null) return false
    try {
      await post('/console/pin', { as, message: String(message), pinned: pinned ? 'yes' : 'no' })
      return true
    } catch (error) {
      setReply(problemReply(error.message))
      return false
    }
  }, [])
}

function problemReply(title) {
  return { title, tone: 'warning', html: '', fields: [], sections: [], buttons: [], picture: null }
}

/** The tab in the browser tells what burns, too. */
function useTitle(state, room) {
  useEffect(() => {
    const called = state?.pages.length ?? 0
    const asked = state?.questions?.length ?? 0
    const about = room?.incident
      ? `${room.incident.severity} #${room.incident.number} ${room.incident.title}`
      : (room?.channel ?? 'Tocsin')
    const first = called > 0 ? `(${called}) You are paged · ` : asked > 0 ? `(${asked}) Still on it? · ` : ''
    document.title = `${first}${about}`
  }, [state, room])
}

/** With nothing chosen on a wide screen, the worst that burns is what one came for. */
function useFirstIncident(place, state, open) {
  const worst = state?.incidents.find((incident) => incident.status !== 'resolved')
  useEffect(() => {
    if (place === null && worst !== undefined && matchMedia('(min-width: 900px)').matches)
      open(`/incidents/${worst.number}`)
  }, [place === null, worst?.number])
}

function useSeen(room, state, seen, setSeen) {
  const channel = room?.channel
  const last = state?.channels.find((one) => one.channel === channel)?.lastPostAt
  useEffect(() => {
    if (channel && last && last > (seen[channel] ?? '')) setSeen({ ...seen, [channel]: last })
  }, [channel, last])
}

async function start() {
  const box = document.getElementById('app')
  try {
    const setting = await get('/console/setting')
    setZone(setting.zone)
    render(html`<${App} setting=${setting} />`, box)
  } catch (error) {
    render(html`<p class="loading" role="alert">${whyOf(error)}. Trying again.</p>`, box)
    setTimeout(start, 2_000)
  }
}

start()
