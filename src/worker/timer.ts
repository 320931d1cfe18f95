// Loops that run again after a while, or sooner when woken; never twice at a time.

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
