// One command of the command line, with one way of showing what came of it and one way of failing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { packageRoot } from '../config/load.ts'
import { commandsFor } from './every-command.ts'
import { failureOf, type Outcome, type Surroundings } from './outcome.ts'

/**
 * Registers a command below `parent`, e.g. `verify [incident]`; what `run` returns or throws is shown as --json asks. `words`:
 * what was typed for the arguments in the name.
 */
export type Add = (
  parent: Command,
  name: string,
  description: string,
  options: [flags: string, help: string][],
  run: (
    options: Record<string, string | boolean | undefined>,
    around: Surroundings,
    words: string[],
  ) => Promise<Outcome>,
) => Command

/** Runs one command line (without `node` and the script) and returns the exit code. Never throws. */
export async function runCli(argv: string[], around: Surroundings): Promise<number> {
  const json = argv.includes('--json')
  let code = 0
  const show = ({ lines, data }: Outcome, say: (text: string) => void) => {
    if (json) around.out(`${JSON.stringify(data, null, 2)}\n`)
    else if (lines.length > 0) say(`${lines.join('\n')}\n`)
  }
  const program = command(new Command('tocsin'))
    .version(version(), '-V, --version', 'show which version this is')
    .description('Self-hosted chat-ops for incidents: alert, room, chart, runbook, page, acknowledgement, post-mortem.')
    .configureOutput({ writeOut: around.out, writeErr: json ? () => {} : around.err })
  const add: Add = (parent, name, description, options, run) => {
    const added = command(parent.command(name)).description(description)
    for (const [flags, help] of options) added.option(flags, help)
    added.action(async () => {
      const outcome = await run(added.optsWithGlobals(), around, added.args)
      show(outcome, around.out)
      code = outcome.code ?? 0
    })
    return added
  }
  for (const addTo of await commandsFor(argv[0])) addTo(program, add)
  // A bot says so itself, once it runs.
  if (argv[0] !== 'start') around.atWork()
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help was asked for, or a word was not understood; people have been told already.
      if (json && error.exitCode !== 0) {
        show({ lines: [], data: { error: error.message.replace(/^error: /, '') } }, around.err)
      }
      return error.exitCode
    }
    show(failureOf(error), around.err)
    return 1
  }
}

function version(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version
}

function command(made: Command): Command {
  return made
    .option('--json', 'print one JSON document for programs')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .showHelpAfterError('(see --help)')
    .exitOverride()
}
