// The linter on objectives: what Prometheus would refuse, what would measure something else, what could never be kept.
import { expect, test } from 'vitest'
import { sound, told } from './team.ts'

const found = (keys: string, objective = 99) =>
  told(
    `${sound}services: { checkout: {} }\nslos:\n  - { name: A, service: checkout, objective: ${objective}, ${keys} }\n`,
  ).map(({ weight, message, line }) => `${weight} ${line === null ? 'nowhere' : ''}${message}`)

test('sound objectives of every kind give nothing to say', () => {
  const written = [
    'good: ok, total: all',
    "bad: 'sum(increase(bad[$window]))', total: 'sum(increase(all[$window]))'",
    `availability: 'up{job="a"}'`,
    "availability: 'up == bool 1'",
    `latency: { metric: s, threshold: 2500ms, selector: 'job="a"' }`,
    'value: q, above: 0.8',
    "promql: 'avg_over_time(up[$window])'",
  ]
  expect(written.flatMap((keys) => found(keys))).toEqual([])
})

test('what does not parse is an error, by its key', () => {
  expect(found("good: 'sum(rate(ok[$window]', total: all")).toEqual([
    'error good of the objective “A” is no PromQL (near “sum(rate(ok[1h]”)',
  ])
  expect(found(`latency: { metric: s, threshold: 5s, selector: 'job=a' }`)).toEqual([
    'error latency.selector of the objective “A” is no PromQL (near “m{job=a}”)',
  ])
})

test('a range that is missing, or stands where none belongs, is an error', () => {
  expect(found("promql: 'avg_over_time(up[5m])'")[0]).toMatch(/^error promql .* has no \$window/)
  expect(found("value: 'rate(q[$window])', above: 1")[0]).toMatch(/^error value .* has \$window/)
})

test('a comparison that leaves out what is bad is an error', () => {
  expect(found("availability: 'up == 1'")[0]).toMatch(/^error availability .* leaves out what it does not hold for/)
  expect(found("value: 'q > 0.8', above: 0.8")[0]).toMatch(/^error value .* leaves out/)
})

test('thresholds and budgets that nobody can mean are warned of', () => {
  expect(found('latency: { metric: s, threshold: 20m }')[0]).toMatch(/^warning “A” calls 1200 s a good answer/)
  expect(found('latency: { metric: s, threshold: 2s }')[0]).toMatch(/^note the histogram of “A” needs a bucket of 2 s/)
  expect(found('availability: up', 99.999)[0]).toMatch(/^warning the whole error budget of “A” is 26 s/)
})

test('two objectives with alerts of one name are told', () => {
  const two = `${sound}slos:\n  - { name: a b, objective: 99, availability: up }\n  - { name: A-B, objective: 99, availability: up }\n`
  expect(told(two).map(({ message }) => message)).toEqual([
    'the alerts of “A-B” and “a b” have the same name: they would share an incident',
  ])
})

test('a service that is misspelt is asked about', () => {
  const misspelt = `${sound}services: { checkout: {} }\nslos: [{ name: A, service: chekout, objective: 99, availability: up }]\n`
  expect(told(misspelt).map(({ fix }) => fix)).toEqual(['is checkout meant?'])
})
