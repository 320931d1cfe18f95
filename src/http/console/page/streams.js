// Which windows hold a stream. A browser has six connections for all pages of one bot: with a stream in each of six windows not
// even an acknowledgement would get through.

const most = 4

/** Milliseconds in which the other windows say that they hold one. */
const hearing = 150

/** `take` resolves with whether this window may hold one now; `leave` gives it back. Of several that ask at once, too few take one. */
export function streams() {
  const others = new BroadcastChannel('tocsin.streams')
  let isHeld = false
  let heard = 0
  others.onmessage = ({ data }) => {
    if (data === 'held') heard++
    else if (isHeld) others.postMessage('held')
  }
  return {
    async take() {
      isHeld = true
      heard = 0
      others.postMessage('who?')
      await new Promise((resolve) => setTimeout(resolve, hearing))
      isHeld = heard < most
      return isHeld
    },
    leave() {
      isHeld = false
    },
  }
}
