// A post-mortem that people write in: nothing they wrote is lost, whoever else writes, and it is asked for until it is published.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asTyped } from '../../src/core/button-mark.ts'
import { draftPostmortem } from '../../src/flow/postmortem.ts'
import { restorePostmortem, savePostmortem } from '../../src/flow/postmortem-edits.ts'
import { decideReminders } from '../../src/flow/reminders.ts'
import { draftOf, versionsOf } from '../../src/store/postmortems.ts'
import { type Night, night } from '../pager/night.ts'
import { minute, team } from './world.ts'

let w: Night

beforeEach(async () => {
  w = await night({ yaml: team.replace('resolve: 4h }', 'resolve: 4h, postmortem: 24h }') })
})
afterEach(() => w.stop())

const say = (text: string, channel = 'elsewhere') =>
  w.chat.say('U-ADA', text, channel).then((reply) => (reply === null ? null : reply.message))

async function over(): Promise<void> {
  await w.fire()
  await w.settle()
  await say('incident ack 1')
  await say('incident resolve 1')
  await w.settle()
}

async function draft() {
  const found = await draftOf(w.bot.db, 1)
  if (found === null) throw new Error('no draft')
  return found
}

/** Saves the text as `change` makes it, upon the version it has now. */
async function edit(change: (text: string) => string, by = 'ada') {
  const { markdown, version } = await draft()
  return savePostmortem(w.bot, 1, { markdown: change(markdown), seen: version, by })
}

const answer = (text: string) =>
  text.replace(/^- \[ \] (\*\*Who was affected.*)$/m, '- [x] $1\n  1,200 shoppers could not pay for 9 minutes.')

