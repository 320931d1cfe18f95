// /incident step: what the buttons of a runbook say, and all else one can do with a step of it.
import { nameOf } from '../../src/bot.ts'
import { type Command, type CommandContext, privately } from '../../src/chat/command.ts'
import type { Reply } from '../../src/chat/platform.ts'
import { longestTimer, type StepAct, shortestTimer } from '../../src/core/runbook-step.ts'
import { UserError } from '../../src/errors.ts'
import { askStep } from '../../src/flow/step-queries.ts'
import { type StepMeant, workOnStep } from '../../src/flow/steps.ts'
import { done, incidentArg } from '../reply.ts'

export const step: Command = {
  name: 'incident step',
  summary: 'Work on a step of the runbook: done, skip, undo, assign, note, timer, run or helped',
  args: [
    incidentArg,
    { name: 'step', kind: 'number', required: true, help: 'the number of the step' },
    {
      name: 'what',
      kind: 'text',
      required: true,
      help: 'done; skip and why; undo; assign @ada or nobody; note and a text; timer 10m or off; run; helped',
    },
    {
      name: 'runbook',
      kind: 'word',
      required: false,
      flag: true,
      byButton: true,
      help: 'which runbook it is a step of',
    },
  ],
  example: '/incident step 12 3 done',
  async run(context) {
    const { bot, args, actor } = context
    const number = context.incident()
    const meant: StepMeant = { step: Number(args.step), mark: args.runbook === undefined ? null : String(args.runbook) }
    const [verb = '', ...others] = String(args.what).trim().split(/\s+/)
    const rest = String(args.what).trim().slice(verb.length).trim()
    if (verb.toLowerCase() === 'run' && others.length === 0) return run(context, number, meant)
    const outcome = await workOnStep(bot, number, meant, actOf(context, verb.toLowerCase(), rest), actor.id)
    if (!('unchanged' in outcome)) return done(context, number)
    const who = outcome.by === null ? '' : ` (${nameOf(bot, outcome.by)})`
    return privately({ title: `Step ${meant.step} is ${outcome.unchanged} already${who}.`, tone: 'info' })
  },
}

async function run(context: CommandContext, number: number, meant: StepMeant): Promise<Reply | null> {
  const queries = await askStep(context.bot, number, meant, context.actor.id)
  const what = queries === 1 ? 'The query' : `${queries} queries`
  return privately({
    title: `${what} of step ${meant.step} will be asked now; what comes of it is said in the room.`,
    tone: 'info',
  })
}

/** Characters of a note or a reason. */
const longest = 1_000

function actOf(context: CommandContext, verb: string, rest: string): StepAct {
  switch (verb) {
    case 'done':
      return alone(rest, verb, { do: 'finish' })
    case 'skip':
    case 'skipped':
      return { do: 'skip', reason: rest === '' ? null : bounded(rest) }
    case 'undo':
    case 'reopen':
      return alone(rest, verb, { do: 'reopen' })
    case 'assign':
      return { do: 'assign', person: personIn(context, rest) }
    case 'note':
      if (rest === '') throw new UserError('What is the note? For example: /incident step 3 note pods restart slowly')
      return { do: 'note', note: bounded(rest) }
    case 'timer':
    case 'wait':
      if (/^(off|stop|none)$/i.test(rest)) return { do: 'stop timer' }
      return { do: 'start timer', length: lengthIn(rest) }
    case 'helped':
      return alone(rest, verb, { do: 'helped' })
    default:
      throw new UserError(
        `“${verb}” is nothing one can do with a step. It is done, skip, undo, assign, note, timer, run or helped. For example: /incident step 12 3 done`,
      )
  }
}

function alone(rest: string, verb: string, act: StepAct): StepAct {
  if (rest === '') return act
  throw new UserError(
    `I do not know what “${rest}” is for. It goes like this: /incident step 3 ${verb}; words about it are a note: /incident step 3 note ${rest.slice(0, 60)}`,
  )
}

function bounded(text: string): string {
  if (text.length <= longest) return text
  throw new UserError(`Words about a step have ${longest} characters at most; these have ${text.length}.`)
}

function personIn({ person, bot }: CommandContext, who: string): string | null {
  if (/^(nobody|none)$/i.test(who)) return null
  if (who === '') throw new UserError('To whom? For example: /incident step 3 assign @ada, or assign nobody.')
  const found = person(who)
  if (found !== null) return found
  throw new UserError(`I know nobody called “${who}”. I know: ${Object.keys(bot.config.people).join(', ')}.`)
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 }

function lengthIn(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})\s*(s|m|h)(?:ec|in|r)?s?$/i.exec(text) ?? []
  const length = Number(count) * (units[unit.toLowerCase()] ?? Number.NaN)
  if (length >= shortestTimer && length <= longestTimer) return length
  throw new UserError(
    `“${text}” is no time to wait. Write 10m, 90s or 2h (10s to 24h), or off: /incident step 3 timer 10m`,
  )
}
