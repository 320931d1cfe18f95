// Habits of documents from many teams: nothing that a person would call a step, a warning, an alert or a deadline is lost.
import { expect, test } from 'vitest'
import { parseFile, parseRunbooks } from '../../src/runbooks/parse.ts'
import { readBytes } from '../../src/runbooks/text.ts'

const only = (text: string, path = 'guide.md') => {
  const [runbook, ...others] = parseRunbooks(path, text)
  expect(others).toEqual([])
  return runbook
}
const titles = (text: string) => only(text)?.steps.map((step) => step.title)

test.each([
  ['a comment', '<!-- owner: sre -->\n\n# Redis evicts\n\n1. Look\n2. Act\n'],
  ['a badge', '![state](https://ci.example.test/x.svg)\n\n# Redis evicts\n\n1. Look\n2. Act\n'],
  ['front matter of another kind', '+++\ntitle = "x"\n+++\n\n# Redis evicts\n\n1. Look\n2. Act\n'],
  ['an include', '{% include toc.html %}\n\n## Steps\n\n1. Look\n2. Act\n'],
])('%s before the only heading does not hide the steps', (_, text) => {
  expect(titles(text)).toEqual(['Look', 'Act'])
})

test.each(['**Severity:** P2', '**Owner:** team cache', '**Severity:** P2\n**Impact:** slow pages'])(
  '%j above the steps is a remark, and the steps are found',
  (remark) => {
    expect(titles(`# Redis evicts\n\n${remark}\n\n1. Look\n2. Act\n`)).toEqual(['Look', 'Act'])
    const table = '| # | Action | Command |\n|---|---|---|\n| 1 | Look | `ls` |\n| 2 | Act | |\n'
    expect(titles(`# Redis evicts\n\n${remark}\n\n${table}`)).toEqual(['Look', 'Act'])
  },
)

test('numbered steps below a heading of the team’s own words are steps, in a part of that name', () => {
  const runbook = only(
    '# Ceph\n\n## Symptoms\n\n`CephFull`\n\n## Free space now\n\n1. Delete snapshots\n\n## Resolution\n\n1. Add disks\n\n## Common causes\n\n1. Backups\n',
  )
  expect(runbook?.steps.map(({ part, title }) => [part, title])).toEqual([
    ['Free space now', 'Delete snapshots'],
    ['Resolution', 'Add disks'],
  ])
})

test.each([
  ['German', '## Symptome\n\n`PayDown`\n\n## Diagnose\n\n1. a\n\n## Maßnahmen\n\n1. b\n'],
  ['Spanish', '## Síntomas\n\n`PayDown`\n\n## Diagnóstico\n\n1. a\n\n## Mitigación\n\n1. b\n'],
  ['French', '## Symptômes\n\n`PayDown`\n\n## Vérifications\n\n1. a\n\n## Résolution\n\n1. b\n'],
  ['Japanese', '## アラート\n\n`PayDown`\n\n## 調査\n\n1. a\n\n## 復旧\n\n1. b\n'],
])('the parts of a procedure may be called in %s', (_, text) => {
  const runbook = only(`# Payments\n\n${text}`)
  expect(runbook?.alerts).toEqual(['PayDown'])
  expect(runbook?.steps.map((step) => step.title)).toEqual(['a', 'b'])
})

test('a heading without a Latin letter is no empty one', () => {
  expect(parseRunbooks('x.md', '# 甲\n\n文\n\n## 乙\n\n1. a\n2. b\n')[0]?.steps.map((step) => step.title)).toEqual([
    'a',
    'b',
  ])
})

test.each([
  '**Severity:** P2\n**Alerts:** `CheckoutSlow`, `CheckoutP99`\n\n1. a\n',
  '## Overview\n\n- **Owner**: web\n- **Alert Name**: CheckoutSlow, CheckoutP99\n\n## Steps\n\n1. a\n',
  '| Owner | Web |\n|---|---|\n| **Alerts** | CheckoutSlow, CheckoutP99 |\n\n## Steps\n\n1. a\n',
  '```yaml\n- alert: CheckoutSlow\n  expr: a > 1\n- alert: CheckoutP99\n  expr: b > 1\n```\n\n## Steps\n\n1. a\n',
  '## Alert Details\n\nCheckoutSlow and CheckoutP99\n\n## Steps\n\n1. a\n',
])('the head of a document names its alerts: %j', (text) => {
  expect(only(`# Checkout is slow\n\n${text}`)?.alerts).toEqual(['CheckoutSlow', 'CheckoutP99'])
})

test('alert names that begin small, as those of etcd, are names', () => {
  expect(only('# etcdNoLeader\n\n## Diagnosis\n\n1. a\n')?.alerts).toEqual(['etcdNoLeader'])
})

test.each([
  '**Warning:** never restart both',
  '> [!CAUTION]\n> never restart both',
  ':::danger\nnever restart both\n:::',
  '!!! danger "never restart both"',
  '⚠️ never restart both',
])('a warning above the steps comes with the first of them: %j', (warning) => {
  for (const text of [
    `# A\n\n${warning}\n\n1. Look\n2. Act\n`,
    `# A\n\n${warning}\n\n## Symptoms\n\n\`AbcDef\`\n\n## Steps\n\n1. Look\n`,
  ])
    expect(only(text)?.steps[0]?.body).toContain('never restart both')
})