describe('what people write', () => {
  it('stays when the draft is written again, and the new facts come in around it', async () => {
    await over()
    expect(await edit(answer)).toEqual({ outcome: 'saved', version: 2 })
    await say('incident note 1 it was the cache')
    await w.settle()
    const { markdown, kind, version } = await draft()
    expect({ kind, version }).toEqual({ kind: 'merged', version: 3 })
    expect(markdown).toContain('1,200 shoppers could not pay for 9 minutes.')
    expect(markdown).toContain('it was the cache')
    expect(markdown).not.toContain('New on the record')
    expect(await draftPostmortem(w.bot, 1)).toBe('unchanged')
  })

  it('about a fact that changed stays, with the new fact as a note below it', async () => {
    await over()
    await edit((text) =>
      text.replace(/^- \[ \] \*\*What was the root cause.*$/m, '- [x] **What was the root cause?** The cache.'),
    )
    await say('incident note 1 it was the cache')
    await w.settle()
    const { markdown } = await draft()
    expect(markdown).toMatch(
      /^- \[x\] \*\*What was the root cause\?\*\* The cache\.\n {2}> \*\*New on the record:\*\* .*Notes may tell\. \[#\d+\]/m,
    )
    // The note is said once, and is theirs to delete.
    await edit((text) => text.replace(/\n {2}> \*\*New on the record.*/, ''))
    await say('incident action 1 Warm the cache @ada by friday')
    await w.settle()
    expect((await draft()).markdown).not.toContain('New on the record')
    expect((await draft()).markdown).toContain('Warm the cache')
  })

  it('while somebody else did is not written over: the second is told, and offered both', async () => {
    await over()
    const { markdown, version } = await draft()
    await savePostmortem(w.bot, 1, { markdown: answer(markdown), seen: version, by: 'grace' })
    const mine = markdown.replace(/^- \[ \] \*\*What happened.*$/m, '- [x] **What happened?** The cache was cold.')
    const saving = await savePostmortem(w.bot, 1, { markdown: mine, seen: version, by: 'ada' })
    expect(saving).toMatchObject({ outcome: 'conflict', version: 2, by: 'grace', isClean: true })
    if (saving.outcome !== 'conflict') throw new Error('saved')
    expect(saving.merged).toContain('The cache was cold.')
    expect(saving.merged).toContain('1,200 shoppers')
    expect((await draft()).markdown).toBe(answer(markdown))
    await savePostmortem(w.bot, 1, { markdown: saving.merged, seen: saving.version, by: 'ada' })
    expect((await versionsOf(w.bot.db, 1)).map(({ version, by, kind }) => [version, by, kind])).toEqual([
      [3, 'ada', 'edited'],
      [2, 'grace', 'edited'],
      [1, null, 'generated'],
    ])
  })

  it('of the same line twice is offered with the name of the other', async () => {
    await over()
    const { markdown, version } = await draft()
    const told = (what: string) =>
      markdown.replace(/^- \[ \] \*\*What happened.*$/m, `- [x] **What happened?** ${what}`)
    const both = await Promise.all(
      ['grace', 'ada'].map((by) => savePostmortem(w.bot, 1, { markdown: told(`By ${by}.`), seen: version, by })),
    )
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['conflict', 'saved'])
    const conflict = both.find((one) => one.outcome === 'conflict')
    const [winner, loser] = conflict?.by === 'ada' ? ['Ada Lovelace', 'grace'] : ['Grace Hopper', 'ada']
    expect(conflict?.merged).toContain(`By ${loser}.`)
    expect(conflict?.merged).toContain(`> **${winner} wrote meanwhile:**`)
  })

  it('is there to go back to', async () => {
    await over()
    await edit(answer)
    await edit(() => 'nothing left')
    expect(await restorePostmortem(w.bot, 1, { version: 2, seen: 3, by: 'grace' })).toEqual({
      outcome: 'saved',
      version: 4,
    })
    expect((await draft()).markdown).toContain('1,200 shoppers')
    expect((await versionsOf(w.bot.db, 1))[0]).toMatchObject({ kind: 'restored', by: 'grace' })
    await expect(restorePostmortem(w.bot, 1, { version: 9, seen: 4, by: 'grace' })).rejects.toThrow('no version 9')
  })

  it('is kept when a Tocsin without versions, still running beside this one, writes its draft', async () => {
    await over()
    await edit(answer)
    await w.bot.db.query(`update postmortems set markdown = 'as the old one drafts', drafted_at = $1`, [w.clock.now()])
    expect((await draft()).markdown).toContain('1,200 shoppers')
    await say('incident note 1 it was the cache')
    await w.settle()
    expect((await draft()).markdown).toContain('1,200 shoppers')
  })

  it('goes on from a draft that was there before there were versions', async () => {
    await over()
    await w.bot.db.query('delete from postmortem_versions')
    const { version, markdown } = await draft()
    expect(version).toBe(1)
    expect(await edit(answer)).toEqual({ outcome: 'saved', version: 2 })
    const late = await savePostmortem(w.bot, 1, { markdown: `${markdown}\nPS`, seen: 1, by: 'grace' })
    expect(late).toMatchObject({ outcome: 'conflict', isClean: true, merged: `${answer(markdown)}\nPS` })
  })
})

