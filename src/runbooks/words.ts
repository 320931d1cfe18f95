// Words of names, labels and prose as they are compared: `CheckoutLatencyHigh`, `checkout_latency` and "the latency of checkout"
// are about the same.

/** Words that say nothing about what is wrong, or that stand in every alert. */
const hollow = new Set(
  `a an and are as at be been by can do does for from has have if in into is it its no not of on or out over per than that the their then there
   this to too up was what when where which while will with you your alert alerts alerting firing fires fire value values current currently last
   minute minutes hour hours second seconds min sec check problem issue please see more less above below above least most runbook severity
   critical warning info p1 p2 p3 p4`.split(/\s+/),
)

/** Those worth comparing, in order and with repetitions. Numbers and identifiers made by machines are left out. */
export function wordsOf(text: string): string[] {
  return text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1 && !/\d{3}|^\d/.test(word) && !hollow.has(word))
    .map(stem)
}

/** Plural and singular are one; no more than that, because what is cut off too much matches too much. */
function stem(word: string): string {
  if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(ss|us|is)$/.test(word) || word.length < 4) return word
  return word.replace(/(?<=(s|x|ch|sh))es$|s$/, '')
}

/** How much a word counts by where a runbook has it. */
const places = { heading: 1, step: 0.5, body: 0.25 } as const

type Worded = {
  title: string
  alerts: string[]
  symptoms: string
  service: string | null
  steps: { title: string; body: string }[]
}

/** The words of a runbook, each with the most that it counts. Worked out when the file is read, where nobody waits for it. */
export function placedWords({ title, alerts, symptoms, steps, service }: Worded): Map<string, number> {
  const words = new Map<string, number>()
  const put = (text: string, place: number) => {
    for (const word of wordsOf(text)) words.set(word, Math.max(words.get(word) ?? 0, place))
  }
  for (const step of steps) {
    put(step.body, places.body)
    put(step.title, places.step)
  }
  put([title, ...alerts, symptoms, service ?? ''].join(' '), places.heading)
  return words
}
