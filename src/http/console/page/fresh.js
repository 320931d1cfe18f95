// The board and the room, fetched again whenever the bot says that they changed, and the truth about whether they are what the
// bot knows.
import { useEffect, useRef, useState } from 'preact/hooks'
import { follow } from './live.js'
import { get } from './server.js'
import { setServerTime } from './time.js'

/** Milliseconds until what could not be fetched is asked for again. */
const pause = 2_000

/** `old`: null, or `{ since, why }` while what is shown may not be true any more. `room.problem`: there is no such room. */
export function useFresh(place, as) {
  const [state, setState] = useState(null)
  const [room, setRoom] = useState(null)
  const [lost, setLost] = useState(null)
  const [failed, setFailed] = useState(null)
  const shown = useRef({})
  shown.current = { place, as, room }

  const isNews = useRef(newest()).current
  const fetchBoard = async () => {
    const asked = shown.current.as
    const isNewest = isNews('board')
    const found = await get('/console/state', { as: asked })
    setServerTime(found.now)
    // Somebody else may act by now, who has other pages.
    if (shown.current.as === asked && isNewest()) setState(found)
  }
  const fetchRoom = async () => {
    const asked = shown.current.place
    if (asked === null || asked.tonight) return setRoom(null)
    const isNewest = isNews('room')
    const found = await get('/console/room', asked).catch((error) => {
      if (!isRefusal(error)) throw error
      return { problem: error.message, messages: [], incident: null }
    })
    // Somebody may have gone elsewhere meanwhile.
    if (shown.current.place === asked && isNewest()) setRoom({ problem: null, ...found, place: asked })
  }
  const fetched = async (numbers) => {
    const { room, place } = shown.current
    const isMissing = room?.place !== place || room.problem !== null
    const concerns = isMissing || numbers === null || numbers.includes(0) || numbers.includes(room.incident?.number)
    try {
      await Promise.all([fetchBoard(), concerns ? fetchRoom() : null])
      setFailed(null)
      return true
    } catch (error) {
      setFailed((failed) => failed ?? { since: Date.now(), why: whyOf(error) })
      return false
    }
  }
  const [again] = useState(() => gathered(fetched))

  useEffect(() => {
    setRoom((room) => (room?.place === place ? room : null))
    fetchRoom().catch(() => again([]))
  }, [place])
  useEffect(() => void fetchBoard().catch(() => again([])), [as])
  useEffect(() => follow({ onChange: again, onState: setLost }), [])
  return { state, room, old: lost === null ? failed : { since: lost, why: 'Connection lost' } }
}

/** It was answered, and will be answered the same way: there is no such incident. */
function isRefusal({ status }) {
  return status >= 400 && status < 500 && status !== 401
}

/** Why nothing can be fetched. What a person could do about it is done by itself. */
export function whyOf({ status }) {
  if (status === undefined) return 'The bot cannot be reached'
  return status === 503 ? 'The bot has no database' : 'The bot cannot say what is new'
}

/** Of two that were asked for, the later may be answered first: then the other is no news any more. */
function newest() {
  const shown = {}
  let asked = 0
  return (what) => {
    const turn = ++asked
    return () => {
      if (turn < (shown[what] ?? 0)) return false
      shown[what] = turn
      return true
    }
  }
}

/** One fetch at a time: what changes meanwhile is fetched together afterwards, and what failed is once more. */
function gathered(work) {
  let running = false
  let waiting
  const again = async (numbers) => {
    if (running) {
      waiting = waiting === undefined ? numbers : waiting === null || numbers === null ? null : [...waiting, ...numbers]
      return
    }
    running = true
    const isDone = await work(numbers)
    if (!isDone) {
      waiting = null
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    running = false
    const next = waiting
    waiting = undefined
    if (next !== undefined) again(next)
  }
  return again
}
