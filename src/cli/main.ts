#!/usr/bin/env node
// The command line's way in. Everything of the process that the commands may see is passed on from here.
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'

const { require_module: ready } = process.features as { require_module?: boolean }
if (ready !== true) {
  const flag = '--no-experimental-require-module'
  process.stderr.write(`Tocsin needs Node.js 20.19 or newer, without ${flag}; this is ${process.version}.\n`)
  process.exit(1)
}

// What loads and joins code is done in a moment: to compile it to the utmost would cost a start a tenth more.
setFlagsFromString('--no-opt')
// undici, and Node.js' own fetch likewise, read every answer with one function of enormous size: after the first of them it would be
// compiled to the utmost, which takes a tenth of a second and thirty MiB, for two microseconds of an answer.
setFlagsFromString('--no-wasm-tier-up --no-wasm-dynamic-tiering')
// Not `import`, which waits for each of two thousand files by itself: a start would take a fifth longer.
const require = createRequire(import.meta.url)
const { runCli }: typeof import('./program.ts') = require('./program.js')
// A bot that stops waits for nobody to read what it says.
const isBot = process.argv[2] === 'start'
// Else only loaded when it is come to: no other command needs it.
if (isBot) {
  require('../app.js')
  require('./start.js')
}

// A reader that has had enough (`| head`), or a terminal that was closed, is no reason to end before the work is done.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  isTerminal: process.stdout.isTTY === true,
  atWork: () => setFlagsFromString('--opt'),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
// A pipe takes 64 KiB at a time: what waits for its reader would be cut off.
const written = (stream: NodeJS.WriteStream) => new Promise((resolve) => void stream.write('', resolve))
if (!isBot) await Promise.all([written(process.stdout), written(process.stderr)])
// Not left to the end of everything open: a connection that would not close must not keep a stopped bot in the process list.
process.exit(code)
