// Queries of runbooks: what is found in a step, and that nothing a stranger calls a pod can change what is asked.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fillQuery } from '../../src/evidence/fill-query.ts'
import { childrenOf, topOf } from '../../src/evidence/promql-tree.ts'
import { queriesOf } from '../../src/evidence/step-queries.ts'

const subject = (...alerts: Record<string, string>[]) => ({
  service: 'checkout',
  alerts: alerts.map((labels) => ({ labels })),
})
const fill = (query: string, ...alerts: Record<string, string>[]) =>
  fillQuery({ language: 'promql', query }, subject(...alerts))

describe('filling in', () => {
  test.each([
    ['up{job="$service"}', 'up{job="checkout"}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana's, not ours.
    ['up{pod="${pod}"}', 'up{pod="p-1"}'],
    ['up{pod="{{ $labels.pod }}"}', 'up{pod="p-1"}'],
    ['up{pod="{{ .Labels.pod }}"}', 'up{pod="p-1"}'],
    ['up{pod=~"$pod.*"}', 'up{pod=~"p-1.*"}'],
    ['rate(x[$__rate_interval])', 'rate(x[5m])'],
    ['x{a="b"} # of $nobody', 'x{a="b"} # of $nobody'],
    ["x{pod='$pod'} > 5", "x{pod='p-1'} > 5"],
    ['sum by (pod) (rate(x{le=~"0\\\\.5|$pod"}[5m]))', 'sum by (pod) (rate(x{le=~"0\\\\.5|p-1"}[5m]))'],
  ])('%s', (query, filled) => {
    expect(fill(query, { pod: 'p-1' })).toBe(filled)
  })

  test('several values of a label match any of them', () => {
    expect(fill('up{pod="$pod"}', { pod: 'a.1' }, { pod: 'b' })).toBe('up{pod=~"(?:a\\\\.1|b)"}')
    expect(fill('up{pod!="$pod"}', { pod: 'a' }, { pod: 'b' })).toBe('up{pod!~"(?:a|b)"}')
    expect(fill('up{pod=~"$pod"}', { pod: 'a' }, { pod: 'b' })).toBe('up{pod=~"(?:a|b)"}')
  })

  test.each([
    ['up{pod="x-$pod"}', [{ pod: 'a' }, { pod: 'b' }], 'in which the alerts differ'],
    ['up{pod="$node"}', [{ pod: 'a' }], 'no alert has that label'],
    ['up{pod=$pod}', [{ pod: 'a"} or vector(1) #' }], 'no plain word'],
    ['up{pod=`$pod`}', [{ pod: 'a`' }], 'backtick'],
  ])('%s with %j is refused', (query, alerts, reason) => {
    expect(() => fill(query, ...(alerts as unknown as Record<string, string>[]))).toThrow(reason)
  })

  test('no value can leave the quotation it stands in', () => {
    const shape = (query: string) => {
      const names: string[] = []
      topOf(query)
        ?.cursor()
        .iterate(({ name }) => void names.push(name))
      return names.join(' ')
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('"', "'", '`'), (pod, quote) => {
        for (const operator of ['=', '=~', '!~']) {
          let filled: string
          try {
            filled = fill(`up{pod${operator}${quote}$pod${quote},job="x"}`, { pod })
          } catch {
            continue
          }
          expect(shape(filled)).toBe(shape(`up{pod${operator}${quote}p${quote},job="x"}`))
          expect(childrenOf(topOf(filled) as never).length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('what a step can ask', () => {
  const block = (language: string, code: string) => `Look:\n\n\`\`\`${language}\n${code}\n\`\`\`\n`
  test.each([
    ['promql', 'up == 0', ['up == 0']],
    ['', 'sum(rate(http_requests_total[5m]))', ['sum(rate(http_requests_total[5m]))']],
    ['promql', '# errors\nrate(a[5m])\n# all\nrate(b[5m])', ['rate(a[5m])', 'rate(b[5m])']],
    ['promql', 'sum(\n  a\n)\n\nsum(\n  b\n)', ['sum(\n  a\n)', 'sum(\n  b\n)']],
    ['promql', 'this is no query', ['this is no query']],
    ['logql', '{app="$service"} |= "x"', ['{app="$service"} |= "x"']],
    ['bash', 'sum (rate)', []],
    ['sql', 'select count(*) from up', []],
    ['', 'kubectl get pods', []],
  ])('%s: %s', (language, code, queries) => {
    expect(queriesOf(block(language, code)).map(({ query }) => query)).toEqual(queries)
  })

  test('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('promql', 'logql', ''),
        (code, language) => void queriesOf(block(language, code)),
      ),
    )
  })
})
