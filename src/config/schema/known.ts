// What one part of the document may refer to in another: looked up while reading, so that a name that does not exist is
// reported together with everything else, at its own line.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Target } from '../../core/policy.ts'
import { channelRecipient } from '../../core/recipient.ts'
import { type Notation, Wrong } from '../notation.ts'
import { hint } from '../suggest.ts'
import type { Raw } from '../tree.ts'
import { type OwnTemplates, ownTemplates } from './postmortems.ts'

export type Known = {
  people: string[]
  schedules: string[]
  groups: string[]
  policies: string[]
  webhooks: string[]
  /** Kinds of sources that have a parser. */
  kinds: string[]
  /** Kinds of sources of changes. */
  changeKinds: string[]
  postmortems: OwnTemplates
  /** Relative paths start here. */
  folder: string
}

/** The names as they stand in the file, whether or not what is under them is right. */
export function knownIn(root: Raw, formats: Pick<Known, 'kinds' | 'changeKinds'>, folder: string): Known {
  const under = (key: string): string[] => {
    const part = root !== null && typeof root === 'object' && !Array.isArray(root) ? root[key] : null
    return part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.keys(part) : []
  }
  return {
    people: under('people'),
    schedules: under('schedules'),
    groups: under('groups'),
    policies: under('policies'),
    webhooks: under('webhooks'),
    ...formats,
    postmortems: ownTemplates(root, folder),
    folder,
  }
}

export function nameIn(what: string, where: string, known: string[], example: string): Notation<string> {
  return {
    what: `${what} in ${where}`,
    short: `name of ${what}`,
    example,
    read(text) {
      const name = text.trim()
      return known.includes(name) ? name : new Wrong(`is not in ${where}; ${hint(name, known) || `${where} has none`}`)
    },
  }
}

export function person(known: Known): Notation<string> {
  return nameIn('a person', 'people', known.people, 'ada')
}

/** What a step of a written policy may name: one of the engine's targets, or another policy to take its steps from. */
export type WrittenTarget = Target | { policy: string }

type TargetKind = {
  where: string
  names: (known: Known) => string[]
  make: (name: string) => WrittenTarget
  /** For what has no names in the file: null when it cannot be read. */
  read?: (name: string) => WrittenTarget | null
}

/** Every kind of target, by the word before the colon. */
const targetKinds: Record<string, TargetKind> = {
  schedule: { where: 'schedules', names: (known) => known.schedules, make: (schedule) => ({ schedule }) },
  person: { where: 'people', names: (known) => known.people, make: (person) => ({ person }) },
  group: { where: 'groups', names: (known) => known.groups, make: (group) => ({ group }) },
  policy: { where: 'policies', names: (known) => known.policies, make: (policy) => ({ policy }) },
  webhook: { where: 'webhooks', names: (known) => known.webhooks, make: (webhook) => ({ webhook }) },
  channel: { where: 'the chats', names: () => [], make: (channel) => ({ channel }), read: chatChannel },
}

/** `#sre` on the first platform, `slack#sre` on that one; the `#` may be left out. */
function chatChannel(name: string): WrittenTarget | null {
  const match = /^(?:(slack|discord|console)#|#)?([^\s#]+)$/.exec(name)
  return match?.[2] === undefined ? null : { channel: channelRecipient(match[1] ?? null, match[2]) }
}

const targetExample = 'schedule:primary or person:ada'

/** `schedule:primary`, `person:ada`, `group:sre`, `policy:managers`, `channel:#sre` or `webhook:pagerduty`. */
export function target(known: Known): Notation<WrittenTarget> {
  const all = Object.entries(targetKinds).flatMap(([kind, { names }]) => names(known).map((name) => `${kind}:${name}`))
  return {
    what: 'whom to page',
    short: 'target',
    example: targetExample,
    read(text) {
      const match = /^([a-z]+):\s*(.+)$/.exec(text.trim())
      const kind = match?.[1] !== undefined && Object.hasOwn(targetKinds, match[1]) ? targetKinds[match[1]] : undefined
      const name = match?.[2] ?? ''
      if (kind?.read !== undefined)
        return kind.read(name) ?? new Wrong('is not a channel', 'channel:#sre or channel:slack#sre')
      if (kind !== undefined) {
        const names = kind.names(known)
        if (names.includes(name)) return kind.make(name)
        return new Wrong(`is not in ${kind.where}; ${hint(name, names) || `${kind.where} has none`}`)
      }
      const meant = all.find((a) => a.endsWith(`:${text.trim()}`))
      return meant
        ? new Wrong(`does not say what it is; did you mean ${meant}?`)
        : new Wrong('names nobody to page', targetExample)
    },
  }
}

/** A file or folder that exists, absolute. What follows a `#` is kept: it names a section. */
export function existing(known: Pick<Known, 'folder'>, what: string, example: string): Notation<string> {
  return {
    what,
    example,
    read(text) {
      const path = resolve(known.folder, text.trim())
      return existsSync(path.replace(/#.*$/, '')) ? path : new Wrong(`does not exist in ${known.folder}`)
    },
  }
}

/** The address of a calendar (`webcal://` is https), or a file of one, absolute. */
export function calendarAddress(known: Pick<Known, 'folder'>): Notation<string> {
  const file = existing(known, 'a calendar', 'oncall.ics')
  return {
    what: 'the address or file of a calendar',
    example: 'https://calendar.example.org/oncall.ics or oncall.ics',
    // Such an address often is the password to the calendar.
    secret: true,
    read(text) {
      const written = text.trim().replace(/^webcals?:\/\//i, 'https://')
      if (/^https?:\/\//i.test(written))
        return URL.canParse(written) ? written : new Wrong('is no address that can be asked', this.example)
      const path = file.read(written)
      return path instanceof Wrong ? new Wrong(`is neither an address (https://…) nor a file in ${known.folder}`) : path
    },
  }
}
