// The real programs that test/real talks to: where they are, and what it means when one is not there.
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import type { TestContext } from 'vitest'

const programs = {
  prometheus: { names: ['prometheus'], install: 'apt-get install -y prometheus' },
  alertmanager: {
    names: ['prometheus-alertmanager', 'alertmanager'],
    install: 'apt-get install -y prometheus-alertmanager',
  },
  promtool: { names: ['promtool'], install: 'apt-get install -y prometheus' },
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], install: 'apt-get install -y chromium' },
  'local-slack': {
    names: ['local-slack'],
    // A workspace one can look at; too big (91 MB) to make everybody install it.
    package: 'local-slack-linux-x64',
    install: 'npm install --no-save local-slack-linux-x64@0.1.8',
  },
} satisfies Record<string, { names: string[]; package?: string; install: string }>

export type Program = keyof typeof programs

/**
 * The path of a program a test cannot do without; call it first in the test, with the test's own context. When it is not
 * installed the test is skipped and says how to have it; with TOCSIN_REAL=1 it fails, for then everything must be proven.
 */
export function needs(context: Pick<TestContext, 'skip'>, program: Program, path = find(program)): string {
  if (path !== null) return path
  const missing = `${program} is not installed; ${programs[program].install}`
  if (process.env.TOCSIN_REAL === '1') throw new Error(`TOCSIN_REAL=1 forbids to skip: ${missing}`)
  return context.skip(`skipped: ${missing}`)
}

/** Null when it is not installed. */
function find(program: Program): string | null {
  const wanted = programs[program]
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  // Services of Debian live where a user's PATH does not always reach.
  const places = [...folders, '/usr/bin', '/usr/local/bin', '/usr/sbin']
  const paths = wanted.names.flatMap((name) => places.map((place) => join(place, name)))
  const packaged = 'package' in wanted ? inPackage(wanted.package, wanted.names) : []
  return [...packaged, ...paths].find(isExecutable) ?? null
}

function inPackage(name: string, names: string[]): string[] {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return names.map((one) => join(folder, 'bin', one))
  } catch {
    return []
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
