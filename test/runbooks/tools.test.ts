// Documents as tools for documentation have them: what only such a tool understands neither hides a step nor stands in a room.
import { expect, test } from 'vitest'
import { withPlainCallouts } from '../../src/runbooks/callouts.ts'
import { linesOf } from '../../src/runbooks/lines.ts'
import { runbookFiles } from '../../src/runbooks/load.ts'
import { matchRunbook } from '../../src/runbooks/match.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'
import { tidyText } from '../../src/runbooks/text.ts'
import { workOf } from '../work.ts'

const only = (text: string, path = 'disk-full.md') => {
  const [runbook, ...others] = parseRunbooks(path, text)
  expect(others).toEqual([])
  return runbook
}
const parts = '\n## Symptoms\n\n`DiskFull`\n\n## Resolution\n\n1. Look\n2. Act\n'

test.each([
  [
    'Docusaurus',
    `---\nsidebar_position: 1\ntitle: The disk is full\n---\n\nimport Tabs from '@theme/Tabs'\n${parts}`,
    'The disk is full',
  ],
  ['Hugo', `+++\ntitle = "The disk is full"\nweight = 3\n[extra]\nservice = 'db'\n+++\n${parts}`, 'The disk is full'],
  ['a wiki that shows the name of the page', parts, 'Disk full'],
  [
    'Jekyll, without symptoms',
    '---\ntitle: The disk is full\n---\n\n## Steps\n\n1. Look\n2. Act\n',
    'The disk is full',
  ],
])('a document for %s has its title elsewhere, and no heading above its parts', (_, text, title) => {
  const runbook = only(text)
  expect(runbook?.title).toBe(title)
  expect(runbook?.steps.map((step) => step.title)).toEqual(['Look', 'Act'])
  expect(runbook?.anchors).toEqual([])
})

test('Hugo’s front matter says whom a runbook answers', () => {
  const matter = '+++\ntitle = "x"\nalerts = ["DiskFull", \'DiskSlow\']\nservice = "db"\nseverity = "SEV-2"\n+++\n'
  expect(only(`${matter}\n## Steps\n\n1. Look\n`)).toMatchObject({
    ...{ title: 'x', alerts: ['DiskFull', 'DiskSlow'], service: 'db', severity: 'P2', line: 1 },
    steps: [{ title: 'Look', line: 10 }],
  })
})

test('alerts in one line of the front matter are as many as its commas say, unless one is a name with blanks', () => {
  const alertsOf = (line: string) => only(`---\nalerts: ${line}\n---\n# Disk\n\n1. Look\n`)?.alerts
  expect(alertsOf('DiskFull, DiskSlow')).toEqual(['DiskFull', 'DiskSlow'])
  expect(alertsOf('DiskFull')).toEqual(['DiskFull'])
  expect(alertsOf('Disk full, node 1')).toEqual(['Disk full, node 1'])
  expect(alertsOf('["DiskFull, DiskSlow"]')).toEqual(['DiskFull, DiskSlow'])
  expect(only('+++\nalerts = "DiskFull, DiskSlow"\n+++\n# Disk\n\n1. Look\n')?.alerts).toEqual(['DiskFull', 'DiskSlow'])
})

test('chapters are numbered on every level, and their numbers are no part of a name', () => {
  const text = `# Handbuch

## 1 Übersicht

Drei Dienste.

## 2 Warteschlange voll

### 2.1 Symptome

- \`QueueFull\`

### 2.2 Vorgehen

1. Verbraucher prüfen

## 3 Datenbank weg

### 3.1 Symptome

- \`DatabaseGone\`

### 3.2 Sofortmaßnahmen

- Failover auslösen

### 3.2.1. Lösung

- Warten
`
  expect(
    parseRunbooks('handbuch.md', text).map(({ title, alerts, steps }) => [title, alerts, steps.map((s) => s.title)]),
  ).toEqual([
    ['Warteschlange voll', ['QueueFull'], ['Verbraucher prüfen']],
    ['Datenbank weg', ['DatabaseGone'], ['Failover auslösen', 'Warten']],
  ])
})

test('a heading may name its own anchor: nobody reads it, and addresses lead to it', () => {
  const runbooks = parseRunbooks(
    'ceph.md',
    '# Ceph\n\n## Slow {#osd-slow}\n\n### Symptoms\n\n`CephSlow`\n\n### Steps { .wide #do }\n\n1. a\n\n## Full {: #full-now }\n\n### Symptoms\n\n`CephFull`\n\n### Steps\n\n#### 1. Free space {#free}\n\nx\n\n#### 2. Add disks\n\ny\n',
  )
  expect(runbooks.map(({ title, steps }) => [title, steps.map((step) => step.title)])).toEqual([
    ['Slow', ['a']],
    ['Full', ['Free space', 'Add disks']],
  ])
  const behind = (anchor: string) =>
    matchRunbook(runbooks, {
      ...{ alertName: 'X', labels: {}, service: '', explicit: null },
      runbookUrl: `https://docs.example.test/ops/ceph#${anchor}`,
    })?.runbook.title
  expect(['osd-slow', 'do', 'full-now', 'free'].map(behind)).toEqual(['Slow', 'Slow', 'Full', 'Full'])
})

