// In whose name the API acts: people by any of their names, programs by theirs, and slips of the pen by neither.
import { describe, expect, test } from 'vitest'
import { RejectedInput } from '../../src/errors.ts'
import { byField } from '../../src/http/actor.ts'
import { config } from './config.ts'

const { people } = config()
const team = {
  people: {
    ...people,
    al: { ...people.ada, key: 'al', name: 'Al Jarreau', email: 'al@example.org', accounts: { slack: 'U0AL' } },
    alan: { ...people.ada, key: 'alan', name: 'Alan Turing', email: null, accounts: {} },
    alan2: { ...people.ada, key: 'alan2', name: 'Alan Turing', email: null, accounts: {} },
  } as ReturnType<typeof config>['people'],
}
const by = (name: string) => byField(team, { by: name })

test.each([
  ['ada', 'ada'],
  ['Ada', 'ada'],
  ['@ada', 'ada'],
  ['ada lovelace', 'ada'],
  ['AL@example.org', 'al'],
  ['U0AL', 'al'],
  // Nobody sees these: who reads “grace” must not read a program's name.
  ['grace\u{200B}\u{2060}', 'grace'],
  ['ｇｒａｃｅ', 'grace'],
])('%s is %s', (given, key) => {
  expect(by(given)).toBe(key)
})

test.each(['ci', 'bot', 'cd', 'al2', 'grafana', 'deploy-bot', 'Ada’s script', 'x'.repeat(200), 'constructor'])(
  '%s is the name of a program',
  (given) => {
    expect(by(given)).toBe(given)
  },
)

describe.each([
  ['adda', 'ada'],
  ['gracee', 'grace'],
  ['garce', 'grace'],
  ['grce', 'grace'],
  ['grade', 'grace'],
  ['Grace Hoper', 'grace'],
  ['Alan Turing', 'alan or alan2'],
])('%s', (given, meant) => {
  test(`is nobody: ${meant} was probably meant`, () => {
    expect(() => by(given)).toThrow(RejectedInput)
    expect(() => by(given)).toThrow(`by: nobody in people: (tocsin.yaml) has exactly this name; did you mean ${meant}?`)
  })
})

test('where nobody is configured, every name is one', () => {
  expect(byField({ people: {} }, { by: 'ada' })).toBe('ada')
})
