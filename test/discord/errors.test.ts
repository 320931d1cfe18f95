// Which of Discord's failures are worth another try, and which mean that a place is gone. Made with the library's own errors.
import { DiscordAPIError, RateLimitError } from 'discord.js'
import { expect, test } from 'vitest'
import { classify, isUnknownChannel } from '../../src/chat/discord/errors.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'

const doing = { what: 'post a message', needs: 'Send Messages' }

const answered = (status: number, code: unknown, message = 'No') =>
  new DiscordAPIError({ code, message } as never, code as never, status, 'POST', 'https://discord.test/x', {})

const limited = (times: { retryAfter: number; timeToReset: number; sublimitTimeout: number }) =>
  new RateLimitError({
    ...{ global: false, method: 'POST', url: 'https://discord.test/x', route: '/x', majorParameter: 'x', hash: 'x' },
    ...{ limit: 5, scope: 'user', ...times },
  })

test.each([
  ['Discord is overloaded', answered(403, 130000)],
  ['direct messages are opened too fast', answered(400, 40003)],
  ['it is too much', answered(429, 0)],
  ['a proxy answers in its stead', answered(403, undefined)],
])('when %s, it is tried again', (_, error) => {
  expect(classify(error, doing)).toBeInstanceOf(TransientError)
})

test.each([
  [{ retryAfter: 700, timeToReset: 300, sublimitTimeout: 0 }, 700],
  [{ retryAfter: 300, timeToReset: 700.2, sublimitTimeout: 0 }, 701],
  [{ retryAfter: 300, timeToReset: 700, sublimitTimeout: 900 }, 900],
  [{ retryAfter: 0, timeToReset: -5, sublimitTimeout: 0 }, 0],
])('of all times of a rate limit the longest is waited for: %j', (times, retryAfter) => {
  expect(classify(limited(times), doing)).toMatchObject({ retryAfter })
})

test('a token that is refused may be good again in a moment; that of an interaction is over for good', () => {
  expect(classify(answered(401, 0, '401: Unauthorized'), doing)).toMatchObject({ isRefusal: true })
  expect(classify(answered(401, 0), doing)).toBeInstanceOf(TransientError)
  expect(classify(answered(401, 50027, 'Invalid Webhook Token'), doing)).toBeInstanceOf(PermanentError)
})

test.each([
  [50001, true],
  [50013, true],
  [50083, true],
  [10003, true],
  [10008, false],
  [50007, false],
])('code %i is for good, and somebody can let the bot do it again: %s', (code, denied) => {
  expect(classify(answered(403, code), doing)).toMatchObject({ denied })
})

test.each([
  [10003, true],
  [10008, false],
  [50001, false],
  [50013, false],
])('code %i is for good, and means that the place is gone: %s', (code, gone) => {
  const error = classify(answered(404, code), doing)
  expect(error).toBeInstanceOf(PermanentError)
  expect((error as PermanentError).gone).toBe(gone)
  expect(isUnknownChannel(error)).toBe(gone)
})
