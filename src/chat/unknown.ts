// What is answered to words that are no command: the one that was probably meant, or what does here what they do elsewhere.
import { nearest } from '../config/suggest.ts'
import type { Command } from './command.ts'

const snooze =
  'Nothing is snoozed here. /incident ack says that you have it, and you are asked later whether you still do; /incident silence 2h keeps its alerts quiet in Alertmanager.'
const assign =
  'To have somebody else take it: /incident page @name calls them, and their /incident ack --take-over makes it theirs. /incident lead @name gives the lead.'

/** Words of other products, typed from habit at three in the morning. */
const elsewhere = new Map(Object.entries({ snooze, mute: snooze, assign, reassign: assign, handover: assign }))

/** @param text what was said, without its slash. */
export function unknownCommand(text: string, commands: readonly Command[]): string {
  const words = text.trim().split(/\s+/)
  const verb = (words[0] === 'incident' ? words[1] : words[0])?.toLowerCase() ?? ''
  const not = `I do not know “/${text.trim()}”.`
  const habit = elsewhere.get(verb)
  if (habit !== undefined) return `${not} ${habit}`
  const meant = likely(words, commands)
  return `${not} ${meant === null ? '' : `Did you mean /${meant}? `}/incident help shows what you can say.`
}

/** `incident aknowledge 12`: by its second word, among those that begin with the first. */
function likely([first = '', second = '']: string[], commands: readonly Command[]): string | null {
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  const below = names
    .filter((name) => name.startsWith(`${first.toLowerCase()} `))
    .map((name) => name.split(' ')[1] ?? '')
  if (below.length === 0)
    return nearest(
      first,
      names.map((name) => name.split(' ')[0] ?? ''),
    )
  const found = nearest(second, below)
  return found === null ? null : `${first.toLowerCase()} ${found}`
}
