// Rules that decide more than whoever wrote them thinks.
import { expect, test } from 'vitest'
import { sound, told } from './team.ts'

test('a rule whose labels were taken out makes one thing of every alert, and is told', () => {
  const of = (match: string) =>
    told(sound.replace('{ match: { environment: staging }, severity: P4 }', `{ match: ${match}, severity: P4 }`))
  expect(of('{ environment: staging }')).toEqual([])
  for (const match of ['', '{}'])
    expect(of(match)).toEqual([
      expect.objectContaining({
        ...{ rule: 'rules-that-never-fire', weight: 'warning', line: 22 },
        message: expect.stringMatching(
          /^rule 1 of severity_rules names no label: it makes every alert that gets there a P4/,
        ),
      }),
    ])
})
