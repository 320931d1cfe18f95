// Whether the database takes anything at the moment: to be asked is one thing, and to be written to another.
import type { Db } from './db.ts'

/** Bytes: with so many, no second row finds room on a page of eight KiB. */
const nearlyAPage = 7_000

/**
 * Writes a row and takes it back, then commits, as that waits for what an alert would wait for: the disk, and a standby that has
 * to confirm it. Throws whatever keeps it from being written.
 */
export async function tryWriting(db: Pick<Db, 'tx'>): Promise<void> {
  await db.tx(async (q) => {
    await q.query('savepoint trial')
    await q.query(`insert into write_trials (filler) values (repeat('.', $1))`, [nearlyAPage])
    await q.query('rollback to savepoint trial')
  })
}
