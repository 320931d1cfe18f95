// What every message is made with: the team's configuration and its templates. No clock, no database, no platform.
import type { Config } from '../config/config.ts'
import type { Button } from '../core/message.ts'
import type { AlertVerdict } from '../core/verdict.ts'
import type { Templates } from '../templates.ts'

/** A bot will do. */
export type Words = {
  config: Pick<Config, 'team' | 'zone' | 'people' | 'groups' | 'schedules' | 'server' | 'digest'>
  templates: Templates
}

/** What templates need for names and times, whatever they are about. */
export type Setting = { now: Date; zone: string; people: Words['config']['people']; team: string }

export function setting(words: Words, zone: string, now: Date): Setting {
  return { now, zone, people: words.config.people, team: words.config.team }
}

/** Labels of buttons, from templates/messages/buttons.md, so that a team can have them in its own language. */
export type ButtonLabel =
  | 'acknowledge'
  | 'renew'
  | 'takeover'
  | 'coming'
  | 'escalate'
  | 'runbook'
  | 'resolve'
  | 'reopen'
  | 'postmortem'
  | 'done'
  | 'nextWeek'
  | 'anyway'
  | 'skip'
  | 'why'
  | 'accept'
  | 'decline'
  | 'withdraw'
  | 'take'
  | 'have'
  | 'unsilence'
  | 'gather'
  | 'run'
  | 'again'
  | 'wait'
  | 'mine'
  | 'helped'
  | 'replace'
  | AlertVerdict

export function button(words: Words, label: ButtonLabel, command: string, style?: Button['style']): Button {
  const text = labelsOf(words.templates).get(label) ?? label
  return style === undefined ? { label: text, command } : { label: text, command, style }
}

/** There are several on every message, and they are the same as long as the templates are. */
function labelsOf(templates: Templates): Map<string, string> {
  const known = labels.get(templates)
  if (known !== undefined) return known
  const { fields } = templates.message('messages/buttons', {})
  const read = new Map(fields.map(({ label, value }) => [label, value]))
  labels.set(templates, read)
  return read
}

const labels = new WeakMap<Templates, Map<string, string>>()
