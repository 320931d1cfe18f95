// The program as it is installed: compiled, so that a process is there in half a second; and a copy of it that can be changed.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atEnd } from '../beside.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = 'dist/src/cli/main.js'
const stamp = join(root, 'dist/.tsbuildinfo')

let ready: string | null = null

/** Path of the compiled program; compiled first when a source is newer. */
export function program(): string {
  ready ??= built()
  return ready
}

function built(): string {
  const path = join(root, main)
  if (isOlder(stamp, [join(root, 'src'), join(root, 'commands')])) {
    mkdirSync(dirname(stamp), { recursive: true })
    const lock = join(root, 'dist/.building')
    const tsc = join(root, 'node_modules/.bin/tsc')
    // One at a time: test files run side by side.
    execFileSync('flock', [lock, tsc, '-p', join(root, 'tsconfig.json')])
  }
  return path
}

function isOlder(file: string, folders: string[]): boolean {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return folders.some((folder) =>
    readdirSync(folder, { recursive: true }).some((path) => statSync(join(folder, String(path))).mtimeMs > made),
  )
}

/** A later version of the program: the same code with one more migration. Gone with the test. */
export function laterVersion(migration: { name: string; sql: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-later-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  program()
  for (const part of ['dist', 'src', 'migrations', 'templates', 'package.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'migrations', `${migration.name}.sql`), migration.sql)
  return join(folder, main)
}
