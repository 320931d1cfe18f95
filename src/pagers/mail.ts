// A message as a mail: a subject that says it all on a locked phone, plain text for every reader, and simple HTML. Nothing in it
// can be pressed: a link leads to the incident's page, where the buttons are, because mail scanners follow every link.
import { toHtml, toInlineHtml } from '../chat/html.ts'
import { type Dialect, messageTree, writeBlocks } from '../chat/markdown.ts'
import type { Field, Message } from '../core/message.ts'

export type Mail = {
  subject: string
  text: string
  html: string
  /** The picture, which the HTML shows in its place. */
  attachments?: { filename: string; content: Buffer; cid: string; contentType: string }[]
}

/** Where the link leads, what stands on it, and the line below everything. Plain text. */
export type Footer = { url: string; label: string; note: string }

/** Subject and text are plain; what stands in the HTML is escaped. */
export function mailOf(message: Message, footer: Footer): Mail {
  const fields = message.fields ?? []
  const body = [message.text ?? '', ...(message.sections ?? []).map((section) => section.text)].filter((t) => t !== '')
  const text = [
    message.title,
    `${footer.label}: ${footer.url}`,
    ...body.map(words),
    fields.map(({ label, value }) => `${label}: ${words(value)}`).join('\n'),
    message.picture === undefined ? '' : `[${message.picture.alt}]`,
    `-- \n${footer.note}`,
  ]
  const mail: Mail = {
    subject: message.title,
    text: `${text.filter((part) => part.trim() !== '').join('\n\n')}\n`,
    html: page(message, body, fields, footer),
  }
  if (message.picture !== undefined)
    mail.attachments = [
      {
        ...{ filename: message.picture.name, content: Buffer.from(message.picture.png) },
        ...{ cid: pictureId, contentType: 'image/png' },
      },
    ]
  return mail
}

const pictureId = 'picture@tocsin'

/** Colours that also pass on white with a mail client's own idea of dark. */
const accents = { critical: '#c62828', warning: '#b26a00', info: '#1565c0', good: '#2e7d32', neutral: '#616161' }

function page({ title, tone, picture }: Message, body: string[], fields: Field[], footer: Footer): string {
  const accent = accents[tone]
  const rows = fields.map(
    ({ label, value }) =>
      `<tr><td style="padding:2px 12px 2px 0;color:#616161;vertical-align:top">${asHtml(label)}</td><td style="padding:2px 0">${toInlineHtml(value)}</td></tr>`,
  )
  return `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${asHtml(title)}</title></head>
<body style="margin:0;padding:16px;font:16px/1.45 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:600px;margin:0 auto;border-left:6px solid ${accent};padding:4px 0 4px 16px">
<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px">${asHtml(title)}</h1>
<p style="margin:0 0 16px"><a href="${asHtml(footer.url)}" style="display:inline-block;background:${accent};color:#ffffff;text-decoration:none;font-weight:600;padding:12px 20px;border-radius:6px">${asHtml(footer.label)}</a></p>
${body.map((part) => toHtml(part)).join('\n')}
${rows.length === 0 ? '' : `<table style="border-collapse:collapse;font-size:15px">${rows.join('')}</table>`}
${picture === undefined ? '' : `<p style="margin:16px 0 0"><img src="cid:${pictureId}" alt="${asHtml(picture.alt)}" style="max-width:100%;height:auto"></p>`}
<p style="color:#616161;font-size:13px;margin:24px 0 0">${asHtml(footer.note)}</p>
</div></body></html>
`
}

function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function words(markdown: string): string {
  return writeBlocks(messageTree(markdown), plain).join('\n\n')
}

const same = (inner: string) => inner
const plain: Dialect = {
  ...{ text: same, strong: same, emphasis: same, strike: same, inlineCode: same, code: same, heading: same },
  link: (_label, inner, url) => (inner === url ? url : `${inner} (${url})`),
  quote: (inner) => inner.replaceAll(/^/gm, '> '),
  marker: (bullet) => (bullet === null ? '- ' : `${bullet}. `),
  rule: () => '',
}
