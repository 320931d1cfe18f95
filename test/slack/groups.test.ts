// Slack's user groups: found by handle, filled with exactly who is on call, and what Slack says when it does not let us.
import { expect, test } from 'vitest'
import { PermanentError, TransientError } from '../../src/errors.ts'
import { harness } from './harness.ts'

async function withGroup(options: { scopes?: string[] } = {}) {
  const { slack, platform } = await harness('socket', options)
  const group = slack.workspace.addGroup('oncall-primary', ['U0BOB'])
  const { groups } = platform
  if (groups === null) throw new Error('Slack has groups')
  return { slack, group, groups }
}

test('a group is found by its handle, with or without @, or by its id, and is filled', async () => {
  const { slack, group, groups } = await withGroup()
  expect(await groups.find('@OnCall-primary')).toEqual({ id: group.id, members: ['U0BOB'] })
  expect(await groups.find(group.id)).toEqual({ id: group.id, members: ['U0BOB'] })
  expect(await groups.find('oncall')).toBeNull()
  await groups.fill(group.id, ['U0ADA', 'U0BOB'])
  expect(group.users).toEqual(['U0ADA', 'U0BOB'])
  expect(slack.calls('usergroups.users.update')).toHaveLength(1)
})

test('an empty group and an account that is none are refused before Slack is asked', async () => {
  const { slack, group, groups } = await withGroup()
  await expect(groups.fill(group.id, [])).rejects.toThrow(PermanentError)
  await expect(groups.fill(group.id, ['ada'])).rejects.toThrow('"ada" is no Slack account id')
  expect(slack.calls('usergroups.users.update')).toEqual([])
})

test('who is deactivated, a bot or unknown keeps nobody else out of the group', async () => {
  const { slack, group, groups } = await withGroup()
  slack.workspace.addPerson({ id: 'U0GONE', name: 'gone', isDeactivated: true })
  slack.workspace.addPerson({ id: 'U0ROBOT', name: 'robot', isBot: true })
  expect(await groups.fill(group.id, ['U0GONE', 'U0ADA', 'U0ROBOT', 'U0NOBODY'])).toEqual([
    'U0GONE',
    'U0ROBOT',
    'U0NOBODY',
  ])
  expect(group.users).toEqual(['U0ADA'])
  await expect(groups.fill(group.id, ['U0GONE'])).rejects.toThrow(/invalid_users/)
  expect(group.users).toEqual(['U0ADA'])
})

test('what Slack refuses says what to do about it', async () => {
  const { slack, group, groups } = await withGroup()
  slack.workspace.groupsAreForAdmins = true
  await expect(groups.fill(group.id, ['U0ADA'])).rejects.toThrow(/permission_denied .*User Groups allow everyone/)
  slack.workspace.groupsAreForAdmins = false
  await expect(groups.fill(group.id, ['U0NOBODY'])).rejects.toThrow(/invalid_users .*slack ids under people/)
  await expect(groups.fill('S0GONE', ['U0ADA'])).rejects.toThrow(/no_such_subteam .*slack_group/)
  slack.workspace.paid = false
  await expect(groups.find('oncall-primary')).rejects.toThrow(/plan_upgrade_required .*paid Slack plan/)
  slack.workspace.paid = true
  group.disabled = true
  await expect(groups.find('oncall-primary')).rejects.toThrow('@oncall-primary is disabled')
  expect(group.users).toEqual(['U0BOB'])
})

test('without the scope it says which one is missing, and a busy Slack says how long to wait', async () => {
  const { slack, groups } = await withGroup({ scopes: ['chat:write', 'usergroups:read'] })
  const group = await groups.find('oncall-primary')
  await expect(groups.fill(group?.id ?? '', ['U0ADA'])).rejects.toThrow(/lacks the scope usergroups:write/)
  slack.trouble('usergroups.list', { kind: 'rate limit', retryAfter: 30 })
  const busy = await groups.find('oncall-primary').catch((error: unknown) => error)
  expect(busy).toBeInstanceOf(TransientError)
  expect(busy).toMatchObject({ retryAfter: 30_000 })
})