test('parts that are folded away are parts', () => {
  const text =
    '# Printer is gone\n\nAlert: `PrinterGone`\n\n<details open>\n<summary><b>Investigation</b></summary>\n\n1. Is it on?\n\n</details>\n\n<details>\n<summary>Mitigation</summary>\n\n1. Restart it\n\n<details>\n<summary>How</summary>\n\n```\nrestart\n```\n\n</details>\n\n</details>\n'
  expect(only(text)?.steps).toMatchObject([
    { part: 'Investigation', title: 'Is it on?', body: '' },
    { part: 'Mitigation', title: 'Restart it', body: '**How**\n\n```\nrestart\n```' },
  ])
})

test.each([
  ['letters', ['A', 'B']],
  ['numbers with letters', ['1a', '1b']],
  ['words', ['Step 1', 'Step 2']],
])('the steps of a table may be counted in %s', (_, [first, second]) => {
  const table = `| Step | What |\n|---|---|\n| ${first} | Look |\n| ${second} | Act |\n`
  expect(only(`# PaySlow\n\n${table}`)?.steps.map((step) => step.title)).toEqual(['Look', 'Act'])
})

test.each([
  ['MkDocs', '!!! danger "Stop"\n    Do not restart both.', '**Danger: Stop**\nDo not restart both.'],
  ['MkDocs, with paragraphs', '??? warning\n\n    a\n\n    1. b\n\nc', '**Warning**\n\na\n\n1. b\n\nc'],
  [
    'tabs',
    '=== "Kubernetes"\n\n    1. a\n\n        x\n\n=== "VM"\n\n    1. b',
    '**Kubernetes**\n\n1. a\n\n    x\n\n**VM**\n\n1. b',
  ],
  ['a box in a list', '1. a\n\n    !!! note\n        b\n\n2. c', '1. a\n\n    **Note**\n    b\n\n2. c'],
  ['Docusaurus', ':::caution[Slow]\na\n:::', '**Caution: Slow**\na\n'],
  ['Pandoc', '::: {.warning}\na\n:::', '**Warning**\na\n'],
  ['GitHub', '> [!CAUTION]\n> a', '> **Caution**\n> a'],
  ['Obsidian', '> [!bug]- Known\n> a', '> **Bug: Known**\n> a'],
  [
    'Hugo',
    '{{< warning >}}\na {{% cmd %}}ls{{% /cmd %}} {{ $labels.pod }}\n{{< /warning >}}',
    '**Warning** \na ls {{ $labels.pod }}\n',
  ],
  ['nobody', '!!! Do not restart\n\n    code', '!!! Do not restart\n\n    code'],
  ['code', '```\n!!! note\n    a\n:::\n```', '```\n!!! note\n    a\n:::\n```'],
])('boxes of %s are plain text', (_, written, read) => {
  expect(
    withPlainCallouts(linesOf(written))
      .map((line) => line.text)
      .join('\n'),
  ).toBe(read)
})

test('the steps in a tab are steps, and a box above them comes with the first', () => {
  const text =
    '# MemoryHigh\n\n!!! danger "Stop"\n    Never all at once.\n\n## Steps\n\n=== "Kubernetes"\n\n    1. Look\n\n        ```\n        top\n        ```\n\n    2. Act\n'
  expect(only(text)?.steps).toMatchObject([
    { title: 'Look', body: '**Danger: Stop**\nNever all at once.\n\n**Kubernetes**\n\n```\ntop\n```' },
    { title: 'Act', body: '' },
  ])
})

test('what a part says before its first step comes with that, whatever the part is called', () => {
  const text = (steps: string) => `# MemoryHigh\n\n## Steps\n\nAll of this on the bastion:\n\n${steps}`
  for (const steps of ['1. Look\n2. Act\n', '- Look\n- Act\n'])
    expect(only(text(steps))?.steps).toMatchObject([
      { title: 'Look', body: 'All of this on the bastion:' },
      { title: 'Act', body: '' },
    ])
  expect(only(text('Restart it.'))?.steps).toMatchObject([
    { title: 'What to do', body: 'All of this on the bastion:\n\nRestart it.' },
  ])
})

test('hostile lines cost no time', () => {
  const blank = ' '.repeat(1_000_000)
  const boxes = Array.from({ length: 900 }, (_, i) => `${' '.repeat(4 * i)}!!! note`).join('\n')
  for (const text of [`{{<${blank}`, `:::x${blank}y`, `=== "${blank}`, '{{<'.repeat(300_000), boxes])
    expect(workOf(() => withPlainCallouts(linesOf(text)))).toBeLessThan(1_000)
})

