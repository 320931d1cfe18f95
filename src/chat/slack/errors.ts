// What Slack's refusals mean for us: try again later, or never. Nothing of a request (so no token) gets into a message.
import { PermanentError, TransientError } from '../../errors.ts'
import { webApi } from './bolt.ts'

/** Slack's own trouble, or too much of ours. https://docs.slack.dev/reference/methods/chat.postMessage/#errors */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'internal_error',
  'fatal_error',
  'request_timeout',
  'team_added_to_org',
])

/** What leaves something that is looked for before it is done again. */
const findable = new Set(['chat.postMessage', 'conversations.create', 'files.completeUploadExternal', 'bookmarks.add'])

/** Milliseconds: Slack promises nowhere that its history shows a message as soon as it has taken it. */
const shownWithin = 2_500

/** What the person who runs the bot can do about it. */
const remedies: Record<string, string> = {
  invalid_auth: 'check SLACK_BOT_TOKEN and SLACK_APP_TOKEN',
  not_authed: 'check SLACK_BOT_TOKEN',
  account_inactive: 'the app was removed from the workspace: install it again',
  token_revoked: 'the app was removed from the workspace: install it again',
  channel_not_found: 'no such channel, or a private one: invite the bot there',
  not_in_channel: 'invite the bot to the channel',
  is_archived: 'the channel is archived',
  user_not_found: 'no such account: check the slack id under people in tocsin.yaml',
  users_not_found: 'no such account: check the slack id under people in tocsin.yaml',
  cannot_dm_bot: 'the account belongs to a bot: check the slack id under people in tocsin.yaml',
  user_disabled: 'the account is deactivated: check people in tocsin.yaml',
  no_such_subteam: 'no such user group: check slack_group under schedules in tocsin.yaml',
  invalid_users: 'one of the members is a guest, a bot or unknown: check the slack ids under people in tocsin.yaml',
  failed_for_some_users: 'one of the members is not in this workspace: check the slack ids under people in tocsin.yaml',
  single_channel_guests_cannot_be_added: 'guests cannot be in a user group: take another person, or no slack_group',
  permission_denied:
    'the workspace lets only admins change user groups: under Workspace settings → Permissions → User Groups allow everyone',
  plan_upgrade_required: 'user groups need a paid Slack plan: take slack_group out of tocsin.yaml, or upgrade',
  paid_teams_only: 'user groups need a paid Slack plan: take slack_group out of tocsin.yaml, or upgrade',
  restricted_action: 'the workspace does not let apps do this: ask its owner',
}

/**
 * The kind of failure behind anything the Web API client throws: TransientError (`retryAfter` in milliseconds) or
 * PermanentError. What does not come from Slack is returned as it is: a bug.
 */
export function slackError(error: unknown, method: string): unknown {
  if (isOf('RateLimitedError', error)) {
    return new TransientError(`Slack asks to wait ${Math.ceil(error.retryAfter)} s with ${method}`, {
      retryAfter: error.retryAfter * 1000,
      cause: error,
    })
  }
  if (isOf('RequestError', error)) {
    const isUnheard = 'code' in error.original && error.original.code === 'ECONNREFUSED'
    return new TransientError(`Slack cannot be reached for ${method}: ${depths(error.original)}`, {
      cause: error,
      shownAfter: isUnheard ? 0 : shownAfter(method),
    })
  }
  if (isOf('HTTPError', error)) {
    const { statusCode } = error
    const text = `Slack answered ${method} with status ${statusCode}`
    if (statusCode >= 500 || statusCode === 408 || statusCode === 425) {
      return new TransientError(text, { cause: error, shownAfter: shownAfter(method) })
    }
    return new PermanentError(`${text}: check SLACK_API_URL and what stands between the bot and Slack`, {
      cause: error,
    })
  }
  if (isOf('PlatformError', error)) return refusal(error, method)
  return error
}

type Failures = {
  RateLimitedError: webApi.WebAPIRateLimitedError
  RequestError: webApi.WebAPIRequestError
  HTTPError: webApi.WebAPIHTTPError
  PlatformError: webApi.WebAPIPlatformError
}

/** By its code, not its class: Socket Mode brings the client along by a way of its own, and may have its classes twice. */
function isOf<Kind extends keyof Failures>(kind: Kind, error: unknown): error is Failures[Kind] {
  return error instanceof Error && 'code' in error && error.code === webApi.ErrorCode[kind]
}

function shownAfter(method: string): number {
  return findable.has(method) ? shownWithin : 0
}

/** The error code that Slack gave, e.g. `name_taken`; null when Slack did not answer in its own way. */
export function refusalCode(error: unknown): string | null {
  return isOf('PlatformError', error) ? error.data.error : null
}

function refusal(error: webApi.WebAPIPlatformError, method: string): TransientError | PermanentError {
  const { error: code, needed, response_metadata: metadata } = error.data as Refusal
  if (!/^[\w.:-]{1,80}$/.test(code)) {
    // A proxy's page, not Slack's answer: the client puts the whole body here.
    return new TransientError(`Slack answered ${method} with something that is not JSON`, {
      cause: error,
      shownAfter: shownAfter(method),
    })
  }
  const retryAfter = typeof metadata?.retryAfter === 'number' ? metadata.retryAfter * 1000 : null
  if (passing.has(code))
    return new TransientError(`Slack could not do ${method}: ${code}`, {
      ...{ retryAfter, cause: error, shownAfter: retryAfter === null ? shownAfter(method) : 0 },
    })
  if (code === 'missing_scope') {
    return new PermanentError(
      `Slack refused ${method}: the app lacks the scope ${needed ?? 'that it needs'}; install it again with the manifest of "tocsin slack manifest"`,
      { cause: error },
    )
  }
  const remedy = remedies[code]
  // A token that was taken away has codes of its own; this one Slack gives to good ones, too, when it is ill.
  if (code === 'invalid_auth')
    return new TransientError(`Slack refused ${method}: ${code} (${remedy})`, { cause: error, isRefusal: true })
  // Slack says which block it dislikes, e.g. `[json-pointer:/blocks/0/text]`.
  const detail = code === 'invalid_blocks' && metadata?.messages ? ` ${metadata.messages.join(' ').slice(0, 300)}` : ''
  return new PermanentError(`Slack refused ${method}: ${code}${detail}${remedy ? ` (${remedy})` : ''}`, {
    cause: error,
    gone: code === 'is_archived' || code === 'channel_not_found',
  })
}

type Refusal = {
  error: string
  needed?: string
  response_metadata?: { retryAfter?: number; messages?: string[] }
}

/** fetch says only "fetch failed"; the reason is below. */
function depths(error: Error): string {
  return error.cause instanceof Error
    ? `${error.message} (${error.cause.message || (error.cause as NodeJS.ErrnoException).code})`
    : error.message
}
