// Whether the room's messages are one tab among the others, as the style sheet has it.
import { useEffect, useState } from 'preact/hooks'

const narrow = matchMedia('(max-width: 1179px)')

export function useNarrow() {
  const [isNarrow, set] = useState(narrow.matches)
  useEffect(() => {
    const onChange = () => set(narrow.matches)
    narrow.addEventListener('change', onChange)
    return () => narrow.removeEventListener('change', onChange)
  }, [])
  return isNarrow
}
