// tocsin config: what can be written in tocsin.yaml and the environment, for editors and for people.
import type { Command } from 'commander'
import { configReference, environmentReference } from '../config/reference.ts'
import { configJsonSchema } from '../config/schema-json.ts'
import type { Add } from './program.ts'

export function addConfig(program: Command, add: Add): void {
  const config = program.command('config').description('what can be configured')
  add(config, 'schema', 'the JSON schema of tocsin.yaml, for editors', [], async () => {
    const schema = configJsonSchema()
    return { lines: [JSON.stringify(schema, null, 2)], data: schema }
  })
  add(config, 'reference', 'every key and every environment variable, with its default', [], async () => {
    const environment = environmentReference()
    const keys = configReference()
    return {
      lines: [
        ...environment.map(({ key, default: value, help }) => `${key}${value && ` (${value})`}\n    ${help}`),
        ...keys.map(({ key, type, default: value, help }) => `${key}: ${type}${value && ` (${value})`}\n    ${help}`),
      ],
      data: { environment, keys },
    }
  })
}
