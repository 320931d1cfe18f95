// Secrets that lie in files, as Docker and Kubernetes mount them: `SLACK_BOT_TOKEN_FILE` says where, in place of `SLACK_BOT_TOKEN`.
import { readFileSync, statSync } from 'node:fs'
import { reasonOf } from '../errors.ts'
import type { Environment } from './tree.ts'

/** `failure`: why the file that was named gives nothing, as the rest of a sentence about `variable`, with what to do. */
export type Said = { value: string | undefined } | { variable: string; failure: string }

/** Bytes: whatever is larger was named by mistake. */
const largest = 64 * 1024

/** What a variable says: by itself, else in the file that it names. An empty one says nothing then. */
export function saidBy(env: Environment, name: string): Said {
  const variable = `${name}_FILE`
  const path = env[variable]?.trim()
  if (env[name] || !path) return { value: env[name] }
  try {
    // As wide numbers, because it may be a pipe: see `kindOf` in log-output.ts.
    if (statSync(path, { bigint: true }).size > largest)
      return { variable, failure: `${path} is too large to hold a secret` }
    // Editors and `echo` end a file with a line break, which is none of the secret.
    const value = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '')
    return value.trim() === '' ? { variable, failure: `${path} is empty; it is to hold what ${name} would` } : { value }
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const problem = isMissing ? `there is no file ${path}` : `${path} cannot be read: ${reasonOf(error)}`
    return { variable, failure: `${problem}; it is to hold what ${name} would` }
  }
}
