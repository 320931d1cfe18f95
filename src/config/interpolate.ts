// `${VAR}` and `${VAR:-default}` in the texts of tocsin.yaml, so that secrets stay out of the file.
import { saidBy } from './secret-files.ts'
import type { Environment } from './tree.ts'

export type Expanded = {
  text: string
  /** Something was put in from outside: the text may hold a secret. */
  changed: boolean
  /** What could not be put in, as the rest of a sentence, with what to do. */
  failures: string[]
}

/** As in a shell: a default also stands in for an empty variable. `$${` is a literal `${`. */
export function expand(text: string, env: Environment): Expanded {
  const failures: string[] = []
  let changed = false
  const expanded = text.replace(/(\$?)\$\{([^}]*)(\}?)/g, (whole, dollar: string, inside: string, close: string) => {
    if (dollar) return whole.slice(1)
    const form = close ? /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inside) : null
    const name = form?.[1]
    if (name === undefined) {
      failures.push(`${whole} cannot be expanded; write \${NAME} or \${NAME:-default}, or $\${ for a literal \${`)
      return whole
    }
    const fallback = form?.[2]
    const said = saidBy(env, name)
    if ('failure' in said) {
      failures.push(`the environment variable ${said.variable} names a file in vain: ${said.failure}`)
      return whole
    }
    const value = fallback === undefined ? said.value : said.value || fallback
    if (value === undefined) {
      failures.push(
        `the environment variable ${name} is not set; set it, or name a file in ${name}_FILE, or give a default: \${${name}:-…} (for a literal \${ write $\${)`,
      )
      return whole
    }
    changed = true
    return value
  })
  return { text: expanded, changed, failures }
}
