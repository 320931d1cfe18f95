// tocsin postmortem: what a team that writes its own template of post-mortems can put into it.
import type { Command } from 'commander'
import { templateFields } from '../messages/postmortem-fields.ts'
import { messageSamples } from '../messages/samples.ts'
import type { Add } from './program.ts'

export function addPostmortem(program: Command, add: Add): void {
  const postmortem = program.command('postmortem').description('templates of post-mortems')
  add(postmortem, 'fields', 'what a template of post-mortems can use, each with an example', [], async () => {
    const samples = messageSamples()['postmortems/default'] ?? []
    // The sample that says most.
    const richest = samples.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0] ?? {}
    const fields = templateFields(richest)
    const lines = fields.map(({ name, help, example }) => `${name}\n    ${help}\n    e.g. ${JSON.stringify(example)}`)
    return { lines, data: { fields } }
  })
}
