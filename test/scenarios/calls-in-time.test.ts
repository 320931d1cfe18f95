// A call for everybody waits for no room: not for one that hangs, and not for the pause after one that could not be opened.
import { expect, it, onTestFinished } from 'vitest'
import type { Room } from '../../src/chat/platform.ts'
import { TransientError } from '../../src/errors.ts'
import { place, queueOf, turn } from './turns.ts'
import { minute, type World, world } from './world.ts'

const nobody = `
team: Checkout
zone: Europe/Berlin
sources: { generic: { token: secret } }
`

async function opened(): Promise<World> {
  const w = await world({ yaml: nobody })
  onTestFinished(() => w.stop())
  return w
}

const calls = (w: World) => w.chat.in('#incidents').filter((one) => one.key.endsWith('/everybody')).length

/** Rooms that open when they are let. */
function slowRooms(w: World): () => void {
  const { open } = w.chat.rooms
  let let_ = () => {}
  const until = new Promise<void>((resolve) => {
    let_ = resolve
  })
  w.chat.rooms.open = (request): Promise<Room> => until.then(() => open(request))
  return let_
}

/** Begins to open the incident's room, and comes to the last resort meanwhile. `done`: it is opened, or was given up. */
async function lastResortMeanwhile(w: World): Promise<{ done: Promise<unknown> | undefined }> {
  await w.fire()
  const [work] = (await queueOf(w, 'one').claim(10)).claimed
  const done = work?.(place)
  w.clock.advance(10 * minute)
  await w.decide()
  return { done }
}

it('is called at once although the room failed to open just before, and waits to be tried again', async () => {
  const w = await opened()
  w.chat.refuseRooms = new TransientError('no answer within 10 s')
  await w.fire()
  for (let i = 0; i < 19; i++) {
    await turn(w)
    w.clock.advance(minute / 2)
  }
  w.clock.advance(minute / 4)
  await turn(w)
  expect(calls(w)).toBe(1)
  w.clock.advance(minute / 4)
  await w.decide()
  await turn(w)
  expect(calls(w)).toBe(2)
  // Anything else keeps the pause.
  await w.chat.say('U-ADA', 'incident note 1 nobody knows')
  expect((await queueOf(w, 'one').claim(10)).claimed).toEqual([])
})

it('is called while the room hangs, once, and the room has the story when it is there', async () => {
  const w = await opened()
  const let_ = slowRooms(w)
  const { done } = await lastResortMeanwhile(w)
  await expect.poll(() => calls(w)).toBe(1)
  let_()
  await done
  await w.settle()
  const { timeline } = await w.view()
  const last = timeline.filter(({ fact }) => fact.kind === 'last_resort_reached').map(({ id }) => `inc-1/e${id}`)
  expect(last).toHaveLength(2)
  expect(calls(w)).toBe(1)
  expect(w.chat.in('inc-1-checkout').map(({ key }) => key)).toEqual(expect.arrayContaining(last))
})

it('is called when it comes while the room is opened and told', async () => {
  const w = await opened()
  const let_ = slowRooms(w)
  const { done } = await lastResortMeanwhile(w)
  let_()
  await done
  await w.settle()
  const { timeline } = await w.view()
  const last = timeline.findLast(({ fact }) => fact.kind === 'last_resort_reached')
  expect(w.chat.in('#incidents').map(({ key }) => key)).toContain(`inc-1/e${last?.id}/everybody`)
})

/** A platform that was slow to open a room may have opened it, and shows it later: asked sooner, it opens another. */
const slowly = new TransientError('no answer within 10 s', { shownAfter: minute / 4 })

it('is called while the room hangs, and the room that may be there is not opened a second time at once', async () => {
  const w = await opened()
  let opens = 0
  let fail = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = () => reject(slowly)
  })
  failed.catch(() => {})
  w.chat.rooms.open = () => {
    opens++
    return failed
  }
  const { done } = await lastResortMeanwhile(w)
  await expect.poll(() => calls(w)).toBe(1)
  fail()
  await done
  w.clock.advance(minute / 6)
  await turn(w)
  expect(opens).toBe(1)
  w.clock.advance(minute / 6)
  await turn(w)
  expect(opens).toBe(2)
})

it('is called in the pause of a room that may be there, which is not opened a second time for it', async () => {
  const w = await opened()
  await w.fire()
  w.clock.advance(10 * minute)
  let opens = 0
  w.chat.rooms.open = async () => {
    opens++
    throw slowly
  }
  await turn(w)
  expect(opens).toBe(1)
  w.clock.advance(1_000)
  await w.decide()
  await turn(w)
  expect(calls(w)).toBe(2)
  await turn(w)
  expect(opens).toBe(1)
  w.clock.advance(minute / 2)
  await turn(w)
  expect(opens).toBe(2)
})

it('is called once while the room hangs, although the answer is lost and what was taken is not shown at once', async () => {
  const w = await opened()
  const let_ = slowRooms(w)
  await w.fire()
  const [work] = (await queueOf(w, 'one').claim(10)).claimed
  const unheard = 1_000
  // Said to be longer: a clock and a timer that are read on either side of a moment without a processor disagree.
  const said = 3 * unheard
  w.chat.failures.push({
    when: 'after',
    error: new TransientError('the answer was lost', { shownAfter: said }),
    to: '#incidents',
  })
  const post = w.chat.post.bind(w.chat)
  let shownAt = Number.NEGATIVE_INFINITY
  w.chat.post = (asked) =>
    post({ ...asked, resumed: asked.resumed && performance.now() >= shownAt }).catch((error: unknown) => {
      shownAt = performance.now() + unheard
      let_()
      throw error
    })
  const findAll = w.chat.findAll.bind(w.chat)
  w.chat.findAll = async (channel, marks) =>
    channel === '#incidents' && performance.now() < shownAt ? new Map() : findAll(channel, marks)
  const telling = work?.(place)
  w.clock.advance(10 * minute)
  await w.decide()
  await telling
  expect(calls(w)).toBe(1)
})
