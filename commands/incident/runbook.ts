// /incident runbook: the runbook's steps, for whoever asks; with a name, another runbook for the incident.
import { type Command, type CommandContext, privately } from '../../src/chat/command.ts'
import { UserError } from '../../src/errors.ts'
import { chooseRunbook, runbookInForce } from '../../src/flow/runbooks.ts'
import { replaceMessage, runbookMessage } from '../../src/messages/runbook.ts'
import { calledSo, nameIn } from '../../src/runbooks/named.ts'
import type { Runbook } from '../../src/runbooks/runbook.ts'
import { done, incidentArg, viewOf } from '../reply.ts'

export const runbook: Command = {
  name: 'incident runbook',
  summary: 'Show the runbook and what is done of it, or choose another',
  args: [
    incidentArg,
    { name: 'name', kind: 'text', required: false, help: 'the runbook to use instead: its title, or a part of it' },
    {
      name: 'anyway',
      kind: 'switch',
      required: false,
      flag: true,
      byButton: true,
      help: 'also when steps of the one before are done',
    },
  ],
  example: '/incident runbook 12 disk-full',
  async run(context) {
    const name = String(context.args.name ?? '').trim()
    // In a room a bare number before a text is the beginning of the text; alone it is the incident.
    if (/^\d{1,9}$/.test(name) && context.args.incident === undefined) return show(context, Number(name))
    const number = context.incident()
    if (name === '') return show(context, number)
    const view = await viewOf(context, number)
    const chosen = meant(context.bot.runbooks, name)
    const touched = await chooseRunbook(context.bot, number, {
      runbook: chosen,
      instead: runbookInForce(view.timeline),
      by: context.actor.id,
      anyway: context.args.anyway !== undefined,
    })
    if (touched === 0) return done(context, number)
    const about = { incident: view.incident, touched, title: chosen.title, name: nameIn(context.bot.runbooks, chosen) }
    return privately(replaceMessage(context.bot, about))
  },
}

async function show(context: CommandContext, number: number) {
  const view = await viewOf(context, number)
  if (view.runbook.length > 0) return privately(runbookMessage(context.bot, view))
  const some = context.bot.runbooks.slice(0, 5).map((one) => nameIn(context.bot.runbooks, one))
  const choose =
    some.length === 0
      ? ''
      : ` Or choose one: /incident runbook ${number} ${some[0]} (there are: ${list(some, context.bot.runbooks.length)}).`
  throw new UserError(
    `No runbook matched incident ${number}. A Markdown file under runbooks: that names the alert under “Symptoms” would.${choose}`,
  )
}

function meant(runbooks: Runbook[], name: string): Runbook {
  const found = calledSo(runbooks, name)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const names = (found.length > 0 ? found : runbooks).map((one) => nameIn(runbooks, one))
  if (names.length === 0)
    throw new UserError(
      'There are no runbooks: put Markdown files into the folder that runbooks: names in tocsin.yaml.',
    )
  const which = list(names.slice(0, 8), names.length)
  throw new UserError(
    found.length > 0
      ? `“${name}” may mean several runbooks. Say which: ${which}.`
      : `No runbook is called “${name}”. There are: ${which}.`,
  )
}

function list(names: string[], all: number): string {
  return `${names.join(', ')}${all > names.length ? ` and ${all - names.length} more` : ''}`
}
