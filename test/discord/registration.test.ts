// Our commands as Discord wants them, and what people choose there as the line they would have typed.
import { describe, expect, test } from 'vitest'
import { commands } from '../../commands/index.ts'
import { parseArguments } from '../../src/chat/arguments.ts'
import { registration } from '../../src/chat/discord/registration.ts'
import { chosen } from './stand-in/interactions.ts'
import { type CommandBody, checkCommands } from './stand-in/rules.ts'

const real = registration(commands)

/** The line for what somebody picks in the client. */
function typed(line: string): string | null {
  const { name, options } = chosen(real.body as CommandBody[], line)
  return real.typed(name, options as Parameters<typeof real.typed>[1])
}

describe('every command that there is', () => {
  test('is one that Discord takes', () => {
    checkCommands(real.body as CommandBody[])
    expect(real.problems).toEqual([])
  })

  test('can be chosen, and comes back as itself', () => {
    for (const command of commands) {
      const [root = '', sub] = command.name.split(' ')
      const alone = commands.every((other) => other === command || !other.name.startsWith(`${root} `))
      const options = sub === undefined && alone ? [] : [{ type: 1 as const, name: sub ?? 'show', options: [] }]
      expect(real.typed(root, options)).toBe(command.name)
    }
  })
})

describe('what is chosen', () => {
  test('is understood as it was meant', () => {
    const ada = {
      room: null,
      people: ['ada'],
      schedules: ['primary'],
      person: (text: string) => (text === '<@123456789012345678>' ? 'ada' : null),
    }
    const read = (line: string) => {
      const text = typed(line) ?? ''
      const command = commands
        .filter((one) => text.startsWith(one.name))
        .sort((a, b) => b.name.length - a.name.length)[0]
      if (command === undefined) throw new Error(`no command for ${text}`)
      return parseArguments(command, text.slice(command.name.length), ada)
    }
    expect(read('/incident note incident:12 note:500 errors on api-1')).toEqual({
      incident: 12,
      note: '500 errors on api-1',
    })
    expect(read('/incident note note:he said "go on" twice')).toEqual({ note: 'he said "go on" twice' })
    expect(read('/incident new title:Checkout is slow severity:P1 service:shop')).toEqual({
      severity: 'P1',
      service: 'shop',
      title: 'Checkout is slow',
    })
    expect(read('/incident lead person:<@123456789012345678>')).toEqual({ person: 'ada' })
    expect(read('/oncall override schedule:primary person:<@123456789012345678> duration:8h')).toMatchObject({
      person: 'ada',
      duration: 28_800_000,
    })
  })

  test('is nothing when the command is not ours', () => {
    expect(real.typed('dance', [])).toBeNull()
  })
})

test('a command that Discord cannot carry is named, and the others are registered', () => {
  const spec = (name: string) => ({ name, summary: 's', args: [] })
  const { body, problems } = registration([spec('incident ack now'), spec('Shout'), spec('fine')])
  expect(body.map((command) => command.name)).toEqual(['fine'])
  expect(problems).toEqual([expect.stringContaining('/incident ack now'), expect.stringContaining('/Shout')])
})

test('a word of its own is found for a command whose first choice is taken', () => {
  const spec = (name: string) => ({ name, summary: 's', args: [] })
  const { body } = registration([spec('oncall'), spec('oncall show')])
  expect(body[0]).toMatchObject({ options: [{ name: 'now' }, { name: 'show' }] })
})
