#!/usr/bin/env node
// The command line's way in. Everything of the process that the commands may see is passed on from here.
import { runCli } from './program.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  isTerminal: process.stdout.isTTY === true,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
