// Slack's user groups, such as @oncall-primary: found by their handle and filled; Tocsin makes none and empties none.
// https://docs.slack.dev/reference/methods/usergroups.users.update
import { PermanentError } from '../../errors.ts'
import type { GroupOperations, UserGroup } from '../platform.ts'
import { asked, type SlackClient } from './client.ts'
import { isAccount } from './render.ts'

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

  async fill(id: string, accounts: string[]): Promise<void> {
    const wrong = accounts.find((account) => !isAccount(account))
    if (wrong !== undefined) {
      throw new PermanentError(`"${wrong}" is no Slack account id (like U012AB3CD): check people in tocsin.yaml`)
    }
    // Slack refuses an empty list too; a group without anybody is the caller's business to tell.
    if (accounts.length === 0) throw new PermanentError('a Slack user group cannot be empty')
    await asked(
      'usergroups.users.update',
      this.#client.usergroups.users.update({ usergroup: id, users: accounts.join(',') }),
    )
  }
}
