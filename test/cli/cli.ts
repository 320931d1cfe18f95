// Runs the command line as its users do: in this process with the text kept, or as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runCli } from '../../src/cli/program.ts'
import { program } from '../processes/program.ts'

type Env = Record<string, string>

export type Said = { code: number; out: string; err: string }

/** Runs one command line to its end. Nothing of this process' own environment reaches it. */
export async function cli(argv: string[], env: Env = {}, cwd = root): Promise<Said> {
  const said = { out: '', err: '' }
  const code = await runCli(argv, {
    env,
    cwd,
    isTerminal: false,
    atWork: () => {},
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
  })
  return { code, ...said }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

export type Started = { process: ChildProcess; url: string; text(): string; ended: Promise<number | null> }

/** `tocsin start` as a process; resolves once it says where it listens, rejects with its words when it ends before. */
export function startCli(env: Env, argv: string[] = ['start']): Promise<Started> {
  const child = spawn(process.execPath, [program(), ...argv], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      text += chunk
      const url = /(?:Console +|"url":")(http:\/\/[^\s"]+)/.exec(text)?.[1]
      if (url !== undefined) resolve({ process: child, url, text: () => text, ended })
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    ended.then((code) => reject(new Error(`tocsin start ended with ${code}:\n${text}`)))
  })
}