test('a line that is broken in a step does not join two words in its title', () => {
  expect(titles('# A\n\n1. Open the console  \n   and look\n2. Open AKHQ\\\n   and look\n')).toEqual([
    'Open the console and look',
    'Open AKHQ and look',
  ])
})

test('tags alone are not shown in a step', () => {
  expect(only('# A\n\n<details>\n\n1. Look\n2. Act\n\n</details>\n')?.steps.map((step) => step.body)).toEqual(['', ''])
})

const escalations = (text: string) => {
  const { runbooks, unclear } = parseFile('x.md', `# A\n\n## Steps\n\n1. Look\n\n## Escalation\n\n${text}\n`)
  return [runbooks[0]?.escalations.map(({ after, unless }) => `${after / 6e4}m ${unless}`), unclear.length]
}

test.each([
  ['If not mitigated within 30 minutes, escalate to the DBA and post updates every 15 minutes.', '30m resolved'],
  ['If it lasts longer than 15 minutes, call the last person who deployed.', '15m resolved'],
  ['If not fixed 20 minutes since the alert, page the lead.', '20m resolved'],
  ['Not fixed after 20 minutes: call the responsible engineer.', '20m resolved'],
  ['No response within 10 minutes: page the secondary.', '10m acknowledged'],
])('“%s” is a deadline', (text, expected) => {
  expect(escalations(text)).toEqual([[expected], 0])
})

test('when not to escalate is a question, and a rhythm is nothing', () => {
  expect(escalations('Do not escalate before 45 minutes have passed.')).toEqual([[], 1])
  expect(escalations('Post an update every 15 minutes, or 15 minutes since the last one.')).toEqual([[], 0])
})

test('front matter that is never closed is told with its line, and SEV-2 is a severity', () => {
  expect(() => parseRunbooks('x.md', '---\nalerts: [A]\n\n# A\n\n1. a\n')).toThrow('front matter is never closed')
  expect(only('---\nseverity: SEV-2\n---\n# A\n\n1. a\n2. b\n')?.severity).toBe('P2')
})

test('UTF-16 is read without a byte order mark, too, and told', () => {
  const { text, notes } = readBytes(Uint8Array.from(Buffer.from('# Abc\n\n1. a\n', 'utf16le')))
  expect([text, notes[0]?.what]).toEqual(['# Abc\n\n1. a\n', expect.stringContaining('UTF-16')])
})

test('a list without end is no procedure: it is told with its line, and the others of its file are read', () => {
  const file = parseFile(
    'x.md',
    `# Good\n\n## Steps\n\n1. Look\n\n# Endless\n\n## Steps\n\n${'1. again\n'.repeat(501)}`,
  )
  expect(file.runbooks.map(({ title }) => title)).toEqual(['Good'])
  expect([file.problem?.line, file.problem?.message]).toEqual([7, expect.stringContaining('501 steps (500 at most)')])
})

test('steps in bold are steps from the first on, also below a list of alerts', () => {
  const lines = '**Step 1 — Find the disk**\n\n`iostat -x 1`\n\n**Step 2 — Move the load**\n\n1. cordon\n2. drain\n'
  const runbook = only(`# Disks\n\n**Alerts**\n\n* \`DiskSlow\`\n\n${lines}`)
  expect(runbook?.alerts).toEqual(['DiskSlow'])
  expect(runbook?.steps).toMatchObject([
    { title: 'Find the disk', body: '`iostat -x 1`' },
    { title: 'Move the load', body: '1. cordon\n2. drain' },
  ])
  expect(titles(`# Disks\n\n${lines.replace('1. cordon\n2. drain\n', 'cordon it')}`)).toEqual([
    'Find the disk',
    'Move the load',
  ])
})

test('a chapter of alerts holds a procedure for each, however short: also where its parts are lines of one paragraph', () => {
  const text = `# On-call handbook

## Alerts

### ApiErrorsHigh

**What it means:** too many 5xx.
**What to do:** roll back: \`deployctl rollback api\`.
**Escalate:** if not recovered after 20 minutes, to the API lead.

### ApiDown

1. Restart
`
  expect(
    parseRunbooks('handbook.md', text).map(({ title, alerts, symptoms, steps, escalations }) => ({
      ...{ title, alerts, symptoms, steps: steps.map((step) => [step.title, step.body]) },
      escalations: escalations.map(({ after }) => after / 60_000),
    })),
  ).toEqual([
    {
      ...{ title: 'ApiErrorsHigh', alerts: ['ApiErrorsHigh'], symptoms: '**What it means:** too many 5xx.' },
      steps: [
        ['What to do', 'roll back: `deployctl rollback api`.'],
        ['Escalation', 'if not recovered after 20 minutes, to the API lead.'],
      ],
      escalations: [20],
    },
    { title: 'ApiDown', alerts: ['ApiDown'], symptoms: '', steps: [['Restart', '']], escalations: [] },
  ])
})

test('a heading with a list of steps is a part, and the one after it is a step of the part around them', () => {
  const text = '# QueueStuck\n\n## Mitigation\n\n### Purge\n\n- export\n- purge\n\n### Scale out\n\n`scale`\n'
  expect(only(text)?.steps.map(({ part, title }) => [part, title])).toEqual([
    ['Purge', 'export'],
    ['Purge', 'purge'],
    ['Mitigation', 'Scale out'],
  ])
})
