// What people pin in a room is on the timeline: with its own time and author, once, and followed when it changes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReadMessage } from '../../src/chat/platform.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { keepMessage, largestFile, noticeTouch } from '../../src/flow/keep.ts'
import { timelineMessage } from '../../src/messages/replies.ts'
import { keptFile } from '../../src/store/kept.ts'
import { minute, type World, world } from './world.ts'

let w: World
beforeEach(async () => {
  w = await world()
  await w.fire()
  await w.pass(10 * minute)
})
afterEach(() => w.stop())

const room = 'inc-1-checkout'
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1])
const text = (words: string) => new TextEncoder().encode(words)

/** Ada wrote it two minutes ago. */
function write(id: string, more: Partial<ReadMessage> = {}): ReadMessage {
  const at = new Date(w.clock.now().getTime() - 2 * minute)
  const message = {
    ...{ account: 'U-ADA', accountName: 'ada', at, text: 'rolled back', isMarked: true, isOwn: false, files: [] },
    ...more,
  }
  w.chat.written.set(`${room} ${id}`, message)
  return message
}
const change = (id: string, more: Partial<ReadMessage>) => {
  const before = w.chat.written.get(`${room} ${id}`)
  if (before) w.chat.written.set(`${room} ${id}`, { ...before, ...more })
}
async function touch(id: string, account: string | null = 'U-GRACE', what: 'mark' | 'change' = 'mark', channel = room) {
  await noticeTouch(w.bot, { platform: 'slack', channel, message: id, account, what })
  await w.settle()
}
const kept = async () => (await w.view()).timeline.filter(({ fact }) => /^(message|file)_/.test(fact.kind))
const kinds = async () => (await kept()).map(({ fact }) => fact.kind)

describe('a message that is pinned', () => {
  it('is on the timeline with its own time and author, and who pinned it', async () => {
    const { at } = write('1', { text: 'rolled back, thanks <@U-GRACE> and <@U-NOBODY>' })
    await touch('1')
    const [entry] = await kept()
    expect(entry).toMatchObject({
      ...{
        at,
        by: 'ada',
        text: 'Ada Lovelace: rolled back, thanks @Grace Hopper and @U-NOBODY (Pinned by Grace Hopper)',
      },
      fact: { pinnedBy: 'grace', recorded: w.clock.now().toISOString(), platform: 'slack' },
    })
    expect(w.chat.in(room).some(({ message }) => message.title.includes('Kept'))).toBe(false)
  })

  it('stands where it was said, not where it was pinned', async () => {
    write('1')
    await w.chat.say('U-ADA', 'incident note 1 before the pin')
    await touch('1')
    const view = await w.view()
    const text = timelineMessage(w.bot, view, view.timeline, w.clock.now()).text ?? ''
    expect(text.indexOf('rolled back')).toBeLessThan(text.indexOf('before the pin'))
  })

  it('is told once, however often Slack tells of it and however many replicas look', async () => {
    write('1')
    await touch('1')
    await touch('1', 'U-LINUS')
    const job = {
      task: 'keep_message',
      platform: 'slack',
      incident: 1,
      channel: room,
      message: '1',
      account: null,
    } as const
    await Promise.all([1, 2, 3].map(() => keepMessage(w.bot, w.chat, job)))
    expect(await kinds()).toEqual(['message_pinned'])
    write('2')
    await Promise.all([1, 2, 3].map(() => keepMessage(w.bot, w.chat, { ...job, message: '2' })))
    expect(await kinds()).toEqual(['message_pinned', 'message_pinned'])
  })

  it('is followed: an edit keeps the old words, the end of the pin and a deletion are facts', async () => {
    write('1')
    await touch('1')
    change('1', { text: 'rolled back to 4.2.0' })
    await touch('1', null, 'change')
    await touch('1', null, 'change')
    change('1', { isMarked: false })
    await touch('1', 'U-ADA')
    change('1', { text: 'never mind' })
    await touch('1', null, 'change')
    change('1', { isMarked: true })
    await touch('1', 'U-ADA')
    w.chat.written.delete(`${room} 1`)
    await touch('1', null, 'change')
    await touch('1', null, 'change')
    expect((await kept()).map(({ text }) => text)).toEqual([
      'Ada Lovelace: rolled back (Pinned by Grace Hopper)',
      'Ada Lovelace edited a pinned message: rolled back to 4.2.0 (it was: rolled back)',
      'Ada Lovelace took the pin from: rolled back to 4.2.0',
      'Ada Lovelace: never mind (Pinned by Ada Lovelace)',
      'A pinned message was deleted; it was: never mind',
    ])
  })

  it('that was never pinned is nobody’s business, nor is one outside a room, nor what the bot edits', async () => {
    write('1', { isMarked: false })
    await touch('1')
    await touch('1', null, 'change')
    w.chat.written.set('#random 9', write('9'))
    await touch('9', 'U-ADA', 'mark', '#random')
    expect(await kinds()).toEqual([])
    write('2', { isOwn: true, account: 'U-BOT' })
    await touch('2')
    change('2', { text: 'the card, edited' })
    await touch('2', null, 'change')
    expect((await kept()).map(({ by, fact }) => [by, fact.kind])).toEqual([['Tocsin', 'message_pinned']])
  })

  it('is kept later when the platform is away, and its failure for good is a line on the timeline', async () => {
    write('1')
    const { read } = w.chat.messages
    let failures = 2
    w.chat.messages.read = async (...where) => {
      if (failures-- > 0) throw new TransientError('Slack is away')
      return read(...where)
    }
    await touch('1')
    expect(await kinds()).toEqual(['message_pinned'])
    w.chat.messages.read = async () => {
      throw new PermanentError('Slack refused conversations.replies: missing_scope')
    }
    await touch('2')
    expect((await w.view()).timeline.at(-1)?.text).toBe(
      'Slack could not keep message: Slack refused conversations.replies: missing_scope',
    )
  })
})

