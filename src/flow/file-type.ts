// What a file really is, by its first bytes: what the console shows as a picture must be one, whatever it is called.

const signatures: [type: string, at: number, bytes: string][] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['application/pdf', 0, '%PDF-'],
  ['application/zip', 0, 'PK\x03\x04'],
  ['application/gzip', 0, '\x1f\x8b'],
]

/** Null: nothing that is kept. Text is what decodes as such, and is not a web page: that is what a login looks like. */
export function fileType(bytes: Uint8Array, name: string): string | null {
  const head = Buffer.from(bytes.subarray(0, 512)).toString('latin1')
  const known = signatures.find(([, at, signature]) => head.startsWith(signature, at))
  if (known) return known[0]
  const isPage = /^\s*(<!doctype html|<html)/i.test(head) && !/\.html?$/i.test(name)
  return isPage || !isText(bytes) ? null : 'text/plain'
}

function isText(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0')
  } catch {
    return false
  }
}
