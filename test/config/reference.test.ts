// The schema as others see it: for editors as JSON Schema, for people as a table.
import { expect, test } from 'vitest'
import { configReference, environmentReference, referenceMarkdown } from '../../src/config/reference.ts'
import { configJsonSchema } from '../../src/config/schema-json.ts'
import { load } from './files.ts'

test('every key and every variable has its help', () => {
  expect(configReference().filter((row) => row.help === '' || row.type === '' || row.type === 'undefined')).toEqual([])
  expect(environmentReference().filter((row) => row.help === '')).toEqual([])
})

test('the table knows short forms, defaults and what is required', () => {
  const row = (key: string) => configReference().find((found) => found.key === key)
  expect(row('grouping.quiet_for')).toMatchObject({ type: 'duration', default: '5m' })
  expect(row('slos[].objective')).toMatchObject({ default: 'required' })
  expect(row('policies.<name>.steps[].page')).toMatchObject({ type: 'target, one or a list' })
  expect(row('severities.<P1|P2|P3|P4>.presence')).toMatchObject({ default: 'P1, P2: room; P3: card; P4: none' })
  expect(row('schedules.<name>')).toMatchObject({ type: 'list of name of a person, one or a list, or the keys below' })
})

test('the defaults the table shows are the defaults that hold', () => {
  const config = load('')
  const shown = new Map(configReference().map((row) => [row.key, row.default]))
  expect(shown.get('zone')).toBe(config.zone)
  expect(shown.get('digest.cron')).toBe(config.digest.cron)
  expect(shown.get('default_severity')).toBe(config.defaultSeverity)
  expect(shown.get('console.incidents_channel')).toBe(config.console.incidentsChannel)
  expect(shown.get('grouping.by')).toBe(config.grouping.by.join(', '))
})

test('the JSON Schema knows the keys, refuses others, and takes a number where one is meant', () => {
  const schema = configJsonSchema()
  expect(schema).toMatchObject({ title: 'tocsin.yaml', type: 'object', additionalProperties: false })
  const policy = schema.properties?.policies?.additionalProperties
  expect(policy).toMatchObject({ properties: { rounds: { type: ['integer', 'string'], default: '3' } } })
  expect(() => JSON.stringify(schema)).not.toThrow()
})

test('the tables are one row a setting', () => {
  const rows = referenceMarkdown()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  expect(rows).toHaveLength(configReference().length + environmentReference().length)
  for (const row of rows) expect(row.replaceAll('\\|', '').split('|').length, row).toBeOneOf([5, 6])
})
