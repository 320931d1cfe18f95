// Keeps chat groups such as @oncall-primary filled with whoever is on call. Nobody waits for it: it runs beside the pages, asks
// the platform only when somebody changed or an hour has passed, and says once what it cannot do.
import type { Bot } from '../bot.ts'
import type { ChatPlatform, GroupOperations } from '../chat/platform.ts'
import type { UserGroupConfig } from '../config/config.ts'
import type { Override } from '../core/schedule.ts'
import { PermanentError, reasonOf, TransientError } from '../errors.ts'
import { addNotices } from '../store/notices.ts'
import { overridesAt } from '../store/overrides.ts'
import { knowGroups, type SeenGroup, seeGroup, seenGroups, takeGroup } from '../store/user-groups.ts'
import { onCall } from './paging.ts'

const minute = 60_000
/** Milliseconds that looking at one group may take before another replica does: longer than Slack is waited for. */
const looking = 30_000
/** Until the next look, when it was just filled: what a process that died asked of Slack before may arrive after it. */
const whenFilled = 15_000
/** Until the next look, when all is well: somebody may have changed the group by hand. */
const whenWell = 60 * minute
/** Until the next look, when the platform refused or something is missing. */
const whenRefused = 10 * minute
const whenAway = 10_000

/** Looks after the groups of a platform. */
export async function keepGroups(bot: Bot, platform: ChatPlatform): Promise<void> {
  const groups = bot.config.userGroups.filter((group) => group.platform === platform.name)
  if (platform.groups === null || groups.length === 0) return
  const now = bot.clock.now()
  const names = groups.map(({ name }) => name)
  let seen = await seenGroups(bot.db, platform.name)
  if (names.some((name) => !seen.some((one) => one.name === name))) {
    await knowGroups(bot.db, platform.name, names, now)
    seen = await seenGroups(bot.db, platform.name)
  }
  const overrides = await overridesAt(bot.db, now)
  for (const group of groups) {
    const wanted = membersOf(bot, group, overrides, now)
    const known = seen.find((one) => one.name === group.name)
    // Members unknown: somebody is looking, or the platform was away, and said when to come back.
    const anyway = known?.members != null && (isOther(wanted, known.members) || isUntold(wanted, known.problem))
    const until = new Date(now.getTime() + looking)
    const taken = await takeGroup(bot.db, platform.name, group.name, { now, until, anyway })
    const isFilled = known?.members != null && same(wanted.accounts, known.members)
    if (taken !== null) await look(bot, platform.groups, taken, { ...wanted, group, isFilled, until })
  }
}

type Wanted = {
  group: UserGroupConfig
  accounts: string[]
  /** On call, but without an account here. */
  unmapped: string[]
  /** It was filled with them before. */
  isFilled: boolean
  /** For so long it is this replica's to look at. */
  until: Date
}

type Members = Pick<Wanted, 'accounts' | 'unmapped'>

function membersOf(bot: Bot, group: UserGroupConfig, overrides: Override[], at: Date): Members {
  const people = [...new Set(group.schedules.flatMap((schedule) => onCall(bot.config, overrides, { schedule }, at)))]
  const accountOf = (person: string) => bot.config.people[person]?.accounts[group.platform]
  return {
    accounts: [...new Set(people.flatMap((person) => accountOf(person) ?? []))],
    unmapped: people.filter((person) => accountOf(person) === undefined),
  }
}

function isOther({ accounts }: Pick<Wanted, 'accounts'>, members: string[]): boolean {
  return accounts.length > 0 && !same(accounts, members)
}

/** Somebody cannot be put into the group, which was in step until now. */
function isUntold({ unmapped }: Pick<Wanted, 'unmapped'>, problem: string | null): boolean {
  return unmapped.length > 0 && problem === null
}

