// Runbooks are read as teams wrote them; what is pasted into a shell at night must be what stands in the file.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Code, Root, RootContent } from 'mdast'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { describe, expect, test } from 'vitest'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { RunbookProblem } from '../../src/runbooks/problem.ts'
import { readHeading } from '../../src/runbooks/title.ts'

const folder = fileURLToPath(new URL('../fixtures/runbooks', import.meta.url))
const read = (name: string) => parseRunbooks(name, readFileSync(`${folder}/${name}`, 'utf8'))

describe('a document with several procedures', () => {
  const [down, latency, errors, database] = read('gym-operations.md')

  test('gives one runbook for each, and none for its other chapters', () => {
    expect(read('gym-operations.md').map((r) => r.section)).toEqual([
      'service-down',
      'high-latency',
      'high-error-rate',
      'database-performance',
    ])
  })

  test('has titles without emoji, mangled emoji or severity, and keeps the severity', () => {
    expect([down, latency, errors, database].map((r) => [r?.title, r?.severity])).toEqual([
      ['Service Down', 'P1'],
      ['High Latency', 'P2'],
      ['High Error Rate', 'P2'],
      ['Database Performance', null],
    ])
  })

  test('takes alert names from its symptoms, and nothing else that stands there', () => {
    expect(down?.alerts).toEqual(['JAXBackendDown', 'FrontendDown'])
    expect(latency?.alerts).toEqual(['CausalComputationLatencyHigh'])
    expect(errors?.alerts).toEqual(['FrontendErrorRateHigh'])
    expect(database?.alerts).toEqual([])
  })

  test('has the steps of investigation and resolution in order, then the escalation', () => {
    expect(down?.steps.map((s) => s.title)).toEqual([
      'Look at the pods',
      'Read the last words of the crashed container',
      'Is the database there?',
      'Restart the deployment',
      'Roll back when a release went out in the last hour',
      'Escalation',
    ])
    expect(down?.steps.at(-1)?.body).toBe('not back in 15 minutes: call the senior backend engineer.')
    expect(down?.steps.map((s) => s.part)).toEqual([
      'Investigation',
      'Investigation',
      'Investigation',
      'Resolution',
      'Resolution',
      null,
    ])
  })

  test('keeps text and lists beside the commands, at the margin', () => {
    expect(latency?.steps[1]?.body).toContain('\n- on the host: `free -m`\n- in Grafana: the *Node* dashboard')
    expect(errors?.steps[1]?.body).toBe(
      'It is a flag:\n\n```bash\ncurl -X POST localhost:8080/flags/new-solver -d \'{"on": false}\'\n```\n\nThen wait five minutes.',
    )
  })

  test('remembers the line of its heading', () => {
    expect(down?.line).toBe(24)
  })
})

test.each(['gym-operations.md', 'lab-procedures.md', 'KubePodCrashLooping.md', 'restart-the-queue.md'])(
  'every code block of %s is in a step, byte for byte',
  (name) => {
    const inFile = codeBlocks(readFileSync(`${folder}/${name}`, 'utf8'))
    const inSteps = read(name).flatMap((runbook) => runbook.steps.flatMap((step) => codeBlocks(step.body)))
    expect(inFile.length).toBeGreaterThan(0)
    expect(inSteps).toEqual(inFile)
  },
)

test('numbered headings are steps, and front matter names title and service', () => {
  const [runbook] = read('lab-alerts.md')
  expect(runbook).toMatchObject({
    title: 'Inference lab',
    service: 'inference',
    alerts: ['ApplicationDown'],
    severity: 'P1',
  })
  expect(runbook?.steps.map((s) => s.title)).toEqual(['See whether anything answers', 'Look for the last deployment'])
})

test('a heading that is an alert is its own runbook, whether its steps are numbered or boxes', () => {
  const runbooks = read('lab-procedures.md')
  expect(runbooks.map((r) => [r.title, r.severity, r.alerts])).toEqual([
    ['HighErrorRate', 'P1', ['HighErrorRate']],
    ['LowModelAccuracy', 'P2', ['LowModelAccuracy']],
    ['TrainingStalled', 'P3', ['TrainingStalled']],
  ])
  expect(runbooks[2]?.steps.map((s) => s.title)).toEqual(['Is the disk full?', 'Is the queue empty?'])
  expect(runbooks[0]?.steps.at(-1)).toMatchObject({
    title: 'Verification',
    body: 'Error rate below 0.1 % for ten minutes.',
  })
})

test('parts in prose become one step each', () => {
  const [runbook] = read('KubePodCrashLooping.md')
  expect(runbook?.alerts).toEqual(['KubePodCrashLooping'])
  expect(runbook?.steps.map((s) => s.title)).toEqual(['Diagnosis', 'Mitigation'])
})

