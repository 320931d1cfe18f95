// Our Markdown in Discord's dialect. Text of others comes out as plain words: it mentions nobody, opens no invitation and
// runs no markup.
import type { Dialect } from '../markdown.ts'

/** Invisible; parts what Discord would read as one thing. */
const gap = '\u200b'

const invitation = /(discord(?:app)?)(\.(?:gg|com\/invite|me|io|new)\b)/gi

/** Any text as plain words. */
export function escapeText(text: string): string {
  // A bare address stays as it is: Discord would take escapes for a part of it.
  return text
    .split(/(https?:\/\/[^\s<>"'`\\|*[\]]+)/)
    .map((part, i) => (i % 2 === 1 ? bareUrl(part) : escapeWords(part)))
    .join('')
}

function escapeWords(text: string): string {
  return text
    .replaceAll(/[\\*_~`|[\]]/g, '\\$&')
    .replaceAll(/<(?=[@#:/]|a:|t:|id:)/gi, `<${gap}`)
    .replaceAll('<', '\\<')
    .replaceAll(/@(?=everyone|here)/gi, `@${gap}`)
    .replaceAll(invitation, `$1${gap}$2`)
    .replaceAll(/^(\s*)([#>-])(?=[\s#>])/gm, '$1\\$2')
    .replaceAll(/^(\s*\d+)\.(?=\s)/gm, '$1\\.')
}

function bareUrl(url: string): string {
  const quiet = url.replaceAll(/@(?=everyone|here)/gi, '%40')
  return deadUrl(url) ? quiet.replaceAll(invitation, `$1${gap}$2`) : quiet
}

/** May not be a link: not http(s), or an invitation to somebody's server. */
function deadUrl(url: string): boolean {
  if (!/^https?:\/\//i.test(url)) return true
  // `search` forgets no position between calls, unlike `test` with a global expression.
  return url.search(invitation) !== -1
}

/** Nothing in it can end the link or mean anything but the address. */
function safeUrl(url: string): string {
  return url
    .replaceAll(/[\s<>()`|\\*"]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replaceAll(/@(?=everyone|here)/gi, '%40')
}

/** A fence inside code would end it. */
function insideFence(code: string): string {
  return code.replaceAll('```', `\`${gap}\`\``)
}

export const discordDialect: Dialect = {
  text: (value) => escapeText(value),
  strong: (inner) => (inner === '' ? '' : `**${inner}**`),
  emphasis: (inner) => (inner === '' ? '' : `*${inner}*`),
  strike: (inner) => (inner === '' ? '' : `~~${inner}~~`),
  inlineCode(value) {
    const line = value.replaceAll('\n', ' ')
    if (!line.includes('`')) return `\`${line}\``
    return `\`\` ${line.replaceAll('``', `\`${gap}\``)} \`\``
  },
  code: (value, language) => `\`\`\`${(language ?? '').replaceAll(/[^\w+#.-]/g, '')}\n${insideFence(value)}\n\`\`\``,
  link(label, inner, url) {
    // Where a document leads beside itself is said: there is nothing to open.
    if (!/^([a-z][a-z\d+.-]*:|#|\/\/)/i.test(url) && url !== '' && url !== label)
      return `${inner} (${this.text(url, false)})`
    if (deadUrl(url)) return inner
    // Discord draws no masked link whose label looks like an address: the address itself says the truth anyway.
    if (label === '' || /:\/\/|\bwww\./i.test(label)) return safeUrl(url)
    return `[${inner.replaceAll('\\[', '(').replaceAll('\\]', ')')}](${safeUrl(url)})`
  },
  heading: (inner) => `### ${inner}`,
  quote: (inner) => inner.replaceAll(/^/gm, '> '),
  marker: (bullet) => (bullet === null ? '- ' : `${bullet}. `),
  rule: () => '────────',
}