describe('publishing', () => {
  it('says what is missing first, and publishes anyway when somebody says so', async () => {
    await over()
    await say('incident action 1 Alert on queue length')
    await w.settle()
    const warned = await say('postmortem publish 1')
    expect(warned?.title).toMatch(/^Not published yet: the post-mortem of incident 1 lacks \d+ things$/)
    expect(warned?.buttons?.map(({ command }) => asTyped(command))).toEqual(['postmortem publish #1 anyway'])
    const check = (await say('postmortem check 1'))?.text ?? ''
    for (const line of ['Nobody is named as the lead', 'Action item 1 has no owner', 'What was the root cause'])
      expect(check).toContain(line)
    expect((await draft()).publication).toBeNull()
    expect((await say('postmortem publish 1 now'))?.title).toContain('I do not know what “now” is for')
    expect((await say('postmortem publish 1 anyway'))?.title).toBe('The post-mortem of incident 1 is published.')
  })

  it('finds nothing missing once every question is answered or struck, with a number, a lead, an owner and a day', async () => {
    await over()
    await say('incident lead 1 me')
    await say('incident action 1 Alert on queue length @ada by friday')
    await w.settle()
    await edit((text) => answer(text).replace(/^- \[ \] (.*)$/gm, '- [x] $1\n  Because.'))
    expect((await say('postmortem check 1'))?.title).toBe('Nothing is missing in the post-mortem of incident 1')
    await edit((text) => text.replace('1,200 shoppers could not pay for 9 minutes.', 'Some could not pay.'))
    expect((await say('postmortem check 1'))?.text).toContain('No number in the impact')
    expect((await say('postmortem publish 1'))?.title).toContain('lacks 1 thing')
  })
})

describe('until it is published', () => {
  const told = () => w.told('@U-ADA').filter((title) => /post-mortem/i.test(title))
  async function hours(count: number): Promise<void> {
    for (let hour = 0; hour < count; hour++) {
      await w.pass(60 * minute)
      await decideReminders(w.bot)
      await w.turn()
    }
  }

  it('whoever had it is told before it is due, when it is, and each working day after; the room hears the clock', async () => {
    await over() // Monday 10:00 in Berlin; due on Tuesday at 10:00.
    await hours(19)
    expect(told()).toEqual([])
    await hours(1)
    expect(told()).toEqual(['The post-mortem of incident 1 is due 10:00'])
    await hours(4)
    expect(told()).toHaveLength(2)
    expect(told()[1]).toMatch(/^The post-mortem of incident 1 was due/)
    // Wednesday, Thursday and Friday at 9, not on Saturday and Sunday, Monday at 9.
    await hours(24 * 4)
    expect(told()).toHaveLength(5)
    await hours(48)
    expect(told()).toHaveLength(6)
    await say('postmortem publish 1 anyway')
    await hours(48)
    expect(told()).toHaveLength(6)
    const room = (await w.view()).rooms[0]?.channel ?? ''
    expect(w.chat.titles(room)).toContainEqual(expect.stringMatching(/time to postmortem has run out/i))
  })

  it('the lead is told rather than whoever acknowledged, once, however many replicas look', async () => {
    await over()
    await say('incident lead 1 grace')
    await w.pass(20 * 60 * minute)
    await Promise.all([1, 2, 3].map(() => decideReminders(w.bot)))
    await Promise.all([1, 2, 3].map(() => decideReminders(w.bot)))
    await w.turn()
    expect(w.told('@U-GRACE').filter((title) => /post-mortem/.test(title))).toHaveLength(1)
    expect(told()).toEqual([])
  })

  it('one that cannot be looked at keeps nobody else from being told', async () => {
    await over()
    await w.fire({ service: 'cart', title: 'Cart down' })
    await w.settle()
    await say('incident ack 2')
    await say('incident resolve 2')
    await w.settle()
    await w.bot.db.query(
      `update incidents set terms = jsonb_set(terms, '{hours,zone}', '"Mars/Olympus"') where number = 1`,
    )
    await w.bot.db.query(`update clocks set remind_at = '2026-03-02T00:00Z' where incident = 1 and until = 'published'`)
    await w.pass(25 * 60 * minute)
    for (let look = 0; look < 2; look++) await decideReminders(w.bot).catch(() => {})
    await w.turn()
    expect(told()).toContainEqual(expect.stringMatching(/^The post-mortem of incident 2 was due/))
  })

  it('nobody is told all at once of what was left lying before there were reminders', async () => {
    await over()
    await w.bot.db.query(
      `update clocks set remind_at = null, due_at = due_at - interval '60 days' where until = 'published'`,
    )
    await hours(48)
    expect(told()).toEqual([])
  })
})
