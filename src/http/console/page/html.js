// Templates in plain JavaScript: the page needs no build.
import htm from 'htm'
import { h } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { offerCopies } from './copy.js'

export const html = htm.bind(h)

/** HTML that the server made safe. */
export function Safe({ of, tag = 'div', className = 'prose' }) {
  const box = useRef(null)
  useLayoutEffect(() => offerCopies(box.current), [of])
  // With another text it is another element: what was done to this one is not preact's to tidy up.
  return of ? h(tag, { key: of, ref: box, class: className, dangerouslySetInnerHTML: { __html: of } }) : null
}