async function look(bot: Bot, groups: GroupOperations, seen: SeenGroup, wanted: Wanted): Promise<void> {
  try {
    const { problem, isNew } = await fill(bot, groups, wanted)
    const wait = isNew ? whenFilled : problem ? whenRefused : whenWell
    await remember(bot, seen, wanted, problem, wait)
  } catch (error) {
    const reason = reasonOf(error)
    const context = { platform: seen.platform, group: seen.name, reason }
    if (error instanceof PermanentError) {
      if (reason !== seen.problem) bot.log.error(context, 'a user group could not be kept in step')
      await remember(bot, seen, wanted, reason, whenRefused)
      return
    }
    const wait = (error instanceof TransientError ? error.retryAfter : null) ?? whenAway
    bot.log.warn({ ...context, wait }, 'a user group will be looked at again')
    const lookAt = new Date(bot.clock.now().getTime() + wait)
    await seeGroup(bot.db, { ...seen, members: null }, { until: wanted.until, lookAt })
  }
}

/** `problem`: what is wrong all the same, for people. `isNew`: it was filled with these members, and for the first time. */
type Filled = { problem: string | null; isNew: boolean }

/** Makes the members right when they differ. */
async function fill(bot: Bot, groups: GroupOperations, wanted: Wanted): Promise<Filled> {
  const { group, accounts, unmapped, isFilled } = wanted
  const { platform, name } = group
  const found = await groups.find(name)
  if (found === null) {
    const problem = `${platform} has no user group @${name}: create it there, or correct ${platform}_group in tocsin.yaml`
    return { problem, isNew: false }
  }
  const isOff = accounts.length > 0 && !same(accounts, found.members)
  const isNew = isOff && !isFilled
  if (isOff) {
    const refused = await groups.fill(found.id, accounts)
    bot.log.info(
      { platform, group: name, members: accounts.length - refused.length },
      'a user group follows its schedule',
    )
    if (refused.length > 0) return { problem: refusal(bot, platform, refused), isNew }
  }
  if (unmapped.length === 0) return { problem: null, isNew }
  const names = unmapped.map((person) => bot.config.people[person]?.name ?? person).join(', ')
  return { problem: `no ${platform} account is known for ${names}: add it under people in tocsin.yaml`, isNew }
}

function refusal(bot: Bot, platform: string, accounts: string[]): string {
  const isRefused = (person: string) => accounts.includes(bot.config.people[person]?.accounts[platform] ?? '')
  const refused = Object.keys(bot.config.people).filter(isRefused)
  const names = refused.map((person) => bot.config.people[person]?.name ?? person).join(', ')
  return `${platform} takes ${names} into no user group, as the account is deactivated, a guest, a bot or unknown: check the ${platform} id under people in tocsin.yaml; whoever else is on call is in it`
}

/** Tells the incidents channel when what is wrong has changed; that nobody is on call, once and for all. */
async function remember(
  bot: Bot,
  seen: SeenGroup,
  { group, accounts, unmapped, until }: Wanted,
  problem: string | null,
  wait: number,
): Promise<void> {
  const now = bot.clock.now()
  const gap = problem === null && accounts.length === 0 && unmapped.length === 0
  const said = gap && !seen.gapTold ? 'nobody is on call at the moment, and a group cannot be empty' : problem
  const news = problem !== seen.problem || (gap && !seen.gapTold)
  const told = news ? seen.told + 1 : seen.told
  await bot.db.tx(async (q) => {
    // Also when it was refused: whoever is on call next need not be.
    const state = { ...seen, members: accounts, problem, told, gapTold: seen.gapTold || gap }
    const isOurs = await seeGroup(q, state, { until, lookAt: new Date(now.getTime() + wait) })
    if (!news || !isOurs) return
    const about = { kind: 'group', group: group.name, schedules: group.schedules, problem: said } as const
    const key = `group/${group.name}/${told}`
    await addNotices(q, [{ platform: group.platform, key, person: null, about }], now)
  })
}

function same(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one))
}
