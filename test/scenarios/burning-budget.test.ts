// Alerts about one error budget, as Alertmanager sends them: they are one incident, as bad as the worst of them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { burnPairs } from '../../src/core/burn.ts'
import { severityLabel } from '../../src/core/severity-label.ts'
import { ruleGroup } from '../../src/core/slo-rules.ts'
import { burnAnnotations, unmeasuredAnnotations } from '../../src/messages/burn.ts'
import { sloOf } from '../slo/objectives.ts'
import { type World, world } from './world.ts'

let bot: World
beforeEach(async () => {
  bot = await world()
})
afterEach(() => bot.stop())

const slo = sloOf({ name: 'Checkout availability' })

/** An alert of the rules, as it arrives. */
function alertOf(burn: string, about = slo) {
  const group = ruleGroup(about, {
    burn: (one, pair) => burnAnnotations(bot.bot.templates, one, pair),
    unmeasured: (one) => unmeasuredAnnotations(bot.bot.templates, one),
    severity: (wanted, labels) => severityLabel(bot.bot.config, wanted, labels) ?? '',
  })
  const rule = group.rules.find((one) => 'alert' in one && one.labels.burn === burn)
  if (rule === undefined || !('alert' in rule)) throw new Error(`no alert ${burn}`)
  const labels: Record<string, string> = { ...rule.labels, alertname: rule.alert }
  delete labels.slo_version
  return { status: 'firing', labels, annotations: rule.annotations, startsAt: bot.clock.now().toISOString() }
}

const fire = (...alerts: object[]) => bot.deliver('alertmanager', { version: '4', status: 'firing', alerts })

test('a slow burn opens, a fast one joins and makes it a P1, and both say in words what is the matter', async () => {
  await fire(alertOf('ticket'))
  await bot.settle()
  expect((await bot.view()).incident).toMatchObject({
    ...{ severity: 'P3', service: 'checkout', title: 'Checkout availability: the error budget will not last' },
  })
  await fire(alertOf('slow'), alertOf('fast'))
  await bot.settle()
  const { incident, alerts } = await bot.view()
  expect(incident.severity).toBe('P1')
  expect(alerts.map(({ labels }) => labels.burn).sort()).toEqual(['fast', 'slow', 'ticket'])
  await expect(bot.view(2)).rejects.toThrow('no incident 2')
})

test('another objective of the same service is another incident', async () => {
  await fire(alertOf('fast'), alertOf('fast', sloOf({ name: 'Checkout below 2 s' })))
  await bot.settle()
  expect((await bot.view(1)).incident.title).toBe('Checkout availability: the error budget burns far too fast')
  expect((await bot.view(2)).incident.title).toBe('Checkout below 2 s: the error budget burns far too fast')
})

test('every pair has its words', () => {
  const words = burnPairs(slo).map((pair) => burnAnnotations(bot.bot.templates, slo, pair).description)
  expect(words[0]).toBe(
    'Stop it now: undo what changed last, or take the failing part out of the way, and look for the cause afterwards. The error budget (99.9 % over 30 days) burned {{ $value | printf "%.1f" }}× as fast as it lasts in the last 1 h; at 14.4× all of it is gone in 2 d 2 h. /slo Checkout availability shows what is left.',
  )
  expect(new Set(words).size).toBe(3)
})
