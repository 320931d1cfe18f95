// /incident action: what is to be done so that it does not happen again; and what became of it, also long after the end.
import { type Command, type CommandContext, privately } from '../../src/chat/command.ts'
import { type ActionChange, dueDay, readAction } from '../../src/core/action.ts'
import type { FactKind } from '../../src/core/timeline.ts'
import { UserError } from '../../src/errors.ts'
import { addActionItem, changeActionItem } from '../../src/flow/actions.ts'
import { incidentArg, latestEntry, viewOf } from '../reply.ts'

const longest = 500

export const action: Command = {
  name: 'incident action',
  summary:
    'Add an action item (… @owner by friday), or change one: done, reopen, drop, assign, due or reword, and its number',
  args: [incidentArg, { name: 'action', kind: 'text', required: true, help: 'what is to be done, or e.g. “done 3”' }],
  example: '/incident action Alert on queue length @ada by friday',
  async run(context) {
    const { number, text } = meant(context)
    const asked = change.exec(text)
    if (asked === null) return add(context, number, text)
    const [, verb = '', item = '', rest = ''] = asked
    const { terms } = (await viewOf(context, number)).incident
    const wanted = changeOf(context, verb.toLowerCase(), rest.trim(), terms.zone)
    const { action, isNews } = await changeActionItem(context.bot, number, Number(item), wanted, context.actor.id)
    if (!isNews)
      return privately({ title: `Action item ${action.item} of incident ${number} is so already.`, tone: 'info' })
    return latestEntry(context, number, kinds[wanted.status ?? 'changed'])
  },
}

const change = /^(done|reopen|drop|assign|due|reword)\s+#?(\d{1,6})(?:\s+(.*))?$/is

/** In a room its own number may be said all the same, as our hints do; another one where an item of that is changed. */
function meant(context: CommandContext): { number: number; text: string } {
  const number = context.incident()
  const text = String(context.args.action).trim()
  const [, said = '', rest = ''] = /^(\d{1,9})\s+(\S.*)$/s.exec(text) ?? []
  const isIncident = context.args.incident === undefined && said !== ''
  return isIncident && (Number(said) === number || change.test(rest))
    ? { number: Number(said), text: rest }
    : { number, text }
}

const kinds: Record<'open' | 'done' | 'dropped' | 'changed', FactKind> = {
  open: 'action_reopened',
  done: 'action_done',
  dropped: 'action_dropped',
  changed: 'action_changed',
}

async function add(context: CommandContext, number: number, typed: string) {
  const { terms } = (await viewOf(context, number)).incident
  const { text, owner, due, strangers } = readAction(typed, {
    zone: terms.zone,
    now: context.now,
    personOf: context.person,
  })
  const [stranger] = strangers
  if (stranger !== undefined) throw new UserError(unknown(context, stranger))
  const noDay = due === null ? meantAsDay(text, context.person) : null
  if (noDay !== null) throw new UserError(notADay(noDay, '… by friday'))
  checkText(text)
  await addActionItem(context.bot, number, { text, owner, due }, context.actor.id)
  return latestEntry(context, number, 'action_added')
}

function changeOf(context: CommandContext, verb: string, rest: string, zone: string): ActionChange {
  switch (verb) {
    case 'assign': {
      if (/^(nobody|none)$/i.test(rest)) return { owner: null }
      if (rest === '') throw new UserError('To whom? For example: /incident action assign 3 @ada, or assign 3 nobody.')
      const owner = context.person(rest)
      if (owner === null) throw new UserError(unknown(context, rest))
      return { owner }
    }
    case 'due': {
      if (/^(never|none)$/i.test(rest)) return { due: null }
      const due = dueDay(rest.replace(/^by\s+/i, ''), zone, context.now)
      if (due === null) throw new UserError(notADay(rest, 'due 3 friday'))
      return { due }
    }
    case 'reword':
      checkText(rest)
      return { text: rest }
    default:
      if (rest !== '')
        throw new UserError(`I do not know what “${rest}” is for. It goes like this: /incident action ${verb} 3`)
      return { status: verb === 'done' ? 'done' : verb === 'drop' ? 'dropped' : 'open' }
  }
}

/** What stands behind “by” at the end and was meant as a day, by its looks or because it stands behind whoever is to do it. */
function meantAsDay(text: string, personOf: CommandContext['person']): string | null {
  const [, before = '', said] = /^(.*?)(?<=^|\s)by\s+(\S+(?:\s+\S+){0,2})$/is.exec(text) ?? []
  if (said === undefined) return null
  const owner = /(?:^|\s)(<@[^>\s]+>|@[^\s@]+)\s*$/.exec(before)?.[1]
  const isDated = past.test(said) || /^\d{2,4}[-./]\d{1,2}[-./]\d{1,4}$/.test(said)
  return isDated || (owner !== undefined && personOf(owner) !== null) ? said : null
}

const past =
  /^(?:yesterday|last\s+(?:week(?:end)?|month|quarter|year|sprint|night|(?:mon|tues|wednes|thurs|fri|satur|sun)day))$/i

function notADay(said: string, example: string): string {
  const never = example.startsWith('due') ? ', 2w or never' : ' or 2w'
  return `“${said}” is ${past.test(said) ? 'over' : 'not a day'}. Write 2026-03-20, friday, tomorrow${never}, e.g. ${example}.`
}

function checkText(text: string): void {
  if (text === '')
    throw new UserError('What is to be done? For example: /incident action Alert on queue length @ada by friday')
  if (text.length > longest)
    throw new UserError(`An action item has ${longest} characters at most; this has ${text.length}.`)
}

function unknown({ bot }: CommandContext, who: string): string {
  return `I know nobody called “${who}”. I know: ${Object.keys(bot.config.people).join(', ')}.`
}
