// The middle and the right: one room or channel with everything in it.
import { useEffect, useState } from 'preact/hooks'
import { Card } from './card.js'
import { Details, Tabs, tabsOf } from './details.js'
import { Feed } from './feed.js'
import { html } from './html.js'
import { useNarrow } from './narrow.js'
import { Say } from './say.js'
import { get } from './server.js'

export function Room({ place, room, empty, setting, state, say, pin, reply, setReply, actor, back }) {
  const [tab, setTab] = useState(() => tabOfHash())
  useEffect(() => {
    const onHash = () => setTab((tab) => tabOfHash() ?? tab)
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [])
  const [earlier, setEarlier] = useState({ messages: [], from: undefined, problem: null })
  const isNarrow = useNarrow()
  const box = html`<${Say} setting=${setting} state=${state} reply=${reply} setReply=${setReply} say=${say}
    channel=${room?.channel} actingAs=${actor} />`
  if (place === null) return html`<div class="room bare">${empty}${box}</div>`
  if (room === null) return html`<div class="room bare"><p class="loading">Loading…</p></div>`
  if (room.problem)
    return html`<div class="room bare"><main class="empty">${back}<h1>${room.problem}</h1><p><a href="/">Back to the list</a></p></main></div>`

  const { incident, channel } = room
  const owner = ownerOf(channel, setting)
  const from = earlier.from === undefined ? room.earlier : earlier.from
  const showEarlier = async () => {
    try {
      const found = await get('/console/room', { ...place, before: from })
      setEarlier({ messages: [...found.messages, ...earlier.messages], from: found.earlier, problem: null })
    } catch (error) {
      setEarlier({ ...earlier, problem: error.message })
    }
  }
  const known = new Set(room.messages.map((message) => message.id))
  const messages = [...earlier.messages.filter((message) => !known.has(message.id)), ...room.messages]
  const feed = html`<${Feed} messages=${messages.filter((message) => !isCard(message, incident))} earlier=${from}
    showEarlier=${showEarlier} problem=${earlier.problem} say=${say} pin=${pin} openTab=${setTab} hasCard=${incident !== null} empty=${emptyText(channel, owner)} />`
  if (incident === null) {
    return html`<div class="room channel-only"><header class="channel-head">${back}<h1>${owner ? `Pages to ${owner}` : `# ${channel}`}</h1></header>${feed}${box}</div>`
  }
  const tabs = tabsOf(incident)
  // What these two commands answer in private is already here, as a tab.
  const sayOrShow = (text) => {
    const asked = /^\/(?:incident )?(runbook|postmortem) \d+$/.exec(text)?.[1]
    return asked && tabs.some((one) => one.key === asked) ? setTab(asked) : say(text)
  }
  const wide = (tabs.find((one) => one.key === tab) ?? firstTab(incident, tabs)).key
  const isRoom = tab === null || tab === 'room'
  return html`<div class=${`room ${isRoom ? 'tab-room' : 'tab-details'}`} data-incident=${incident.number}>
    <${Card} incident=${incident} say=${sayOrShow} back=${back} />
    <${Tabs} tabs=${tabs} shown=${isNarrow && isRoom ? 'room' : wide} setTab=${setTab} />
    ${feed}<${Details} incident=${incident} tab=${wide} say=${say} />${box}
  </div>`
}

/** A citation leads to an entry of the timeline. */
function tabOfHash() {
  return location.hash.startsWith('#entry-') ? 'timeline' : null
}

/** While it burns the runbook, afterwards what was learned. */
function firstTab(incident, tabs) {
  return (incident.status === 'resolved' && tabs.find((one) => one.key === 'postmortem')) || tabs[0]
}

/** The head of the room shows the card, live: it is not said twice. */
function isCard(message, incident) {
  return incident !== null && message.key === `inc-${incident.number}/card`
}

/** Whose pages a channel holds; null for a channel that belongs to all. */
function ownerOf(channel, { people }) {
  if (!channel?.startsWith('@')) return null
  return people.find((person) => `@${person.key}` === channel)?.name ?? channel
}

function emptyText(channel, owner) {
  if (channel === null) return 'This incident has no room: its severity is only recorded, or its room is being opened.'
  return owner ? `${owner} has not been paged.` : 'Nothing has been said here yet.'
}
