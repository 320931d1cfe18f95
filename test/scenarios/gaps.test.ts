// When nobody is on call is told before the night in which it matters.
import { afterEach, describe, expect, it } from 'vitest'
import { othersTurn } from '../../src/clock.ts'
import { gapsAhead } from '../../src/flow/gaps.ts'
import { gapWarnings } from '../../src/messages/gaps.ts'
import { team, type World, world } from './world.ts'

let w: World
afterEach(() => w.stop())

const office = team.replace(
  'handover: "Mon 09:00" } }\n  secondary',
  'handover: "Mon 09:00", only: { days: mon-fri, from: "09:00", until: "17:00" } } }\n  secondary',
)

describe('gaps', () => {
  it('of many schedules are looked for one after the other, so that pages go out in between', async () => {
    const many = Array.from({ length: 1_500 }, (_, i) => `  more${i}: [ada, grace]`).join('\n')
    w = await world({ yaml: office.replace('\nschedules:\n', `\nschedules:\n${many}\n`) })
    let turns = 0
    let isOver = false
    const others = (async () => {
      for (; !isOver; turns++) await othersTurn()
    })()
    // That the database takes its time is no turn of theirs.
    const query = async () => ({ rows: [] })
    const before = process.cpuUsage()
    const found = await gapsAhead({ ...w.bot, db: { ...w.bot.db, query } as unknown as World['bot']['db'] })
    isOver = true
    const { user, system } = process.cpuUsage(before)
    await others
    expect(new Set(found.map(({ schedule }) => schedule))).toEqual(new Set(['primary']))
    // Milliseconds of work for each turn, however fast the machine is.
    expect((user + system) / 1_000 / (turns + 1)).toBeLessThan(50)
  })

  it('of every week are one line, and an override fills one of them', async () => {
    w = await world({ yaml: office })
    const reply = (await w.chat.say('U-ADA', 'oncall gaps primary'))?.message
    expect(reply?.title).toBe('Nobody is on call at these times, in the next 90 days')
    const lines = (reply?.text ?? '').split('\n').filter((line) => line.startsWith('- '))
    expect(lines).toHaveLength(5)
    expect(lines[0]).toBe(
      '- **primary** 17:00 until Tue 3 Mar, 09:00, every week (13 times, the last Mon 25 May, 17:00)',
    )
    await w.chat.say('U-ADA', 'oncall override primary me 16h --from 17:00')
    const filled = (await w.chat.say('U-ADA', 'oncall gaps primary'))?.message.text ?? ''
    expect(filled).toContain('- **primary** Mon 9 Mar, 17:00 until Tue 10 Mar, 09:00, every week')
  })

  it('of every week are one line before a holiday and one after it', async () => {
    w = await world({
      yaml: `${office}business_hours: { holidays: [2026-04-03, 2026-04-06] }\n`.replace(
        '17:00" } } }',
        '17:00" }, except: holidays } }',
      ),
    })
    const reply = (await w.chat.say('U-ADA', 'oncall gaps primary'))?.message
    const lines = (reply?.text ?? '').split('\n').filter((line) => line.startsWith('- '))
    expect(lines.filter((line) => line.includes('Thu'))).toEqual([
      '- **primary** Wed 4 Mar, 17:00 until Thu 5 Mar, 09:00, every week (13 times, the last Wed 27 May, 17:00)',
      '- **primary** Thu 5 Mar, 17:00 until Fri 6 Mar, 09:00, every week (4 times, the last Thu 26 Mar, 17:00)',
      '- **primary** Thu 2 Apr, 17:00 until Tue 7 Apr, 09:00',
      '- **primary** Thu 9 Apr, 17:00 until Fri 10 Apr, 09:00, every week (8 times, the last Thu 28 May, 17:00)',
    ])
    expect(lines).toHaveLength(9)
  })

  it('are nowhere when somebody is always there', async () => {
    w = await world()
    expect((await w.chat.say('U-ADA', 'oncall gaps'))?.message.title).toContain('Somebody is always on call')
    expect(gapWarnings(Object.values(w.bot.config.schedules), await gapsAhead(w.bot), w.clock.now())).toEqual([])
  })

  it('are a warning at the start', async () => {
    w = await world({ yaml: office })
    expect(gapWarnings(Object.values(w.bot.config.schedules), await gapsAhead(w.bot), w.clock.now())).toEqual([
      'Schedule primary: nobody is on call from Mon 2 Mar 2026, 17:00 until Tue 3 Mar 2026, 09:00 Europe/Berlin, 13 weeks in a row, and at 4 other times (/oncall gaps primary has them all).',
    ])
  })
})

it('a person gets the addresses of their shifts for their calendar', async () => {
  w = await world()
  const reply = (await w.chat.say('U-ADA', 'oncall calendar'))?.message
  expect(reply?.fields?.map((one) => one.label)).toEqual(['Your shifts', 'primary', 'secondary'])
  expect(reply?.fields?.[0]?.value).toContain('/calendars/people/ada.ics')
  const stranger = (await w.chat.say('U-X', 'oncall calendar'))?.message
  expect(stranger?.fields?.map((one) => one.label)).toEqual(['primary', 'secondary'])
})
