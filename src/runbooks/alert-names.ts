// Names of alerts in the words of a document: code that looks like a name, and words in CamelCase.
import { type Block, type Paragraph, textOf } from './markdown.ts'
import { withoutChapter } from './title.ts'

const camelCase = /(?<![\w./:-])[A-Z][A-Za-z0-9]*[a-z0-9][A-Z][A-Za-z0-9]*(?![\w/])/g

export function alertNamesIn(blocks: Block[]): string[] {
  return [...new Set(blocks.flatMap(namesIn))]
}

/** A title that is nothing but a name: `HighErrorRate`, `2.1 HighErrorRate`, `Alert: HighErrorRate`, `Runbook: HighErrorRate`. */
export function alertNameOf(title: string): string | null {
  const word = withoutChapter(title)
    .replace(/^(alert|runbook|playbook|procedure)( for)?\s*:?\s+/i, '')
    .trim()
  return (word.replace(camelCase, '') === '' && word !== '') || lowerCamel.test(word) ? word : null
}

/** `etcdNoLeader`: a name where it is all there is; within a sentence it may be anything. */
const lowerCamel = /^[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/

const label =
  /^(?:(?:prometheus|triggering|related|associated|firing) )?(?:alerts?|alarme?|alertas?|alertes?)(?: ?(?:names?|rules?|ids?))?$/i

/** Names that a document's head gives: behind a label (`**Alert Name:** X`, also in a list or a table), or in the rule itself. */
export function alertsLabelledIn(block: Block): string[] {
  switch (block.type) {
    case 'code':
      return inRules(block.value)
    case 'paragraph':
      return labelledRuns(block)
    case 'table':
      return block.children.flatMap(({ children: [head, ...cells] }) =>
        head !== undefined && isLabel(textOf(head)) ? cells.flatMap((cell) => cell.children.flatMap(namesIn)) : [],
      )
    case 'list':
    case 'listItem':
    case 'blockquote':
      return block.children.flatMap((child) => alertsLabelledIn(child as Block))
    default:
      return []
  }
}

function isLabel(text: string): boolean {
  return label.test(text.replace(/\s*[:：]\s*$/, '').trim())
}

/** A paragraph may hold several labels in bold, each with what follows it. */
function labelledRuns({ children }: Paragraph): string[] {
  let isOurs = false
  return children.flatMap((node, i) => {
    if (node.type === 'strong') isOurs = isLabel(textOf(node))
    else if (i === 0 && node.type === 'text') isOurs = isLabel(/^[^:：\n]*(?=[:：])/.exec(node.value)?.[0] ?? '')
    return isOurs && node.type !== 'strong' ? namesIn(node as Block) : []
  })
}

function namesIn(node: Block): string[] {
  if (node.type === 'inlineCode') return isName(node.value) ? [node.value] : labelled(node.value)
  if (node.type === 'text') return [...labelled(node.value), ...(node.value.match(camelCase) ?? [])].filter(isNoBrand)
  if (node.type === 'code') return [...labelled(node.value), ...inRules(node.value)]
  return 'children' in node ? node.children.flatMap((child) => namesIn(child as Block)) : []
}

/** `alertname="X"`, in a selector, a route or a sentence. */
function labelled(text: string): string[] {
  return [...text.matchAll(/\balertname\s*[=:]~?\s*["'“]?([A-Za-z][\w-]*)/g)].map((found) => found[1] ?? '')
}

/** `- alert: X` of a Prometheus rule. */
function inRules(code: string): string[] {
  return [...code.matchAll(/^\s*-?\s*alert(?:name)?:\s*["']?([A-Za-z][\w-]*)["']?\s*$/gm)].map(
    (found) => found[1] ?? '',
  )
}

/** One word with a capital inside or with words joined; a command, an expression, a metric or a plain word is not. */
function isName(code: string): boolean {
  if (!/^[A-Za-z][\w-]*$/.test(code) || metric.test(code) || !isNoBrand(code)) return false
  return /[a-z0-9][A-Z]/.test(code) || /[_-]/.test(code)
}

const metric = /^[a-z0-9_]+_(total|seconds|bytes|bucket|count|sum|ratio|info|percent|milliseconds|created|up)$/

/** Products that write themselves like alerts. */
const brands =
  /^(GitHub|GitLab|PagerDuty|PostgreSQL|MySQL|MongoDB|RabbitMQ|JavaScript|TypeScript|OpenTelemetry|CloudWatch|CloudFront|DynamoDB|ElasticSearch|OpenSearch|StatusPage|BigQuery|YouTube|LinkedIn|McAfee|GraphQL|NoSQL|PgBouncer|ClickHouse|InfluxDB|CockroachDB|OpsGenie|VictorOps|DataDog|NewRelic|WebSocket|DevOps|DevSecOps|MLOps|IPv4|IPv6|OAuth2?|OpenSSL|HAProxy|CoreDNS|kubeconfig|ConfigMap|StatefulSet|DaemonSet|ReplicaSet|CronJob|CrashLoopBackOff|ImagePullBackOff|OOMKilled)s?$/

function isNoBrand(word: string): boolean {
  return !brands.test(word)
}
