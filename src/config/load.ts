// The only reader of tocsin.yaml: file and environment in, a configuration with every default out, or all that is wrong.
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { changeFormats } from '../changes/index.ts'
import { reasonOf } from '../errors.ts'
import { sources } from '../sources/index.ts'
import { buildConfig } from './build.ts'
import type { Config } from './config.ts'
import { crossCheck } from './cross-check.ts'
import { readEnvironment } from './environment.ts'
import { problemsOf } from './issues.ts'
import { environmentProblem, InvalidConfig, type Problem } from './problem.ts'
import { documentSchema } from './schema/document.ts'
import { knownIn } from './schema/known.ts'
import { type Environment, type Path, Tree } from './tree.ts'

export { describeProblem, InvalidConfig, type Problem } from './problem.ts'

/**
 * @param env `process.env`, or a test's.
 * @param options.cwd where relative paths of the environment start and `./tocsin.yaml` is looked for.
 * @throws InvalidConfig with every problem at once.
 */
export function loadConfig(env: Environment, options: { cwd?: string } = {}): Config {
  const cwd = options.cwd ?? process.cwd()
  const { settings, problems } = readEnvironment(env)
  const path = findConfig(env, cwd)
  const file = shownFile(path, cwd)
  const source = misnamed(env, cwd) ?? readSource(path, env, file)
  if (typeof source !== 'string') throw new InvalidConfig([...problems, source])

  const tree = new Tree(source, file, env)
  problems.push(...tree.problems)
  if (!tree.readable) throw new InvalidConfig(inOrder(problems))

  const folder = dirname(path)
  const kinds = Object.keys(sources)
  // An empty file is a configuration with nothing but defaults.
  const read = documentSchema(knownIn(tree.root, { kinds, changeKinds: Object.keys(changeFormats) }, folder)).safeParse(
    tree.root,
  )
  if (!read.success) problems.push(...problemsOf(read.error.issues, tree, file))
  problems.push(...crossCheck(tree, settings, file, kinds))
  if (!read.success || problems.length > 0) throw new InvalidConfig(inOrder([...problems, ...tree.curly]))
  return { ...buildConfig(read.data, settings, folder, cwd), curly: tree.curly }
}

/**
 * Answers where a key stands in the tocsin.yaml that is used, or the nearest thing above it that does; null for what is not
 * written there at all. For a file that `loadConfig` has read.
 */
export function placeFinder(
  env: Environment,
  options: { cwd?: string } = {},
): (path: Path) => { file: string; line: number } | null {
  const cwd = options.cwd ?? process.cwd()
  const path = findConfig(env, cwd)
  const file = shownFile(path, cwd)
  const tree = new Tree(readFileSync(path, 'utf8'), file, env)
  return (key) => (tree.find(key.slice(0, 1)) === null ? null : { file, line: tree.place(key).line })
}

/** Absolute path of the tocsin.yaml that is used: TOCSIN_CONFIG (a folder will do), ./tocsin.yaml, or the packaged example. */
export function findConfig(env: Environment, cwd: string): string {
  const named = env.TOCSIN_CONFIG?.trim()
  if (named) {
    const path = resolve(cwd, named)
    return existsSync(path) && statSync(path).isDirectory() ? join(path, 'tocsin.yaml') : path
  }
  const here = join(cwd, 'tocsin.yaml')
  return isThere(here) ? here : packagedConfig()
}

/** Also what cannot be read, as a link that leads nowhere: the example would page its own people in place of the team's. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/** The example that makes `npm start` work with nothing else. */
export function packagedConfig(): string {
  return join(packageRoot(), 'examples', 'quickstart', 'tocsin.yaml')
}

/** The folder with package.json, wherever the compiled code lies below it. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder)
    if (above === folder) throw new Error('the package.json of Tocsin was not found above its code')
    folder = above
  }
  return folder
}

/** The team's file under the other ending, where nothing but the example would be read. */
function misnamed(env: Environment, cwd: string): Problem | null {
  const isOther = !env.TOCSIN_CONFIG?.trim() && !isThere(join(cwd, 'tocsin.yaml')) && isThere(join(cwd, 'tocsin.yml'))
  if (!isOther) return null
  const example = shownFile(packagedConfig(), cwd)
  const message = `is not read: call it tocsin.yaml, or name it in TOCSIN_CONFIG; if it is none of Tocsin's, name what is, e.g. ${example}`
  return { file: 'tocsin.yml', line: null, column: null, path: '', message }
}

function readSource(path: string, env: Environment, file: string): string | Problem {
  try {
    const bytes = readFileSync(path)
    // Every second byte of UTF-16 is zero, but in no text of ours.
    if (!bytes.subarray(0, 64).includes(0)) return bytes.toString('utf8')
    return { file, line: 1, column: null, path: '', message: 'is UTF-16, or no text; save the file as UTF-8' }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      return { file, line: null, column: null, path: '', message: `cannot be read: ${reasonOf(error)}` }
    }
    if (env.TOCSIN_CONFIG?.trim())
      return environmentProblem('TOCSIN_CONFIG', `there is no file ${path}`, './tocsin.yaml')
    const message = isThere(path)
      ? 'is a link that leads nowhere; put your tocsin.yaml where it leads, or name it in TOCSIN_CONFIG'
      : 'does not exist; set TOCSIN_CONFIG to your tocsin.yaml'
    return { file, line: null, column: null, path: '', message }
  }
}

/** The path a person would type. */
export function shownFile(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}

/** The environment first, then the file from top to bottom. */
function inOrder(problems: Problem[]): Problem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}
