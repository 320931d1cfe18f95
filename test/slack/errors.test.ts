// Which of Slack's failures are worth another try. The answers are made with the client's own error classes.
import { expect, test } from 'vitest'
import { webApi } from '../../src/chat/slack/bolt.ts'
import { slackError } from '../../src/chat/slack/errors.ts'
import { PermanentError, TransientError } from '../../src/errors.ts'

const answered = (error: string, more: object = {}) =>
  new webApi.WebAPIPlatformError({ ok: false, error, ...more } as never)

test.each([
  ['a rate limit, with its time', new webApi.WebAPIRateLimitedError(7), 7000],
  ['a rate limit in the answer', answered('ratelimited', { response_metadata: { retryAfter: 3 } }), 3000],
  ['trouble inside Slack', answered('internal_error'), null],
  ['a workspace that is moved', answered('team_added_to_org'), null],
  ['status 425', new webApi.WebAPIHTTPError(425, 'x', {}, 'x'), null],
  ['worse trouble inside Slack', answered('fatal_error'), null],
  ['a service that is away', answered('service_unavailable'), null],
  ['status 503', new webApi.WebAPIHTTPError(503, 'x', {}, 'x'), null],
  ['a lost connection', new webApi.WebAPIRequestError(new Error('fetch failed')), null],
  ['a page of a proxy', answered('<html>Sign in</html>'), null],
])('tries again after %s', (_, error, retryAfter) => {
  const kind = slackError(error, 'chat.postMessage')
  expect(kind).toBeInstanceOf(TransientError)
  expect((kind as TransientError).retryAfter).toBe(retryAfter)
  expect((kind as Error).cause).toBe(error)
})

const reset = new webApi.WebAPIRequestError(new Error('socket hang up'))
const refused = new webApi.WebAPIRequestError(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))

test.each([
  ['a message whose answer was lost', reset, 'chat.postMessage', 2500],
  ['one that was answered with trouble', answered('fatal_error'), 'chat.postMessage', 2500],
  ['one that a proxy answered', answered('<html>Sign in</html>'), 'chat.postMessage', 2500],
  ['a room whose answer was lost', new webApi.WebAPIHTTPError(502, 'x', {}, 'x'), 'conversations.create', 2500],
  ['what was never heard', refused, 'chat.postMessage', 0],
  ['what Slack refused for now', new webApi.WebAPIRateLimitedError(1), 'chat.postMessage', 0],
  ['what leaves nothing behind', reset, 'conversations.history', 0],
])('says after how long Slack would show %s', (_, error, method, shownAfter) => {
  expect((slackError(error, method) as TransientError).shownAfter).toBe(shownAfter)
})

test.each([
  ['channel_not_found', /invite the bot/],
  ['is_archived', /archived/],
  ['not_authed', /SLACK_BOT_TOKEN/],
  ['account_inactive', /install it again/],
  ['user_not_found', /people in tocsin.yaml/],
  ['cannot_dm_bot', /people in tocsin.yaml/],
  ['message_not_found', /chat.postMessage: message_not_found/],
  ['edit_window_closed', /edit_window_closed/],
  ['an_error_of_next_year', /an_error_of_next_year/],
])('never tries %s again, and says what to do', (code, text) => {
  const kind = slackError(answered(code), 'chat.postMessage')
  expect(kind).toBeInstanceOf(PermanentError)
  expect((kind as Error).message).toMatch(text)
})

test('a token that is refused may be good again in a moment', () => {
  const kind = slackError(answered('invalid_auth'), 'chat.postMessage')
  expect(kind).toBeInstanceOf(TransientError)
  expect(kind).toMatchObject({ isRefusal: true, message: expect.stringContaining('SLACK_BOT_TOKEN') })
})

test.each([
  ['is_archived', true],
  ['channel_not_found', true],
  ['not_in_channel', false],
  ['message_not_found', false],
])('%s: the place is gone: %s', (code, gone) => {
  expect((slackError(answered(code), 'chat.postMessage') as PermanentError).gone).toBe(gone)
})

test('a missing scope is named', () => {
  expect(
    (slackError(answered('missing_scope', { needed: 'bookmarks:write' }), 'bookmarks.add') as Error).message,
  ).toContain('lacks the scope bookmarks:write')
})

test('a wrong address is said to be one', () => {
  const kind = slackError(new webApi.WebAPIHTTPError(404, 'Not Found', {}, ''), 'auth.test')
  expect(kind).toBeInstanceOf(PermanentError)
  expect((kind as Error).message).toContain('SLACK_API_URL')
})

test('what does not come from Slack stays what it is: a bug', () => {
  const bug = new TypeError('x is not a function')
  expect(slackError(bug, 'chat.postMessage')).toBe(bug)
})

test('what another copy of the client throws is told apart as well', () => {
  const { code, data } = answered('invalid_auth')
  const foreign = Object.assign(new Error('An API error occurred: invalid_auth'), { code, data })
  const kind = slackError(foreign, 'apps.connections.open')
  expect((kind as Error).message).toMatch(/apps\.connections\.open.*SLACK_APP_TOKEN/)
})
