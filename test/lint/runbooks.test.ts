// Runbooks nobody reaches, and those of which another always stands first.
import { describe, expect, test } from 'vitest'
import { sound, told } from './team.ts'

describe('runbooks', () => {
  const yaml = `${sound}runbooks: runbooks\nservices: { shop: {} }\n`
  const book = (title: string, ...alerts: string[]) =>
    `# ${title}\n\n## Symptoms\n\n${alerts.map((name) => `- \`${name}\`\n`).join('')}\n## Resolution\n\n1. Restart it.\n`
  const runbookFindings = (files: Record<string, string>) =>
    told(yaml, Object.fromEntries(Object.entries(files).map(([name, text]) => [`runbooks/${name}.md`, text])))

  test('that answer different alerts are fine', () => {
    expect(runbookFindings({ a: book('Errors', 'HighErrorRate'), b: book('Latency', 'HighLatency') })).toEqual([])
  })

  test('that a service names and in which there is no procedure are told at the service', () => {
    const files = { 'docs/a.md': '# A\n\n1. Look.\n', 'docs/b.md': '# B\n\nNothing to do.\n' }
    const of = (runbook: string) =>
      told(`${sound}services:\n  shop: { runbook: ${runbook} }\n`, files).filter(({ weight }) => weight === 'warning')
    expect(of('docs/a.md')).toEqual([])
    for (const runbook of ['docs', 'docs/b.md'])
      expect(of(runbook)).toEqual([
        expect.objectContaining({
          ...{ weight: 'warning', line: 25, fix: 'name a file with numbered steps' },
          message: expect.stringMatching(
            /^the runbook of shop is \/.*, in which there is no procedure: its alerts get none/,
          ),
        }),
      ])
  })

  test('that nothing leads to are noted', () => {
    expect(runbookFindings({ a: '# Something\n\n## Steps\n\n1. Look.\n' })).toEqual([
      expect.objectContaining({
        weight: 'note',
        message: expect.stringMatching(/names no alert, no label and no service/),
      }),
    ])
  })

  test('of which another always stands first are told', () => {
    const found = runbookFindings({ a: book('Errors', 'HighErrorRate'), b: book('Old errors', 'HighErrorRate') })
    expect(found).toEqual([
      expect.objectContaining({
        weight: 'warning',
        line: 1,
        message: expect.stringMatching(
          /“Old errors” is shown for none of the alerts it names: “Errors” .*a\.md:1\) answers them first/,
        ),
      }),
    ])
  })

  test('of which several others stand first name all of these', () => {
    const found = runbookFindings({
      a: book('Errors', 'HighErrorRate', 'Errors5xx'),
      b: book('Latency', 'HighLatency', 'Slow'),
      c: book('Old', 'HighErrorRate', 'HighLatency'),
    })
    const words = /“Old” is shown for none of .*: “Errors” .*a\.md:1\) and “Latency” .*b\.md:1\) answer them first/
    expect(found.map((one) => one.message)).toEqual([expect.stringMatching(words)])
  })

  test('for the same labels as another that stands first are told, and those for more labels are fine', () => {
    const front = (match: string, title: string) =>
      `---\nmatch: { ${match} }\n---\n# ${title}\n\n## Steps\n\n1. Look.\n`
    const of = (other: string) =>
      runbookFindings({ a: front('team: shop, region: eu', 'Shop'), b: front(other, 'Other') }).map(
        ({ message }) => message,
      )
    const words =
      /“Other” is shown for none of the alerts it is for, unless their runbook_url leads here: “Shop” .*a\.md/
    expect(of('region: eu, team: shop')).toEqual([expect.stringMatching(words)])
    expect(of('team: shop')).toEqual([])
    expect(of('team: shop, region: us')).toEqual([])
  })

  test('that share an alert and nothing tells them apart are told', () => {
    const found = runbookFindings({
      a: book('Errors', 'HighErrorRate', 'Errors5xx'),
      b: book('Latency', 'HighLatency', 'HighErrorRate'),
    })
    expect(found.map((one) => one.message)).toEqual([
      expect.stringMatching(/both answer HighErrorRate: the first is shown/),
    ])
  })

  test('of which a service has set a section that is not there are told', () => {
    const of = (runbook: string) =>
      told(`${sound}runbooks: runbooks\nservices: { shop: { runbook: "runbooks/a.md${runbook}" } }\n`, {
        'runbooks/a.md': `${book('Errors', 'HighErrorRate')}\n${book('High latency', 'HighLatency')}`,
      })
    expect(of('#high-latancy')).toEqual([
      expect.objectContaining({
        weight: 'warning',
        message: expect.stringMatching(/the runbook of shop is a section “high-latancy” .*: “Errors” is shown/),
        fix: 'did you mean #high-latency?',
      }),
    ])
    expect([...of(''), ...of('#high-latency'), ...of('#errors')]).toEqual([])
  })
})

test('a service that depends on one of nearly the name of another is told', () => {
  const of = (other: string) => told(`${sound}services: { shop: { depends_on: [${other}] }, checkout: {} }\n`)
  expect(of('chekout')).toEqual([expect.objectContaining({ weight: 'note', fix: 'is checkout meant?' })])
  expect([...of('checkout'), ...of('postgres')]).toEqual([])
})
