// `${VAR}` and `${VAR:-default}` in the texts of tocsin.yaml, so that secrets stay out of the file.

export type Expanded = {
  text: string
  /** Something was put in from outside: the text may hold a secret. */
  changed: boolean
  /** What could not be put in, as the rest of a sentence, with what to do. */
  failures: string[]
}

/** As in a shell: a default also stands in for an empty variable. `$${` is a literal `${`. */
export function expand(text: string, env: Record<string, string | undefined>): Expanded {
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
    const value = fallback === undefined ? env[name] : env[name] || fallback
    if (value === undefined) {
      failures.push(
        `the environment variable ${name} is not set; set it, or give a default: \${${name}:-…} (for a literal \${ write $\${)`,
      )
      return whole
    }
    changed = true
    return value
  })
  return { text: expanded, changed, failures }
}
