// Other people's programs as processes of a test: started, waited for, and gone when it ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from '../beside.ts'
import { eventually } from './eventually.ts'

/** Starts a program and waits until `ready` answers 200. What it printed is part of the error when it never does. */
export async function run(path: string, args: string[], ready: string): Promise<void> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  atEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    return (await fetch(ready)).ok
  }
  await eventually(`${path} answers`, isReady).catch((error: Error) => {
    throw new Error(`${error.message}\n${output}`, { cause: error.cause })
  })
}

/** A folder that goes away with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-real-'))
  atEnd(() => rmSync(path, { recursive: true, force: true }))
  return path
}
