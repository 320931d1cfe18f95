// Slack's user groups, such as @oncall-primary: found by their handle and filled; Tocsin makes none and empties none.
// https://docs.slack.dev/reference/methods/usergroups.users.update
import { PermanentError } from '../../errors.ts'
import type { GroupOperations, UserGroup } from '../platform.ts'
import { asked, type SlackClient } from './client.ts'
import { refusalCode } from './errors.ts'
import { isAccount } from './render.ts'

/** Slack changes nothing when it does not like one of the members, and does not say which. */
const refusesMembers = new Set(['invalid_users', 'failed_for_some_users', 'single_channel_guests_cannot_be_added'])
const unknown = new Set(['user_not_found', 'user_not_visible'])

export class SlackGroups implements GroupOperations {
  readonly #client: SlackClient

  constructor(client: SlackClient) {
    this.#client = client
  }

  /** One call answers the id and the members of all groups. Errors when the group is disabled: nobody can mention it. */
  async find(group: string): Promise<UserGroup | null> {
    const handle = group.replace(/^@/, '')
    const { usergroups = [] } = await asked(
      'usergroups.list',
      this.#client.usergroups.list({ include_users: true, include_disabled: true }),
    )
    const found = usergroups.find((one) => one.id === handle || one.handle?.toLowerCase() === handle.toLowerCase())
    if (found?.id === undefined) return null
    if (found.date_delete) {
      throw new PermanentError(`the Slack user group @${found.handle ?? handle} is disabled: enable it in Slack again`)
    }
    return { id: found.id, members: found.users ?? [] }
  }

  async fill(id: string, accounts: string[]): Promise<string[]> {
    const wrong = accounts.find((account) => !isAccount(account))
    if (wrong !== undefined) {
      throw new PermanentError(`"${wrong}" is no Slack account id (like U012AB3CD): check people in tocsin.yaml`)
    }
    // Slack refuses an empty list too; a group without anybody is the caller's business to tell.
    if (accounts.length === 0) throw new PermanentError('a Slack user group cannot be empty')
    try {
      await this.#update(id, accounts)
      return []
    } catch (error) {
      if (!refusesMembers.has(codeOf(error) ?? '')) throw error
      const fit = await Promise.all(accounts.map((account) => this.#isFit(account)))
      const rest = accounts.filter((_, place) => fit[place])
      if (rest.length === 0 || rest.length === accounts.length) throw error
      await this.#update(id, rest)
      return accounts.filter((_, place) => !fit[place])
    }
  }

  async #update(id: string, accounts: string[]): Promise<void> {
    await asked(
      'usergroups.users.update',
      this.#client.usergroups.users.update({ usergroup: id, users: accounts.join(',') }),
    )
  }

  /** Whoever cannot be asked for is no worse than before: the refusal counts then. */
  async #isFit(account: string): Promise<boolean> {
    try {
      const { user } = await asked('users.info', this.#client.users.info({ user: account }))
      return !(user?.deleted || user?.is_bot || user?.is_ultra_restricted || user?.is_stranger)
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error
      return !unknown.has(codeOf(error) ?? '')
    }
  }
}

/** Slack's own code behind a refusal. */
function codeOf(error: unknown): string | null {
  return error instanceof PermanentError ? refusalCode(error.cause) : null
}
