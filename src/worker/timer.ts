// Loops that run again after a while, or sooner when woken; never twice at a time.
import { reasonOf } from '../errors.ts'

export type Loop = { wake(): void; stop(): Promise<void> }

/** Runs `turn` until stopped. It answers how many milliseconds to rest; an error is handed to `failed` and rests 1 s. */
export function loop(turn: () => Promise<number>, failed: (error: unknown) => void): Loop {
  let stopped = false
  let woken = false
  let rouse = () => {}
  const running = (async () => {
    while (!stopped) {
      woken = false
      const rest = await turn().catch((error: unknown) => {
        failed(error)
        return 1_000
      })
      if (stopped || woken) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest)
        rouse = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  const wake = () => {
    woken = true
    rouse()
  }
  return {
    wake,
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}

/** Waits for a part's end, but not for ever. Null: it ended well; else why not. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`it took longer than ${milliseconds / 1000} s`), milliseconds)
  })
  const done = work.then(() => null, reasonOf)
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}
