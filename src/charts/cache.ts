// Pictures that were drawn lately, by what they show: the same chart is asked for by two alerts, by a job that runs again,
// by a person who presses twice.
import { createHash } from 'node:crypto'
import { serialize } from 'node:v8'

/** Forgets what was asked for longest ago, as soon as all together are larger than `most` bytes. */
export class PictureCache {
  readonly #most: number
  readonly #pictures = new Map<string, Uint8Array>()
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Uint8Array | null {
    const picture = this.#pictures.get(key)
    if (picture === undefined) return null
    this.#pictures.delete(key)
    this.#pictures.set(key, picture)
    // Whoever gets it may give its bytes away.
    return picture.slice()
  }

  put(key: string, picture: Uint8Array): void {
    if (picture.byteLength > this.#most || this.#pictures.has(key)) return
    this.#pictures.set(key, picture.slice())
    this.#bytes += picture.byteLength
    for (const [oldest, { byteLength }] of this.#pictures) {
      if (this.#bytes <= this.#most) return
      this.#pictures.delete(oldest)
      this.#bytes -= byteLength
    }
  }
}

/** The same for the same content, numbers that JSON does not know included. */
export function keyOf(content: unknown): string {
  return createHash('sha256')
    .update(Uint8Array.from(serialize(content)))
    .digest('base64')
}
