// In whose name the API acts: a person of `people`, however the caller calls them, or a program by a name of its own. A name that
// is nearly a person's is a slip of the pen: taken for a program, nobody could be asked whether they are still on it.
import type { Config, Person } from '../config/config.ts'
import { likeness } from '../core/likeness.ts'
import { RejectedInput } from '../errors.ts'
import { textField } from './body.ts'

type People = Pick<Config, 'people'>

/** The key of a person, or the name of a program. Throws RejectedInput naming the field, and who was probably meant. */
export function byField({ people }: People, body: unknown, name = 'by'): string {
  const given = textField(body, name)
  const all = Object.values(people)
  if (Object.hasOwn(people, given)) return given
  const word = likeness(given)
  const named = all.filter((person) => namesOf(person).some((one) => likeness(one) === word))
  const [one] = named
  if (one !== undefined && named.length === 1) return one.key
  const meant =
    named.length > 0 ? named : all.filter((person) => namesOf(person).some((of) => isSlip(word, likeness(of))))
  if (meant.length === 0) return given
  const keys = meant.map(({ key }) => key).join(' or ')
  throw new RejectedInput(
    `${name}: nobody in people: (tocsin.yaml) has exactly this name; did you mean ${keys}? A program may have any name that is not nearly a person's`,
  )
}

function namesOf({ key, name, email, accounts }: Person): string[] {
  return [key, name, ...(email === null ? [] : [email]), ...Object.values(accounts).filter((one) => one !== undefined)]
}

/** One letter more, less or other, or two that changed places. In words of three letters and less that is another word. */
function isSlip(given: string, meant: string): boolean {
  if (given.length < 4 || Math.abs(given.length - meant.length) > 1) return false
  const [short, long] = given.length < meant.length ? [given, meant] : [meant, given]
  const from = [...long].findIndex((letter, i) => letter !== short[i])
  const rest = (text: string, of: number) => text.slice(from + of)
  if (short.length < long.length) return rest(short, 0) === rest(long, 1)
  const swapped = short[from] === long[from + 1] && short[from + 1] === long[from] && rest(short, 2) === rest(long, 2)
  return swapped || rest(short, 1) === rest(long, 1)
}
