// /oncall simulate: the night as one message, told to the one who asks, with the overrides that are stored.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type World, world } from './world.ts'

describe('/oncall simulate', () => {
  let w: World
  beforeEach(async () => {
    w = await world()
  })
  afterEach(() => w.stop())

  const ask = async (words: string) => {
    const reply = await w.chat.say('U-ADA', `oncall simulate ${words}`.trim(), '#general')
    return { ...reply, text: reply?.message.text ?? '', title: reply?.message.title ?? '' }
  }

  it('answers in private who would be paged, and pages nobody', async () => {
    const { visibility, title, text } = await ask('P1 checkout --at 2026-03-03T03:00')
    expect(visibility).toBe('private')
    expect(title).toBe('Simulation · P1 of checkout, Tue 3 Mar 2026, 03:00 CET')
    expect(text).toMatch(/`03:00 CET` Step 1, round 1: page \*\*Ada Lovelace\*\* \(Slack\)/)
    expect(text).toMatch(/`03:05 CET` Step 2, round 1: page \*\*Linus\*\* \(Slack\)/)
    await w.pass(60_000)
    expect(w.chat.in('@U-ADA')).toEqual([])
    expect((await w.bot.db.query('select from incidents')).rows).toHaveLength(0)
  })

  it('takes no mistyped severity for a service: the night would be another one', async () => {
    expect((await ask('P7')).title).toBe('“P7” is not a severity. Take one of P1, P2, P3, P4.')
    expect((await ask('checkout')).title).toMatch(/^Simulation · P1 of checkout/)
  })

  it('says what repeats itself once: the second round, and the last resort', async () => {
    const { text } = await ask('P1 --at 03:00')
    expect(text.match(/Step 1/g)).toHaveLength(1)
    expect(text).toMatch(/`03:15 CET` Round 2: the same again, with the same waits/)
    expect(text.match(/Last resort/g)).toHaveLength(1)
    expect(text).toMatch(/every 10 min/)
    expect(text.length).toBeLessThan(2_500)
  })

  it('counts the overrides that are stored, also one that begins only then', async () => {
    await w.chat.say('U-LINUS', 'oncall override primary grace 30h', '#general')
    expect((await ask('P1 --at 2026-03-03T03:00')).text).toMatch(/Step 1, round 1: page \*\*Grace Hopper\*\*/)
    expect((await ask('P1 --at 2026-03-04T03:00')).text).toMatch(/Step 1, round 1: page \*\*Ada Lovelace\*\*/)
  })

  it('lets somebody answer', async () => {
    const { text } = await ask('P1 --at 03:00 --answer linus@7m')
    expect(text).toMatch(/`03:07 CET` \*\*Linus acknowledges\*\*/)
    expect(text).toMatch(/acknowledgement was not renewed/)
    expect(text).not.toMatch(/Round 2|Last resort/)
  })

  it('tells what it cannot read, and how it is written', async () => {
    expect((await ask('P1 --at tonight')).title).toMatch(/“tonight” is not a time\. Write e\.g\. 03:00/)
    expect((await ask('P1 --policy nights')).title).toMatch(/There is no policy “nights”; there are: default/)
  })
})
