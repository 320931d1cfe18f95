// When a post-mortem is drafted, and what publishing it ends.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { draftPostmortem, publishPostmortem } from '../../src/flow/postmortem.ts'
import { missingInPostmortem } from '../../src/flow/postmortem-edits.ts'
import { respond } from '../../src/flow/respond.ts'
import { postmortemMessage } from '../../src/messages/postmortem.ts'
import { postmortem } from '../../src/store/views.ts'
import { type LookBack, lookBack } from './look-back.ts'
import { minute, outage } from './outage.ts'

let look: LookBack
beforeEach(async () => {
  look = await lookBack('2026-11-17T09:42:10Z')
})
afterEach(() => look.end())

const { fire, pass, resolve, view, markdown, kinds } = outage(() => look)

describe('drafting', () => {
  it('again without news writes nothing, neither draft nor entry', async () => {
    await fire()
    await resolve()
    expect(await draftPostmortem(look.bot, 1)).toBe('drafted')
    const before = await postmortem(look.bot.db, 1)
    look.bot.clock.advance(minute)
    expect(await draftPostmortem(look.bot, 1)).toBe('unchanged')
    expect(await postmortem(look.bot.db, 1)).toEqual(before)
    expect(await kinds('postmortem_drafted')).toBe(1)
  })

  it('by two at once leaves one draft and one entry', async () => {
    await fire()
    await resolve()
    const both = await Promise.all([draftPostmortem(look.bot, 1), draftPostmortem(look.bot, 1)])
    expect(both.toSorted()).toEqual(['drafted', 'unchanged'])
    expect(await kinds('postmortem_drafted')).toBe(1)
  })

  it('after a late note takes the note in, until a person has published it', async () => {
    await fire()
    await resolve()
    await draftPostmortem(look.bot, 1)
    await respond(look.bot, 1, { kind: 'note', by: 'ada', note: 'it was the cache' })
    expect(await draftPostmortem(look.bot, 1)).toBe('drafted')
    expect(await markdown()).toContain('it was the cache')
    await publishPostmortem(look.bot, 1, 'ada')
    await respond(look.bot, 1, { kind: 'note', by: 'ada', note: 'too late' })
    expect(await draftPostmortem(look.bot, 1)).toBe('published')
    expect(await markdown()).not.toContain('too late')
  })

  it('waits for the end, and for an incident that exists', async () => {
    await fire()
    expect(await draftPostmortem(look.bot, 1)).toBe('not resolved')
    expect(await postmortem(look.bot.db, 1)).toBeNull()
    await expect(draftPostmortem(look.bot, 99)).rejects.toThrow(UserError)
  })
})

describe('publishing', () => {
  const clock = async () => (await view()).clocks.find((c) => c.until === 'published')

  it('stops the clock that waited for it, and is on the timeline', async () => {
    await fire()
    await resolve()
    await draftPostmortem(look.bot, 1)
    expect((await clock())?.status).toBe('running')
    look.bot.clock.advance(2 * minute)
    await publishPostmortem(look.bot, 1, 'grace')
    expect(await clock()).toMatchObject({ status: 'met', stoppedAt: look.bot.clock.now() })
    expect(await kinds('postmortem_published')).toBe(1)
    expect(await postmortem(look.bot.db, 1)).toMatchObject({ publishedBy: 'grace', publishedAt: look.bot.clock.now() })
    await expect(publishPostmortem(look.bot, 1, 'ada')).rejects.toThrow('published already, by Grace Hopper')
    expect(await kinds('postmortem_published')).toBe(1)
  })

  it('after its time is over keeps the breach and records when it came', async () => {
    await fire()
    await resolve()
    await draftPostmortem(look.bot, 1)
    await pass(3 * 24 * 60)
    await publishPostmortem(look.bot, 1, 'grace')
    expect(await clock()).toMatchObject({ status: 'breached', stoppedAt: look.bot.clock.now() })
  })

  it('is refused, with what to do, before there is anything to publish', async () => {
    await fire()
    await expect(publishPostmortem(look.bot, 1, 'ada')).rejects.toThrow('not resolved')
    await resolve()
    await expect(publishPostmortem(look.bot, 1, 'ada')).rejects.toThrow('/postmortem 1 drafts it')
    await expect(publishPostmortem(look.bot, 99, 'ada')).rejects.toThrow(UserError)
  })
})

describe('the answer to /postmortem', () => {
  it('shows where the draft is and what it still asks, and stops asking once it is published', async () => {
    await fire()
    await resolve()
    await draftPostmortem(look.bot, 1)
    const message = async () => {
      const row = await postmortem(look.bot.db, 1)
      if (row === null) throw new Error('no draft')
      return postmortemMessage(look.bot, await view(), row, (await missingInPostmortem(look.bot, 1)) ?? [])
    }
    const draft = await message()
    expect(draft.fields?.[1]?.value).toBe('[read it](http://127.0.0.1:8420/incidents/1/postmortem)')
    expect(draft.text).toContain('- **Who was affected, how many (a number), and what could they not do?**')
    expect(draft.text).not.toContain('no entry')
    expect(draft.text).toContain('more questions')
    await publishPostmortem(look.bot, 1, 'ada')
    const published = await message()
    expect(published).toMatchObject({ tone: 'good', text: '' })
    expect(published.fields?.[0]?.value).toBe('published by Ada Lovelace')
  })
})
