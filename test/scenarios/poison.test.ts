import { expect, it } from 'vitest'
import { world } from './world.ts'

it('decides the other incidents when one of them cannot be decided', async () => {
  const w = await world()
  await w.fire({ service: 'broken' })
  await w.fire({ service: 'checkout' })
  // A zone that the next version of the time zone database no longer knows.
  await w.bot.db.query(`update incidents set terms = jsonb_set(jsonb_set(terms, '{hours,zone}', '"Mars/Olympus"'),
    '{severities,P1,paging}', '"business hours"') where service = 'broken'`)
  await w.pass(0)
  expect((await w.view(2)).pages).toMatchObject([{ person: 'ada', status: 'sent' }])
  await w.stop()
})