test.each([
  'https://dev.azure.example.test/acme/_git/ops?path=/runbooks/redis-down.md&version=GBmain&_a=preview',
  'https://dev.azure.example.test/acme/_wiki/wikis/ops?wikiVersion=GBmain&pagePath=%2FRunbooks%2FRedis-down',
  'https://wiki.example.test/pages/viewpage.action?pageId=12&title=Redis+down',
  'https://git.example.test/ops/raw/branch/main/runbooks/redis-down.mdx?page=2#restart',
])('%s leads to its page', (runbookUrl) => {
  const runbooks = ['redis-down.mdx', 'viewpage.md', 'other.md'].flatMap((path) =>
    parseRunbooks(path, `# About ${path}\n\n1. Look\n2. Act\n`),
  )
  const query = { alertName: 'X', labels: {}, service: '', explicit: null, runbookUrl }
  expect(matchRunbook(runbooks, query)?.runbook.path).toBe('redis-down.mdx')
})

test.each([
  ['---\nslug: /ops/db-failover/\n---\n', 'https://docs.example.test/ops/db-failover'],
  ['---\nid: DB-failover\n---\n', 'https://docs.example.test/ops/db-failover#promote'],
  ['---\npermalink: /runbooks/db-failover.html\n---\n', 'https://docs.example.test/runbooks/db-failover.html'],
  ['---\naliases:\n  - Failover of the DB\n  - /old/db-failover\n---\n', 'https://docs.example.test/old/db-failover/'],
  ['+++\nurl = "/x/db-failover/"\n+++\n', 'https://docs.example.test/x/db-failover/'],
])('%j is found at %s', (matter, runbookUrl) => {
  const runbooks = [
    ...parseRunbooks('other.md', '# Other\n\n1. a\n'),
    ...parseRunbooks('f.md', `${matter}\n# Move the database\n\n1. a\n`),
  ]
  const query = { alertName: 'X', labels: {}, service: '', explicit: null, runbookUrl }
  expect(matchRunbook(runbooks, query)?.runbook.path).toBe('f.md')
})

test('what another tool means by such a key is nothing to refuse', () => {
  expect(only('---\nid: 7\nslug: [1, {a: b}]\naliases: {x: y}\nurl:\n---\n\n# A\n\n1. Look\n')).toMatchObject({
    ...{ title: 'A', anchors: ['a'] },
  })
})

test('documents with components are read as well', () => {
  expect(runbookFiles(['b.mdx', 'a.md', 'c.txt', 'd.markdown'])).toEqual(['a.md', 'b.mdx', 'd.markdown'])
  expect(only('## Steps\n\n1. Look\n', 'disk-full.mdx')?.title).toBe('Disk full')
})

test('a step brings the address of a link that stands at the end of the file, and code keeps its brackets', () => {
  const runbook = only(
    '# Queue is stuck\n\n## Symptoms\n\n`QueueStuck`\n\n## Steps\n\n1. Open [the board][1], or [The Wiki][] and `a[i][1]`\n' +
      '2. Run\n\n   ```\n   x[i][1]\n   ```\n\n       y[i][1]\n3. [ ] Ask [2] or [nobody][none]\n\n' +
      '[1]: https://a.example/board_(1)\n[the wiki]: <https://a.example/a b> "Wiki"\n[2]: https://a.example/2\n',
  )
  expect(runbook?.steps.map(({ body }) => body)).toEqual([
    'Open [the board](<https://a.example/board_(1)>), or [The Wiki](<https://a.example/a b>) and `a[i][1]`',
    '```\nx[i][1]\n```\n\n```\ny[i][1]\n```',
    'Ask [2](<https://a.example/2>) or [nobody][none]',
  ])
})

test('a list in the front matter is no link, though the file has an address of that name at its end', () => {
  for (const matter of ['---\nalerts: [DiskFull]\n---\n', '+++\nalerts = ["a"]\nx = [DiskFull]\n+++\n']) {
    const text = `${matter}# The disk\n\n1. See [DiskFull]\n2. Act\n\n[DiskFull]: https://grafana.example.org/d/1\n`
    expect(tidyText(text).text).toBe(
      text.replace('See [DiskFull]', 'See [DiskFull](<https://grafana.example.org/d/1>)'),
    )
  }
})

test('tags that only say how it looks are in no title of a step, a placeholder is; details in a step are called what they are', () => {
  const runbook = only(
    '# Queue is stuck\n\n## Symptoms\n\n`QueueStuck`\n\n## Steps\n\n> [!WARNING]\n> Never both\n\n1. Restart <service> as <b>root</b> on <s>\n' +
      '2. <details><summary>More</summary>\n\n   hidden\n\n   </details>\n3. Stop<br>and go\n',
  )
  expect(runbook?.steps.map(({ title }) => title)).toEqual(['Restart <service> as root on <s>', 'More', 'Stop and go'])
  expect(runbook?.steps[0]?.body).toBe('> **Warning**\n> Never both')
})