describe('a file of a pinned message', () => {
  const file = (id: string, name: string, size: number | null = 10) => ({ id, name, size, address: id })

  it('is kept, once, as what it really is', async () => {
    write('1', { files: [file('F1', 'graph.png'), file('F2', 'log.txt')] })
    w.chat.stored.set('F1', png).set('F2', text('héllo\n'))
    await touch('1')
    await touch('1')
    const facts = (await kept()).map(({ fact }) => fact)
    expect(facts.map(({ kind }) => kind)).toEqual(['message_pinned', 'file_kept', 'file_kept'])
    expect(facts[1]).toMatchObject({ name: 'graph.png', type: 'image/png', size: 10, kept: 1 })
    expect(await keptFile(w.bot.db, 1, 1)).toMatchObject({
      name: 'graph.png',
      type: 'image/png',
      bytes: Buffer.from(png),
    })
    expect(await keptFile(w.bot.db, 1, 2)).toMatchObject({ type: 'text/plain' })
    expect(await keptFile(w.bot.db, 2, 1)).toBeNull()
  })

  it('that is too large, refused or nothing that is kept costs a line, not the message', async () => {
    write('1', { files: [file('F1', 'huge.png', largestFile + 1), file('F2', 'a.exe'), file('F3', 'b.png')] })
    w.chat.stored.set('F2', text('MZ\0\0')).set('F3', new PermanentError('the app needs the scope files:read'))
    await touch('1')
    await touch('1')
    expect((await kept()).map(({ text }) => text)).toEqual([
      'Ada Lovelace: rolled back [huge.png, a.exe, b.png] (Pinned by Grace Hopper)',
      'Could not keep huge.png from a pinned message: larger than 8 MiB',
      'Could not keep a.exe from a pinned message: neither a picture nor text, PDF or archive',
      'Could not keep b.png from a pinned message: the app needs the scope files:read',
    ])
  })

  it('that is added by an edit is kept as well', async () => {
    write('1')
    await touch('1')
    w.chat.stored.set('F1', png)
    change('1', { files: [file('F1', 'graph.png')] })
    await touch('1', null, 'change')
    expect(await kinds()).toEqual(['message_pinned', 'file_kept'])
  })
})
