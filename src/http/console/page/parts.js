// Small things that stand in several places: severity, clock, time, button.
import { useState } from 'preact/hooks'
import { html } from './html.js'
import { clockTime, countdown, fullTime, now, useSeconds } from './time.js'

/** Of a storm the first hundred come with the incident, and the number of the others. */
export function alertCounts({ alerts, unlistedAlerts = { firing: 0, clear: 0 } }) {
  const firing = alerts.filter((alert) => alert.status === 'firing').length + unlistedAlerts.firing
  return { firing, all: alerts.length + unlistedAlerts.firing + unlistedAlerts.clear }
}

export function Severity({ of }) {
  return html`<span class=${`severity ${of.toLowerCase()}`}>${of}</span>`
}

export function Time({ of, seconds = false }) {
  return html`<time datetime=${of} title=${fullTime(of)}>${clockTime(of, seconds)}</time>`
}

/** The clock to look at: what is overdue, else what runs out next. */
export function urgentClock(clocks) {
  const running = clocks.filter((clock) => clock.stoppedAt === null)
  return running.find((clock) => clock.status === 'breached') ?? running[0] ?? null
}

function clockState({ status, startedAt, dueAt, stoppedAt, endedItself }) {
  const left = Date.parse(dueAt) - (stoppedAt ? Date.parse(stoppedAt) : now())
  const length = Date.parse(dueAt) - Date.parse(startedAt)
  const used = length > 0 ? Math.min(1, Math.max(0, 1 - left / length)) : 1
  if (status === 'breached' || left < 0) return { tone: stoppedAt ? 'missed' : 'overdue', left, used: 1 }
  // Nobody kept what nobody had to do any more.
  if (stoppedAt) return { tone: endedItself ? 'over' : 'kept', left, used }
  return { tone: used >= 0.8 ? 'hot' : used >= 0.5 ? 'warm' : 'calm', left, used }
}

/** One line: `12:41`, or `3:12 late`. */
export function ShortClock({ clock }) {
  useSeconds()
  const { tone, left } = clockState(clock)
  const text = left < 0 ? `${countdown(-left)} late` : countdown(left)
  return html`<span class=${`short-clock ${tone}`} title=${`${clock.name} by ${clockTime(clock.dueAt)}`}>${text}</span>`
}

/** With its name, what is left, and how much is used. */
export function Clock({ clock }) {
  useSeconds()
  const { tone, left, used } = clockState(clock)
  const text = {
    overdue: `${countdown(-left)} late`,
    missed: `missed by ${countdown(-left)}`,
    kept: 'kept',
    over: 'over by itself',
  }[tone]
  return html`<div class=${`clock ${tone}`} title=${`due ${fullTime(clock.dueAt)}`}>
    <div class="clock-name">${clock.name}</div>
    <div class="clock-left">${text ?? `${countdown(left)} left`}</div>
    <div class="clock-bar"><div style=${{ width: `${Math.round(used * 100)}%` }}></div></div>
  </div>`
}

/** A button is a command somebody typed for you. */
export function CommandButton({ button, say }) {
  const [busy, setBusy] = useState(false)
  const press = async () => {
    setBusy(true)
    await say(`/${button.command}`)
    setBusy(false)
  }
  return html`<button type="button" class=${`button ${button.style ?? ''}`} disabled=${busy} title=${`/${button.command.replace(/@\w{8}(?= |$)/, '')}`}
    onClick=${press}>${button.label}</button>`
}

export function Buttons({ buttons, say }) {
  if (buttons.length === 0) return null
  return html`<div class="buttons">${buttons.map(
    (button) => html`<${CommandButton} key=${button.command} button=${button} say=${say} />`,
  )}</div>`
}

/** In words, what the colour says too. */
export function whoHas({ status, acknowledgedBy, resolvedBy }) {
  if (status === 'open') return 'Nobody has this'
  if (status === 'acknowledged') return `${acknowledgedBy} has this`
  return resolvedBy ? `Resolved by ${resolvedBy}` : 'Resolved by itself'
}
