// User groups of the stand-in, from https://docs.slack.dev/reference/methods/usergroups.list and …/usergroups.users.update.
import type { Method } from './methods.ts'
import { Refusal, type StandInGroup, type Workspace } from './workspace.ts'

export const groupMethods: Record<string, Method> = {
  'usergroups.list': {
    required: [],
    scopes: () => ['usergroups:read'],
    run: (w, args) => {
      onlyPaid(w)
      const shown = w.groups.filter((group) => !group.disabled || args.include_disabled === 'true')
      return { usergroups: shown.map((group) => described(group, args.include_users === 'true')) }
    },
  },
  'usergroups.users.update': {
    required: ['usergroup'],
    scopes: () => ['usergroups:write'],
    run: (w, args) => {
      onlyPaid(w)
      if (w.groupsAreForAdmins) throw new Refusal('permission_denied')
      const group = w.groups.find((one) => one.id === args.usergroup)
      if (group === undefined) throw new Refusal('no_such_subteam')
      if (!args.users) throw new Refusal('no_users_provided')
      const users = args.users.split(',').map((id) => id.trim())
      for (const id of users) {
        const person = w.people.get(id)
        if (person === undefined || person.isBot || person.isDeactivated) throw new Refusal('invalid_users')
        if (person.team !== w.teamId) throw new Refusal('failed_for_some_users')
      }
      group.users = users
      w.change()
      return { usergroup: described(group, true) }
    },
  },
}

function onlyPaid(w: Workspace): void {
  if (!w.paid) throw new Refusal('plan_upgrade_required')
}

function described({ id, handle, users, disabled }: StandInGroup, withUsers: boolean) {
  const deleted = disabled ? 1447102109 : 0
  return { id, handle, name: handle, is_usergroup: true, date_delete: deleted, ...(withUsers && { users }) }
}
