// Templates in plain JavaScript: the page needs no build.
import htm from 'htm'
import { h } from 'preact'

export const html = htm.bind(h)

/** HTML that the server made safe. */
export function Safe({ of, tag = 'div', className = 'prose' }) {
  return of ? h(tag, { class: className, dangerouslySetInnerHTML: { __html: of } }) : null
}
