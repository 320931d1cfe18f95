// tocsin timeline verify: proves that nobody changed what happened, or says what was changed. It reads the database itself, so
// that a bot that was tampered with has no say in it.
import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { reasonOf, UserError } from '../errors.ts'
import { type Verification, verifyTimeline } from '../flow/verify.ts'
import { makeLog } from '../log.ts'
import { connect, type Db } from '../store/db.ts'
import { findEmbedded, startEmbedded } from '../store/embedded.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'

type Options = { head?: boolean; against?: string }

/** What of a long list is shown to people; --json has all of it. */
const shown = 50

export function addTimeline(program: Command, add: Add): void {
  const timeline = program.command('timeline').description('prove what happened')
  add(
    timeline,
    'verify [incident]',
    'prove that no entry was changed, removed or inserted since it was sealed',
    [
      ['--head', 'print only the hash at the end of the chain, to keep it elsewhere'],
      ['--against <hash>', 'check that a hash that was kept is still in the chain'],
    ],
    (options, around, words) => verify(options as Options, around, words[0]),
  )
}

async function verify(options: Options, around: Surroundings, word: string | undefined): Promise<Outcome> {
  const question = { incident: incidentOf(word), against: hashOf(options.against) }
  const config = loadConfig(around.env, { cwd: around.cwd })
  const found = await withDatabase(config, (db) => verifyTimeline({ db }, question))
  const { incident } = question
  if (incident !== null && found.sealed + found.waiting + found.damages.length === 0)
    throw new UserError(`There is no incident ${incident}, and there never was one that was sealed.`)
  const isWhole = found.damages.length === 0 && found.kept !== null
  const lines = options.head && isWhole ? [found.head ?? 'nothing is sealed yet'] : told(found, incident)
  return { lines, data: { ok: isWhole, ...found }, code: isWhole ? 0 : 1 }
}

function told(found: Verification, incident: number | null): string[] {
  const { sealed, waiting, later, seals, incidents, damages, head } = found
  const where =
    incident === null ? `of ${count(incidents, 'incident')}, in ${count(seals, 'seal')}` : `of incident ${incident}`
  const more = damages.length - shown
  return [
    `${count(sealed, 'entry', 'entries')} sealed ${where}; ${waiting} not sealed yet.`,
    ...(later > 0
      ? [
          `${later} of them sealed later: more than ten minutes after they were written, so nothing is proved about that time.`,
        ]
      : []),
    ...(damages.length === 0
      ? ['Nothing was changed, removed or inserted since.']
      : [`Damaged in ${count(damages.length, 'place')}:`]),
    ...damages.slice(0, shown).map(({ what, text }) => `  ${what.padEnd(8)}  ${text}`),
    ...(more > 0 ? [`  … and ${more} more: see --json`] : []),
    ...keptLine(found),
    ...(head === null ? [] : [`Head: ${head}`]),
  ]
}

function keptLine({ kept }: Verification): string[] {
  if (kept === undefined) return []
  if (kept === null) return ['The hash that was kept is NOT in the chain: what it stood for was rewritten.']
  const where = 'seal' in kept ? `seal ${kept.seal}` : `entry ${kept.position} of incident ${kept.incident}`
  return [`The hash that was kept is in the chain: ${where}. Nothing before it was rewritten.`]
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

function incidentOf(word: string | undefined): number | null {
  if (word === undefined) return null
  const number = /^(?:#|inc-)?(\d{1,9})$/i.exec(word)?.[1]
  if (number === undefined) throw new UserError(`“${word}” is not an incident. Write its number, e.g. 12.`)
  return Number(number)
}

function hashOf(text: string | undefined): string | null {
  if (text === undefined) return null
  if (!/^[0-9a-f]{64}$/i.test(text.trim()))
    throw new UserError('--against: a hash has 64 of the characters 0 to 9 and a to f, as --head prints it.')
  return text.trim().toLowerCase()
}

async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const { url, dataFolder } = config.database
  const running = url ?? (await findEmbedded(dataFolder))
  const log = makeLog({ level: 'silent', file: null })
  const embedded = running === null ? await startEmbedded(dataFolder, log) : null
  const db = connect(running ?? embedded?.url ?? '', { max: 1 })
  try {
    return await work(db)
  } catch (error) {
    throw explained(error)
  } finally {
    await db.end()
    await embedded?.stop()
  }
}

/** What PostgreSQL or the network says comes with a code. */
function explained(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error
  if (error.code === '42P01')
    return new UserError('This database has no seals yet. Bring it up to date first: tocsin migrate')
  return new UserError(`PostgreSQL could not be asked: ${reasonOf(error)}. Check DATABASE_URL.`)
}
