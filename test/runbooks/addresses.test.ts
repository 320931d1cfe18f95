// What an alert's runbook_url looks like in the wild, and where each must lead.
import { expect, test } from 'vitest'
import { matchRunbook } from '../../src/runbooks/match.ts'
import { parseRunbooks } from '../../src/runbooks/parse.ts'

const steps = '\n\n1. Look\n2. Act\n'
const files: [string, string][] = [
  ['runbooks/orders/README.md', `# Everything on orders${steps}`],
  ['runbooks/payments/README.md', `# All about paying${steps}`],
  ['runbooks/billing/_index.md', `# The bills${steps}`],
  ['runbooks/wiki/Mail-queue.md', `# Mails wait\n\n## Triage\n\n1. Look\n`],
  ['runbooks/Redis down 1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d.md', `# The cache is gone${steps}`],
  ['runbooks/Kafka lag.md', `# Consumers are behind${steps}`],
  ['runbooks/steps.md', `# Steps${steps}`],
  [
    'runbooks/ceph.md',
    '# Ceph\n\n## Slow\n\n### Symptoms\n\n`CephSlow`\n\n### Check disks\n\n1. a\n\n## Full\n\n### Symptoms\n\n`CephFull`\n\n### Free space\n\n1. b\n',
  ],
]
const runbooks = files.flatMap(([path, text]) => parseRunbooks(path, text))
const match = (runbookUrl: string | null, alertName = 'Zzz') => {
  const found = matchRunbook(runbooks, { alertName, labels: {}, service: '', runbookUrl, explicit: null })
  return found && [found.runbook.title, found.because]
}

test.each([
  ['https://github.example.test/acme/ops/tree/main/runbooks/orders', 'Everything on orders'],
  ['https://docs.example.test/runbooks/payments/', 'All about paying'],
  ['https://docs.example.test/payments/index.html', 'All about paying'],
  ['https://github.example.test/acme/ops/blob/main/runbooks/orders/README.md', 'Everything on orders'],
  ['https://hugo.example.test/runbooks/billing/', 'The bills'],
  ['https://gitlab.example.test/ops/-/wikis/Mail-queue#triage', 'Mails wait'],
  ['https://github.example.test/acme/ops/wiki/Mails-wait#triage', 'Mails wait'],
  ['https://notion.example.test/acme/Redis-down-1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d?pvs=4', 'The cache is gone'],
  ['https://wiki.example.test/wiki/spaces/OPS/pages/12345/Kafka+lag#Kafkalag-Procedure', 'Consumers are behind'],
  ['https://docs.example.test/#/runbooks/ceph?id=free-space', 'Full'],
  ['https://gitlab.example.test/ops/-/blob/main/runbooks/ceph.md#check-disks', 'Slow'],
  ['https://github.example.test/acme/ops/blob/main/runbooks/ceph.md#symptoms-1', 'Full'],
  ['https://github.example.test/acme/ops/blob/main/runbooks/ceph.md?plain=1#L20-L22', 'Full'],
])('%s leads to “%s”', (address, title) => {
  expect(match(address)).toEqual([title, 'runbook_url'])
})

test.each([
  'https://wiki.example.test/pages/Unheard#steps',
  'https://docs.example.test/runbooks',
  'https://docs.example.test/runbooks/ceph.md#L1',
])('%s leads nowhere: a guess would be taken for certain', (address) => {
  expect(match(address)).toBeNull()
})

test('a runbook whose title or whose file is just the name of the alert answers it for certain', () => {
  const called = [
    ...parseRunbooks('a/instance_down.md', `# When a machine is gone${steps}`),
    ...parseRunbooks('b/slow.md', `# Checkout is slow${steps}`),
  ]
  const found = (alertName: string) =>
    matchRunbook(called, { alertName, labels: {}, service: '', runbookUrl: null, explicit: null })?.runbook.path
  expect(['instance_down', 'Checkout is slow', 'Instance_Down', 'instance'].map(found)).toEqual([
    'a/instance_down.md',
    'b/slow.md',
    undefined,
    undefined,
  ])
})
