// The PromQL of each kind of objective: that it is PromQL, and that it says bad where bad is.
import { describe, expect, it } from 'vitest'
import { badAmount, badShare, type Indicator } from '../../src/core/indicator.ts'
import { day, hour, minute } from '../../src/core/slo-window.ts'
import { topOf } from '../../src/evidence/promql-tree.ts'

const latency: Indicator = { kind: 'latency', metric: 'seconds', selector: 'job="a"', threshold: 2, native: false }
const all: Record<string, Indicator> = {
  share: { kind: 'share', expr: 'avg_over_time(up[$window]) # a comment' },
  good: { kind: 'ratio', part: 'good', expr: 'rate(ok[$window])', total: 'rate(all[$window])' },
  bad: { kind: 'ratio', part: 'bad', expr: 'sum(rate(bad[$window]))\n  # of all', total: 'sum(rate(all[$window]))' },
  availability: { kind: 'availability', expr: 'up{job="a"}', plain: true },
  computed: { kind: 'availability', expr: 'min(up{job="a"}) # of all', plain: false },
  latency,
  native: { ...latency, native: true, selector: '' },
  value: { kind: 'value', expr: 'rate(sum[5m]) / rate(count[5m])', good: 'below', than: 5 },
}

describe('what is asked for', () => {
  it.each(Object.entries(all))('%s is PromQL over any range', (_, indicator) => {
    for (const range of [5 * minute, hour, 30 * day, 1_234_567_000]) {
      expect(topOf(badShare(indicator, range))).not.toBeNull()
      const amount = badAmount(indicator, range)
      if (amount !== null) expect(topOf(amount)).not.toBeNull()
    }
  })

  const asked = (name: keyof typeof all, range = hour) => badShare(all[name] as Indicator, range)

  it('of good ones, what is missing of all; a counter that never was counts nothing, and no traffic is no answer', () => {
    expect(asked('good')).toBe('1 - (sum(rate(ok[1h])) or vector(0)) / (sum(rate(all[1h])) > 0)')
  })

  it('of a bucket that is not there, nothing: it must not look like an outage', () => {
    expect(asked('latency')).toBe(
      '1 - sum(rate(seconds_bucket{job="a",le=~"2(\\\\.0)?"}[1h])) / (sum(rate(seconds_count{job="a"}[1h])) > 0)',
    )
    expect(badShare({ ...latency, threshold: 0.25, selector: '' }, hour)).toContain('{le="0.25"}')
  })

  it('of time, by samples, so that a target that came late weighs less', () => {
    expect(asked('availability')).toBe(
      '1 - (sum(sum_over_time(up{job="a"}[1h])) or vector(0)) / (sum(count_over_time(up{job="a"}[1h])) > 0)',
    )
  })

  it('of a value, without the moments at which it is no number, and more coarsely over longer ranges', () => {
    expect(asked('value')).toContain('>= -Inf) < bool 5)[1h:1m]')
    expect(asked('value', 3 * day)).toContain('[3d:5m]')
    // A quarter of an hour would be a third of what 99.9 % leave.
    expect(asked('value', 31 * day)).toContain('[31d:5m]')
    expect(asked('value', 92 * day)).toContain('[92d:15m]')
    expect(asked('value', 366 * day)).toContain('[366d:1h]')
  })
})