test('a file of numbered steps alone is one runbook, named after the file', () => {
  const [runbook, ...others] = read('restart-the-queue.md')
  expect(others).toEqual([])
  expect(runbook).toMatchObject({
    title: 'Restart the queue',
    section: 'restart-the-queue',
    alerts: ['QueueStuck', 'QueueGrowing'],
    labels: { team: 'payments' },
    severity: 'P2',
  })
  expect(runbook?.steps.map((s) => s.title)).toEqual([
    'Stop the consumers',
    'Restart the broker',
    'Start the consumers',
  ])
})

test('Windows line ends and a byte order mark change nothing', () => {
  const unix = readFileSync(`${folder}/gym-operations.md`, 'utf8')
  const windows = parseRunbooks('gym-operations.md', `\uFEFF${unix.replaceAll('\n', '\r\n')}`)
  expect(windows.map((r) => [r.title, r.alerts, r.steps.map((s) => s.title)])).toEqual(
    read('gym-operations.md').map((r) => [r.title, r.alerts, r.steps.map((s) => s.title)]),
  )
})

test('a table of contents is no procedure', () => {
  expect(parseRunbooks('a.md', '# Guide\n\n1. [One](#one)\n2. [Two](#two)\n')).toEqual([])
})

test('two procedures of the same name can be told apart', () => {
  const twice = '## Disk full (P1)\n1. Look\n\n## Disk full (P2)\n1. Look\n'
  expect(parseRunbooks('a.md', twice).map((r) => r.section)).toEqual(['disk-full', 'disk-full-1'])
})

test.each([
  ['🚨 Service Down (P1)', 'Service Down', 'P1'],
  ['ðŸš¨ Service Down (P1)', 'Service Down', 'P1'],
  ['ðŸ”¥ðŸ”¥ Disk full [critical]', 'Disk full', 'P1'],
  ['\uFFFD\uFFFD Memory Leaks (P2 - Warning)', 'Memory Leaks', 'P2'],
  ['âš\u{A0}ï¸\u{8F} High load', 'High load', null],
  ['P3: Training stalled', 'Training stalled', 'P3'],
  [':rotating_light: Queue stuck', 'Queue stuck', null],
  ['Ãœberlast auf dem Server', 'Überlast auf dem Server', null],
  ['Überlast (Ä)', 'Überlast (Ä)', null],
  ['Отказ базы данных', 'Отказ базы данных', null],
  ['Latency above 5 % (p95)', 'Latency above 5 % (p95)', null],
])('the heading %s is read as %s, %s', (raw, title, severity) => {
  expect(readHeading(raw)).toEqual({ title, severity })
})

test.each([
  ['open-fence.md', 7, /never closed/],
  ['bad-front-matter.md', 3, /`alerts` must be a list/],
  ['bad-yaml.md', 2, /front matter/],
])('%s is refused at line %i', (name, line, message) => {
  const parse = () => read(`broken/${name}`)
  expect(parse).toThrow(RunbookProblem)
  expect(parse).toThrow(message)
  expect(parse).toThrow(expect.objectContaining({ line }))
})

/** Info string and content of every code block, as a Markdown reader of its own sees them. */
function codeBlocks(markdown: string): string[] {
  const found: string[] = []
  const walk = (node: Root | RootContent) => {
    if (node.type === 'code') found.push(`${(node as Code).lang}\n${(node as Code).value}`)
    if ('children' in node) for (const child of node.children) walk(child as RootContent)
  }
  // Front matter is not Markdown.
  walk(
    unified()
      .use(remarkParse)
      .parse(markdown.replace(/^---\n[\s\S]*?\n---\n/, '')),
  )
  return found
}

describe('headings with the numbers of their chapters', () => {
  const markdown = `# Handbook

## 2 Incidents

### 2.1 CheckoutErrorsHigh [P1]

When: more than 5 % fail.

#### Step 1: Confirm

Look.

#### Step 2: Roll back

Act.

### 2.2 Queue is growing

Alerts: QueueGrowing

| # | Action | Command |
|---|---|---|
| 1 | Look at the consumers | \`kubectl get pods\` |
| 2 | Restart them | |
`
  const [errors, queue] = parseRunbooks('handbook.md', markdown)

  test('are an alert’s name all the same, and links to them still lead there', () => {
    expect(errors).toMatchObject({ title: 'CheckoutErrorsHigh', alerts: ['CheckoutErrorsHigh'], severity: 'P1' })
    expect(errors?.anchors).toContain('21-checkouterrorshigh-p1')
    expect(queue).toMatchObject({ title: 'Queue is growing', section: 'queue-is-growing' })
    expect(queue?.anchors).toContain('2-2-queue-is-growing')
  })

  test('have steps in a table right below the line that names their alerts', () => {
    expect(queue?.alerts).toEqual(['QueueGrowing'])
    expect(queue?.steps.map(({ title }) => title)).toEqual(['Look at the consumers', 'Restart them'])
  })

  test('keep a number that is not a chapter’s', () => {
    const [one] = parseRunbooks('a.md', '# Ops\n\n## 500 errors\n\n**Symptoms**: HighErrors\n\n1. Look\n2. Act\n')
    expect(one?.title).toBe('500 errors')
  })
})
