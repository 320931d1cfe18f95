// What nothing uses, however much it looks like something else.
import { expect, test } from 'vitest'
import { sound, told } from './team.ts'

const unused = (yaml: string) => told(yaml).flatMap(({ rule, message }) => (rule === 'unused' ? [message] : []))
const withManagers = sound.replace(
  'policies:\n',
  'policies:\n  managers: { steps: [{ page: person:alan }], last_resort: { people: [ada] } }\n',
)

test('a policy is not used by another that happens to call the same people', () => {
  const alike = withManagers.replace('page: schedule:secondary, wait: 5m', 'page: person:alan, wait: 5m')
  expect(unused(alike)).toContain('no severity and no service uses the policy managers')
})

test('a policy that is made of another is not used because that one is', () => {
  const made = '  wrapper: { steps: [{ page: policy:managers }], last_resort: { people: [ada] } }\n'
  const wrapped = withManagers.replace(
    '    last_resort: { people: [alan] }',
    `      - { page: policy:managers }\n    last_resort: { people: [alan] }\n${made}`,
  )
  expect(unused(wrapped)).toEqual(['no severity and no service uses the policy wrapper'])
})

test('a policy is used by another whose step it is', () => {
  expect(unused(withManagers)).toEqual(['no severity and no service uses the policy managers'])
  expect(
    unused(
      withManagers.replace(
        '    last_resort: { people: [alan] }',
        '      - { page: policy:managers }\n    last_resort: { people: [alan] }',
      ),
    ),
  ).toEqual([])
})
