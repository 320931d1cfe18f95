// The text of a calendar as RFC 5545 has it: lines unfolded and taken apart, each event with its own, each time zone as it stands.

export type Property = { name: string; params: Record<string, string>; value: string }

export type Content = {
  /** Of each event in the file, in order; what its alarms say is not among it. */
  events: Property[][]
  /** Definitions of time zones by their TZID. */
  zones: Map<string, Property[][]>
}

/** Any end of line will do, and several calendars in one text are one. Lines that are none are passed over. */
export function readContent(text: string): Content {
  const content: Content = { events: [], zones: new Map() }
  const open: { kind: string; properties: Property[]; inner: Property[][] }[] = []
  for (const line of unfolded(text)) {
    const property = readLine(line)
    if (property === null) continue
    const kind = property.value.trim().toUpperCase()
    if (property.name === 'BEGIN') {
      open.push({ kind, properties: [], inner: [] })
    } else if (property.name === 'END') {
      const closed = open.pop()
      if (closed === undefined) continue
      if (closed.kind === 'VEVENT') content.events.push(closed.properties)
      else if (closed.kind === 'VTIMEZONE') keepZone(content, closed)
      else open.at(-1)?.inner.push(closed.properties)
    } else open.at(-1)?.properties.push(property)
  }
  return content
}

function keepZone({ zones }: Content, { properties, inner }: { properties: Property[]; inner: Property[][] }): void {
  const id = properties.find(({ name }) => name === 'TZID')?.value.trim()
  if (id !== undefined && !zones.has(id)) zones.set(id, inner)
}

function unfolded(text: string): string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]/g, '')
    .split('\n')
}

/** A zone whose name has a colon, and which Outlook and Exchange put into no quotes. */
const unquoted = /^((?:DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)[^:"]*?;TZID=)([^";]*):([^":;]*)$/i

/** `NAME;PARAM="a:b":value`. Null for what is no such line. */
function readLine(written: string): Property | null {
  const line = written.replace(unquoted, '$1"$2":$3')
  const [name] = /^[A-Za-z0-9-]+(?=[;:])/.exec(line) ?? []
  if (name === undefined) return null
  const params: Record<string, string> = {}
  const param = /;([^=;:"]+)=("[^"]*"(?:,"[^"]*")*|[^;:"]*)/y
  let at = name.length
  while (at < line.length) {
    param.lastIndex = at
    const [, key, value] = param.exec(line) ?? []
    if (key !== undefined && value !== undefined) {
      params[key.toUpperCase()] = value.replace(/^"([^"]*)"$/, '$1')
      at = param.lastIndex
    } else if (line[at] === ':' || isTime.test(name)) break
    else {
      // What is no parameter (`CN=Ada "Ace" Lovelace`, `;;`) is passed over, and not the line, nor whether they declined behind it: an
      // event without its attendees would be its organizer's. A time may be another without it, and is left to be refused.
      const rest = line.slice(at + 1).search(/[;:]/)
      if (rest < 0) return null
      at += 1 + rest
    }
  }
  return at < line.length || isTime.test(name)
    ? { name: name.toUpperCase(), params, value: line.slice(line[at] === ':' ? at + 1 : at) }
    : null
}

const isTime = /^(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)$/i

/** A text as it is meant: `\,` is a comma. */
export function unescaped(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, escaped: string) => (/n/i.test(escaped) ? '\n' : escaped))
}
