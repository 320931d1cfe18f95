// A long answer as JSON, written in pieces: twenty thousand alerts in one go would keep everybody else's pages waiting.
import { sharing } from '../clock.ts'

/** Of a list, in one go. */
const mostAtOnce = 200

const encoder = new TextEncoder()

/** What `JSON.stringify` writes, of an object whose long lists are its own or those of objects in it. */
export async function longJson(value: unknown): Promise<Buffer> {
  const parts: Uint8Array[] = []
  await put(value, (text) => parts.push(encoder.encode(text)), sharing())
  return Buffer.concat(parts)
}

async function put(value: unknown, write: (text: string) => void, share: () => Promise<void>): Promise<void> {
  if (Array.isArray(value)) {
    for (let from = 0; from < value.length; from += mostAtOnce) {
      await share()
      write(`${from === 0 ? '[' : ','}${JSON.stringify(value.slice(from, from + mostAtOnce)).slice(1, -1)}`)
    }
    return write(value.length === 0 ? '[]' : ']')
  }
  if (!isPlain(value)) return write(JSON.stringify(value) ?? 'null')
  let isFirst = true
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined) continue
    write(`${isFirst ? '{' : ','}${JSON.stringify(name)}:`)
    isFirst = false
    await put(inner, write, share)
  }
  write(isFirst ? '{}' : '}')
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
