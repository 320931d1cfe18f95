// What the command line prints into a pipe arrives whole, however long it is and however slowly it is read.
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { program } from '../processes/program.ts'

test('a long answer is not cut off where a pipe is full', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tocsin-pipe-')), 'ops.md')
  const one = (i: number) => `## Service${i}Down\n\n**Symptoms**: \`Service${i}Down\`\n\n1. Look at host ${i}\n\n`
  writeFileSync(file, `# Ops\n\n${Array.from({ length: 600 }, (_, i) => one(i)).join('')}`)
  const child = spawn(process.execPath, [program(), 'runbook', 'import', '--json', file], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    await pause(5)
  }
  expect(said.length).toBeGreaterThan(100_000)
  expect(() => JSON.parse(said)).not.toThrow()
})
