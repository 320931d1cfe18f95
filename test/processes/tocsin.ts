// The real program as a process of its own, which can be killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { atEnd } from '../beside.ts'
import { program } from './program.ts'

const preload = fileURLToPath(new URL('./clock.mjs', import.meta.url))

/** A clock that is wrong or fast; see clock.mjs. */
export type TestClock = { ahead: number } | { factor: number; since: number }

export type Tocsin = {
  url: string
  pid: number
  /** As the kernel does it when memory runs out. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** Resolves with the exit code once it has ended by itself. */
  ended(): Promise<number | null>
  output(): string
}

export type Start = { version?: string; clock?: TestClock }

/** Starts `tocsin start` with these variables only, and waits until it listens and works. Killed when the test ends. */
export async function startTocsin(env: Record<string, string>, options: Start = {}): Promise<Tocsin> {
  const { ready, ...tocsin } = spawnTocsin(env, options)
  return { url: await ready, ...tocsin }
}

/** The same, not waited for: `ready` resolves with its address, or rejects when it ends before. */
export function spawnTocsin(env: Record<string, string>, options: Start = {}) {
  const { version = program(), clock } = options
  const loader = clock === undefined ? [] : ['--import', preload]
  const child = spawn(process.execPath, [...loader, version, 'start', '--json'], {
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', PORT: '0', ...env },
      ...(clock && { TEST_CLOCK: JSON.stringify(clock) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  atEnd(() => void child.kill('SIGKILL'))
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const ready = address(child, (line) => {
    output += `${line}\n`
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${output}`)
  })
  ready.catch(() => {})
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await once(child, 'exit')
    }
    return child.exitCode
  }
  const ended = async () => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode
  }
  const kill = async () => void (await end('SIGKILL'))
  return { ready, pid: child.pid ?? 0, ended, output: () => output, kill, stop: () => end('SIGTERM') }
}

async function address(child: ChildProcess, keep: (line: string) => void): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read')
  const lines = createInterface({ input: child.stdout })
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      keep(line)
      const said: unknown = line.startsWith('{"url"') ? JSON.parse(line) : null
      if (said && typeof said === 'object' && 'url' in said) resolve(String(said.url))
    })
    child.once('exit', (code) => reject(new Error(`tocsin ended with ${code} before it listened`)))
  })
}

/** A configuration file in a folder that goes away with the test. */
export function configFile(yaml: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-process-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'tocsin.yaml'), yaml)
  return join(folder, 'tocsin.yaml')
}
