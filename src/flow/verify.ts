// Proves that the timelines are what they were when they were sealed, or says what is not.
import type { Bot } from '../bot.ts'
import {
  type Complete,
  type Damage,
  examineLinks,
  examineTime,
  examineUnsealed,
  type Place,
  SealExaminer,
} from '../core/tampering.ts'
import { recordedAt } from '../core/timeline.ts'
import {
  entriesWithoutLink,
  findHash,
  holdStill,
  lastSeal,
  placesAfter,
  sealedHeads,
  sealsAfter,
  sealsNotThere,
} from '../store/chain.ts'
import type { Queryable } from '../store/db.ts'
import { filesNotAsKept } from '../store/kept.ts'
import { sha256 } from './seal.ts'

export type Verification = {
  /** Entries with a link; `later`: sealed more than ten minutes after they were written, as those of before there were seals. */
  sealed: number
  later: number
  /** Entries that the next seals will take. */
  waiting: number
  incidents: number
  seals: number
  damages: Damage[]
  /** Of the last seal, or of the incident that was asked for; null: nothing was sealed yet. */
  head: string | null
  /** Where the hash that was kept is found; null: nowhere. Absent: none was given. */
  kept?: { seal: number } | { incident: number; position: number } | null
}

export type Question = { incident: number | null; against: string | null }

const linksAtATime = 5_000
const sealsAtATime = 200
const late = 600_000

/** Reads everything, as it is at one moment; nothing waits for it. */
export async function verifyTimeline({ db }: Pick<Bot, 'db'>, question: Question): Promise<Verification> {
  return db.tx(async (q) => {
    await holdStill(q)
    const { incident, against } = question
    const seals = await verifySeals(q, incident)
    const links = await verifyLinks(q, incident, seals)
    const last = await lastSeal(q)
    const without = await entriesWithoutLink(q, incident)
    const inserted = without.flatMap((one) => examineUnsealed(one, last?.settled ?? 0) ?? [])
    return {
      sealed: links.sealed,
      later: links.later,
      waiting: without.length - inserted.length,
      incidents: links.incidents,
      seals: seals.count,
      damages: [...seals.damages, ...links.damages, ...inserted, ...(await verifyFiles(q, incident))],
      head: incident === null ? (last?.hash ?? null) : links.head,
      ...(against !== null && { kept: await findHash(q, against) }),
    }
  })
}

/** The entry is sealed with the hash of its file. */
async function verifyFiles(q: Queryable, incident: number | null): Promise<Damage[]> {
  return (await filesNotAsKept(q, incident)).map(({ entry, incident: of, name, isGone }) => ({
    what: isGone ? 'missing' : 'changed',
    ...{ incident: of, entry, seal: null },
    text: `incident ${of}, entry ${entry}: the file ${name} ${isGone ? 'is gone' : 'is not what was kept'}`,
  }))
}

type Seals = { count: number; damages: Damage[]; complete: Complete[]; at: Map<number, number> }

async function verifySeals(q: Queryable, incident: number | null): Promise<Seals> {
  const examiner = new SealExaminer(sha256)
  const found: Seals = { count: 0, damages: [], complete: [], at: new Map() }
  for (let after = 0; ; ) {
    const seals = await sealsAfter(q, after, sealsAtATime)
    const [first, last] = [seals[0], seals.at(-1)]
    if (first === undefined || last === undefined) break
    const heads = await sealedHeads(q, first.number, last.number)
    for (const seal of seals) {
      const at = Date.parse(seal.at)
      const of = seal.incidents.map((one) => heads.get(`${seal.number} ${one}`) ?? null)
      found.damages.push(...examiner.take(seal, of))
      found.at.set(seal.number, at)
      if (seal.complete) found.complete.push({ number: seal.number, at })
      found.count++
    }
    after = last.number
  }
  for (const seal of await sealsNotThere(q)) {
    if (found.damages.some((one) => one.what === 'missing' && one.seal === seal)) continue
    found.damages.push({ what: 'missing', incident: null, entry: null, seal, text: `seal ${seal} is gone` })
  }
  // Whoever asks for one incident is not told of another's damage; a seal that is broken concerns everybody.
  if (incident !== null)
    found.damages = found.damages.filter((one) => one.incident === null || one.incident === incident)
  return found
}

type Links = Pick<Verification, 'sealed' | 'later' | 'incidents' | 'damages' | 'head'>

async function verifyLinks(q: Queryable, incident: number | null, seals: Seals): Promise<Links> {
  const found: Links = { sealed: 0, later: 0, incidents: 0, damages: [], head: null }
  const close = (places: Place[]) => {
    const first = places[0]
    if (first === undefined) return
    found.incidents++
    found.damages.push(...examineLinks(sha256, first.link.incident, places))
    for (const place of places) look(place, seals, found)
  }
  let places: Place[] = []
  for (let after = { incident: 0, position: 0 }; ; ) {
    const page = await placesAfter(q, after, linksAtATime, incident)
    for (const place of page) {
      if (places[0] !== undefined && places[0].link.incident !== place.link.incident) {
        close(places)
        places = []
      }
      places.push(place)
    }
    const last = page.at(-1)
    if (last === undefined) break
    found.head = last.link.hash
    after = { incident: last.link.incident, position: last.link.position }
  }
  close(places)
  return found
}

function look({ link, entry }: Place, seals: Seals, found: Links): void {
  found.sealed++
  if (entry === null) return
  const at = recordedAt({ at: entry.at, fact: entry.fact })
  const sealedAt = seals.at.get(link.seal)
  if (at !== null && sealedAt !== undefined && sealedAt - at > late) found.later++
  const timed = { id: entry.id, incident: link.incident, seal: link.seal, recordedAt: at }
  const backdated = examineTime(timed, seals.complete)
  if (backdated === null) return
  if (found.damages.some((one) => one.entry === entry.id)) return
  found.damages.push(backdated)
}
