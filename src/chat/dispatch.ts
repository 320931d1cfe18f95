// What was said to the bot, on whichever platform, becomes one run of one command. A button is a command someone typed
// for you, and takes the same way.
import { randomUUID } from 'node:crypto'
import { commands } from '../../commands/index.ts'
import { authorOf, type Bot } from '../bot.ts'
import { type ButtonIncident, fromButton } from '../core/button-mark.ts'
import { UserError } from '../errors.ts'
import { legible } from '../invisible.ts'
import { answers } from '../store/figures.ts'
import { incidentNumbered } from '../store/incidents.ts'
import { incidentOfRoom } from '../store/rooms.ts'
import { type Known, parseArguments, usage } from './arguments.ts'
import { type Actor, type Command, type CommandContext, privately } from './command.ts'
import type { Dispatch, Reply, Utterance } from './platform.ts'
import { unknownCommand } from './unknown.ts'

const away =
  'The database does not answer, so nothing can be done now. Try once more in a moment; pages that fall due meanwhile go out as soon as it is back.'

/** What was written just before may stand, although its answer never came. */
const cutOff =
  'The database went away in the middle of this: it may be done, or not. Look before you say it again; pages that fall due meanwhile go out as soon as it is back.'

export function makeDispatch(bot: Bot): Dispatch {
  return async (said) => {
    // Slack and Discord hand on whatever was pasted: control characters, and what turns the direction of writing.
    const utterance = { ...said, text: legible(said.text), accountName: legible(said.accountName) }
    let isBegun = false
    try {
      return await run(bot, utterance, () => {
        isBegun = true
      })
    } catch (error) {
      if (error instanceof UserError) return complaint(error.message)
      const reference = randomUUID().slice(0, 8)
      bot.log.error({ err: error, reference, platform: utterance.platform, text: utterance.text }, 'a command failed')
      const isAway = await answers(bot.db).then(
        () => false,
        () => true,
      )
      if (isAway) return complaint(isBegun ? cutOff : away)
      const [what, next] = isBegun
        ? ['That went wrong in the middle: it may be done, or not. It', 'Look before you say it again']
        : ['That did not work, and it', 'Try once more']
      return complaint(
        `${what} is not your fault. ${next}, or use the console at ${bot.config.server.publicUrl}. The log has it as ${reference}.`,
      )
    }
  }
}

/** The command that a line begins with, and the rest of the line. */
export function findCommand(text: string): { command: Command; rest: string } | null {
  const line = text.trim().replace(/^\//, '')
  let best: { command: Command; rest: string; length: number } | null = null
  for (const command of commands) {
    for (const name of [command.name, ...(command.aliases ?? [])]) {
      const fits = line.toLowerCase() === name || line.toLowerCase().startsWith(`${name} `)
      if (fits && name.length > (best?.length ?? -1))
        best = { command, rest: line.slice(name.length).trim(), length: name.length }
    }
  }
  return best
}

/** `begins`: called when the command is about to be run; until then nothing is done. */
async function run(bot: Bot, utterance: Utterance, begins: () => void): Promise<Reply | null> {
  const found = findCommand(utterance.text)
  // The list is what `/incident` alone shows: with words behind it something else was meant.
  if (found === null || (found.command.args.length === 0 && found.rest !== ''))
    throw new UserError(unknownCommand(utterance.text.trim().replace(/^\//, ''), commands))
  const drawn = fromButton(found.rest)
  const [room] = await Promise.all([
    incidentOfRoom(bot.db, utterance.platform, utterance.channel),
    drawn && demandSame(bot, drawn),
  ])
  const names = known(bot, utterance, room)
  const args = parseArguments(found.command, found.rest, names)
  const context: CommandContext = {
    bot,
    args,
    room,
    channel: utterance.channel,
    commands,
    person: names.person,
    actor: actorOf(bot, utterance),
    now: bot.clock.now(),
    incident() {
      const number = typeof args.incident === 'number' ? args.incident : room
      if (number === null)
        throw new UserError(
          `Which incident? Say its number, as in: ${usage(found.command)
            .replace('[incident]', '12')
            .replace(/ \[--.*/, '')}. In an incident's room the number can be left out.`,
        )
      return number
    },
  }
  begins()
  return found.command.run(context)
}

/** A number may have been given out again: see core/button-mark.ts. */
async function demandSame({ db }: Bot, { number, openedAt }: ButtonIncident): Promise<void> {
  const now = await incidentNumbered(db, number)
  if (now?.openedAt.getTime() === openedAt.getTime()) return
  const lost = `Nothing was done: the incident ${number} of this button is no longer in the database`
  if (now === null)
    throw new UserError(
      `${lost}. It was deleted, or lost in a failover or with a backup that was put back; in that case its alerts open another one.`,
    )
  throw new UserError(
    `${lost}, which lost it in a failover or with a backup that was put back. ${number} is another one by now: ${now.title}, to be seen with /incident status ${number}.`,
  )
}

function actorOf(bot: Bot, { platform, account, accountName }: Utterance): Actor {
  const id = authorOf(bot, platform, account, accountName)
  return { id, name: bot.config.people[id]?.name ?? id, platform, account }
}

function known(bot: Bot, utterance: Utterance, room: number | null): Known {
  const people = Object.values(bot.config.people)
  return {
    room,
    people: people.map((person) => person.key),
    schedules: Object.keys(bot.config.schedules),
    person(text) {
      const word = text.replace(/^<?@?/, '').replace(/>$/, '')
      if (word.toLowerCase() === 'me') return actorOf(bot, utterance).id
      const called = people.filter((p) =>
        [p.key, p.name, p.accounts[utterance.platform]].some((name) => name?.toLowerCase() === word.toLowerCase()),
      )
      // A name may be that of several, or another's key; a key and an account, to the letter, are one person's own.
      const [one, another] = called
      if (one === undefined || another === undefined) return one?.key ?? null
      const own = called.find((p) => [p.key, p.accounts[utterance.platform]].includes(word))
      if (own !== undefined) return own.key
      const all = called.map(({ key, name }) => (name === key ? key : `${key} (${name})`)).join(' or ')
      throw new UserError(`“${word}” may be ${all}. Say which, by the word in front.`)
    },
  }
}

function complaint(text: string): Reply {
  return { ...privately({ title: text, tone: 'warning' }), undone: true }
}
