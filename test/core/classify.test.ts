// How bad an alert is, and which incident it belongs to.
import { describe, expect, test } from 'vitest'
import { classify, grouping, type SeverityRules } from '../../src/core/classify.ts'

const rules: SeverityRules = {
  services: {
    payments: {
      severityRules: [
        { match: { severity: 'warning', region: 'eu' }, severity: 'P1' },
        { match: { severity: 'info' }, severity: 'P4' },
      ],
    },
    batch: { severityRules: [{ match: {}, severity: 'P3' }] },
  },
  severityRules: [{ match: { environment: 'staging' }, severity: 'P4' }],
  defaultSeverity: 'P2',
}

describe('the severity of an alert', () => {
  test.each([
    [{ severity: 'critical' }, 'P1'],
    [{ severity: 'warning' }, 'P2'],
    [{ severity: 'info' }, 'P3'],
    [{ severity: 'none' }, 'P4'],
    [{ severity: 'SEV1' }, 'P1'],
    [{ severity: 'sev-0' }, 'P1'],
    [{ priority: 'P0' }, 'P1'],
    [{ severity: 'Severity 2' }, 'P2'],
    [{ severity: 'crit' }, 'P1'],
    [{ priority: 'P5' }, 'P4'],
    [{ priority: 'P3' }, 'P3'],
    [{ level: 'error' }, 'P2'],
    [{ severity: 'purple', priority: '1' }, 'P1'],
    [{}, 'P2'],
    [{ severity: 'purple' }, 'P2'],
  ] as const)('is read from its labels: %j is %s', (labels, severity) => {
    expect(classify(rules, labels)).toBe(severity)
  })

  test('is what the service’s rules say before the general rules, and those before the label', () => {
    const staging = { environment: 'staging', severity: 'warning' }
    expect(classify(rules, { ...staging, service: 'other' })).toBe('P4')
    expect(classify(rules, { ...staging, service: 'payments', region: 'eu' })).toBe('P1')
    expect(classify(rules, { ...staging, service: 'payments', region: 'us' })).toBe('P4')
    expect(classify(rules, { job: 'payments', severity: 'info' })).toBe('P4')
    expect(classify(rules, { service: 'batch', severity: 'critical' })).toBe('P3')
  })

  test('needs every label of a rule', () => {
    expect(classify(rules, { service: 'payments', severity: 'warning' })).toBe('P2')
  })

  test('is not confused by names every object has', () => {
    expect(classify(rules, { service: 'constructor', severity: 'info' })).toBe('P3')
    expect(classify(rules, { severity: 'constructor' })).toBe('P2')
    expect(classify(rules, { severity: '__proto__' })).toBe('P2')
    expect(classify({ ...rules, severityRules: [{ match: { toString: 'x' }, severity: 'P1' }] }, {})).toBe('P2')
  })
})

describe('the grouping key', () => {
  const by = ['service', 'alertname']

  test('is the same whatever label the service is found under, and in whatever order the labels are named', () => {
    const key = grouping(by)({ labels: { service: 'a', alertname: 'X', pod: '1' } })
    expect(grouping(by)({ labels: { job: 'a', alertname: 'X', pod: '2' } })).toBe(key)
    expect(grouping(['alertname', 'service', 'service'])({ labels: { service: 'a', alertname: 'X' } })).toBe(key)
    expect(key).toBe('{"alertname":"X","service":"a"}')
  })

  test('tells values apart that only look alike when joined', () => {
    const of = (a: string, b: string) => grouping(['a', 'b'])({ labels: { a, b } })
    expect(of('x","b":"', '')).not.toBe(of('x', ''))
    expect(of('xy', '')).not.toBe(of('x', 'y'))
  })

  test('is written as an object has its names, whatever they are', () => {
    const labels = { 10: 'a', 9: 'b', x: 'c', ['__proto__']: 'd' }
    expect(grouping(['x', '10', '__proto__', '9'])({ labels })).toBe('{"9":"b","10":"a","__proto__":"d","x":"c"}')
    expect(grouping(['zone'])({ labels: { zone: 'a"b\\c\ud83d' } })).toBe(JSON.stringify({ zone: 'a"b\\c\ud83d' }))
  })

  test('takes a missing label for an empty one', () => {
    expect(grouping(['zone'])({ labels: {} })).toBe('{"zone":""}')
    expect(grouping(['constructor'])({ labels: {} })).toBe('{"constructor":""}')
  })

  test('stays short enough for an index, and different for different long values', () => {
    const long = (end: string) => grouping(['a'])({ labels: { a: '🔔'.repeat(1500) + end } })
    expect(Buffer.byteLength(long('x'))).toBeLessThan(2600)
    expect(long('x')).not.toBe(long('y'))
    expect(long('x')).toBe(long('x'))
    expect(long('x')).not.toMatch(/\p{Surrogate}/u)
  })
})
