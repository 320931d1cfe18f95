// Times as people read them at night. The bot's clock counts, not this machine's.
import { useEffect, useState } from 'preact/hooks'

let offset = 0
let zone

export function setServerTime(instant) {
  offset = Date.parse(instant) - Date.now()
}

export function setZone(name) {
  zone = name
}

export function now() {
  return Date.now() + offset
}

/** Draws the caller again every second. */
export function useSeconds() {
  const [, set] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => set((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return now()
}

export function since(instant) {
  return span(now() - Date.parse(instant))
}

/** `41 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${two(minutes % 60)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `12:41`, then as `span`. */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  return seconds < 3600 ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}` : span(seconds * 1000)
}

/** `14:02`, with the day when it is not today. In the team's zone. */
export function clockTime(instant, seconds = false) {
  const at = new Date(instant)
  const time = format(at, { hour: '2-digit', minute: '2-digit', ...(seconds && { second: '2-digit' }) })
  const day = format(at, { day: 'numeric', month: 'short' })
  return day === format(new Date(now()), { day: 'numeric', month: 'short' }) ? time : `${day} ${time}`
}

export function fullTime(instant) {
  const at = new Date(instant)
  return `${format(at, { dateStyle: 'full', timeStyle: 'long' })}\n${at.toISOString()}`
}

/** Made once: to make one takes longer than to use it a hundred times, and a board of a storm has thousands of times. */
const formats = new Map()

function format(at, options) {
  const name = JSON.stringify([options, zone])
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }))
  return formats.get(name).format(at)
}

function two(number) {
  return String(number).padStart(2, '0')
}
