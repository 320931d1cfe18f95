// Which runbook an alert gets; in doubt the one that says most about it.
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadRunbooks } from '../../src/runbooks/load.ts'
import { matchRunbook, type RunbookQuery } from '../../src/runbooks/match.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { workOf } from '../work.ts'

const { runbooks } = loadRunbooks([fileURLToPath(new URL('../fixtures/runbooks', import.meta.url))])
const query: RunbookQuery = {
  alertName: 'Nothing',
  labels: {},
  service: 'web',
  runbookUrl: null,
  explicit: null,
  title: '',
  says: '',
}
const match = (changes: Partial<RunbookQuery>) => {
  const found = matchRunbook(runbooks, { ...query, ...changes })
  return found && [found.runbook.section, found.because]
}

test('nothing fits: no runbook', () => {
  expect(match({})).toBeNull()
})

test('the alert name must be the same, not alike', () => {
  expect(match({ alertName: 'JAXBackendDown' })).toEqual(['service-down', 'alert name JAXBackendDown'])
  expect(match({ alertName: 'JAXBackend' })).toBeNull()
  expect(match({ alertName: 'jaxbackenddown' })).toBeNull()
})

describe('runbook_url', () => {
  test.each([
    ['https://git.example.test/ops/blob/main/docs/gym-operations.md#high-latency', 'high-latency'],
    ['https://git.example.test/ops/blob/main/docs/gym-operations.md#-high-latency-p2', 'high-latency'],
    ['docs/gym-operations.md#database-performance', 'database-performance'],
    ['https://wiki.example.test/runbooks/kubepodcrashlooping?tab=1', 'kubepodcrashlooping'],
    ['https://wiki.example.test/ops#database-performance', 'database-performance'],
  ])('%s leads to %s', (runbookUrl, section) => {
    expect(match({ runbookUrl })).toEqual([section, 'runbook_url'])
  })

  test.each(['', 'https://wiki.example.test/', 'not a page', '%E0%A4%A', 'https://git.example.test/gym-operations.md'])(
    '%s leads nowhere',
    (runbookUrl) => {
      expect(match({ runbookUrl })).toBeNull()
    },
  )

  test('counts less than the alert name', () => {
    expect(match({ alertName: 'FrontendDown', runbookUrl: 'gym-operations.md#high-latency' })?.[0]).toBe('service-down')
  })
})

test('a heading without a word in it is not where an address without an anchor leads', () => {
  const text = '# Ops\n\n## DiskFull\n\n1. Look\n2. Clean\n\n### 🚨\n\nCareful.\n\n## QueueStuck\n\n1. Look\n2. Drain\n'
  const pages = parseRunbooks('ops.md', text)
  const runbookUrl = 'https://wiki.example.test/ops.md'
  expect(pages).toHaveLength(2)
  expect(matchRunbook(pages, { ...query, alertName: 'QueueStalled', runbookUrl })).toBeNull()
})

test('however long an address is, and however many runbooks there are, no alert waits for the comparison', () => {
  const many = Array.from({ length: 1_000 }, (_, i) =>
    parseRunbooks(
      `ops/area-${i % 40}/page-${i}.md`,
      `# Page ${i}\n\n1. Look\n\n## What to do in case ${i}\n\n2. Act\n`,
    ),
  ).flat()
  const at = (runbookUrl: string) => matchRunbook(many, { ...query, runbookUrl })
  expect(at('https://wiki.example.test/ops/area-7/page-47.md')?.runbook.title).toBe('Page 47')
  for (const address of [`/x#${'é-'.repeat(2_000)}`, `/${'a-b'.repeat(1_300)}`, `${'/'.repeat(4_000)}x`])
    expect(
      workOf(() => at(`https://wiki.example.test${address}`)),
      address.slice(0, 20),
    ).toBeLessThan(250)
})

test("the service's own setting is for alerts that nothing more telling answers", () => {
  const explicit = '/etc/runbooks/gym-operations.md#database-performance'
  expect(match({ alertName: 'Unheard', explicit })).toEqual(['database-performance', 'the setting of service web'])
  expect(match({ alertName: 'FrontendDown', explicit })).toEqual(['service-down', 'alert name FrontendDown'])
})

test('a setting that names only the file takes the procedure of the alert, else the first', () => {
  const explicit = 'gym-operations.md'
  expect(match({ alertName: 'FrontendErrorRateHigh', explicit })?.[0]).toBe('high-error-rate')
  expect(match({ explicit })?.[0]).toBe('service-down')
})

test('labels match when all of them do, and only runbooks that name no alert', () => {
  expect(match({ labels: { team: 'payments', x: 'y' } })).toEqual(['payments-in-general', 'labels team=payments'])
  expect(match({ labels: { team: 'search' } })).toBeNull()
})

test('a runbook that asks for labels or a service is not taken for another', () => {
  expect(match({ alertName: 'QueueStuck' })).toBeNull()
  expect(match({ alertName: 'QueueStuck', labels: { team: 'payments' } })?.[0]).toBe('restart-the-queue')
  expect(match({ alertName: 'ApplicationDown' })).toBeNull()
  expect(match({ alertName: 'ApplicationDown', service: 'inference' })?.[0]).toBe('inference-lab')
})

test('of two that name the alert, the one for its service is taken', () => {
  const general = parseRunbooks('general.md', '---\nalerts: [Down]\n---\n# General\n1. Look\n')
  const special = parseRunbooks('special.md', '---\nalerts: [Down]\nservice: web\n---\n# Special\n1. Look\n')
  const found = matchRunbook([...general, ...special], { ...query, alertName: 'Down' })
  expect(found?.runbook.title).toBe('Special')
  expect(matchRunbook([...general, ...special], { ...query, alertName: 'Down', service: 'api' })?.runbook.title).toBe(
    'General',
  )
})
