// A world in which the pager changes hands: the scenarios' world, with the loops that watch pagers and tell notices.
import { decideHandovers } from '../../src/flow/handover.ts'
import { tellNotices } from '../../src/flow/notices.ts'
import { endRequests } from '../../src/flow/shift-requests.ts'
import { type World, world } from '../scenarios/world.ts'

export type Night = World & {
  /** Decides what is due and tells it. */
  turn(): Promise<void>
  /** Moves the clock there and takes a turn. */
  at(instant: string): Promise<void>
  /** Titles of what a channel or `@account` was told. */
  told(where: string): string[]
}

export async function night(options: Parameters<typeof world>[0] = {}): Promise<Night> {
  const made = await world(options)
  const turn = async () => {
    await endRequests(made.bot)
    await decideHandovers(made.bot)
    for (const platform of made.bot.platforms) while (await tellNotices(made.bot, platform, 'test'));
  }
  await turn()
  return {
    ...made,
    turn,
    told: (where) => made.chat.titles(where),
    async at(instant) {
      made.clock.set(new Date(instant))
      await turn()
    },
  }
}
