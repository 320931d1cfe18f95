// GitHub's webhooks: https://docs.github.com/en/webhooks/webhook-events-and-payloads (deployment_status, release, workflow_run).
import { createHmac } from 'node:crypto'
import type { ChangeStatus } from '../core/service-change.ts'
import { RejectedInput } from '../errors.ts'
import { BadField, type Fields, isFields, readLink, readText } from '../sources/read.ts'
import { readTime } from '../sources/read-time.ts'
import { sameSecret } from '../sources/verify.ts'
import type { ChangeFormat, ReadChange, ReadChanges } from './format.ts'

export const github: ChangeFormat = {
  kind: 'github',
  help: 'GitHub webhooks: deployments, releases and workflow runs; signed with the secret',
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  isFrom({ headers, raw }, secret) {
    const given = headers['x-hub-signature-256']
    const expected = `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`
    return typeof given === 'string' && secret !== '' && sameSecret(given, expected)
  },
  proof: "a signature made with this source's token: the webhook's secret on GitHub (x-hub-signature-256)",
  read({ headers, body, received }) {
    const event = headers['x-github-event']
    if (typeof event !== 'string') throw new RejectedInput('the header x-github-event is missing: GitHub sends it')
    if (!isFields(body)) throw new RejectedInput('the body must be a JSON object: choose application/json on GitHub')
    try {
      const read = Object.hasOwn(events, event) ? events[event] : undefined
      return read === undefined
        ? ignored(event === 'ping' ? 'a ping' : 'an event that changes no service')
        : read(body, received)
    } catch (error) {
      if (error instanceof BadField) throw new RejectedInput(error.message)
      throw error
    }
  },
}

function ignored(reason: string): ReadChanges {
  return { changes: [], ignored: [reason] }
}

function found(change: ReadChange): ReadChanges {
  return { changes: [change], ignored: [] }
}

const events: Record<string, (body: Fields, received: Date) => ReadChanges> = {
  deployment: (body, received) => {
    const deployment = part(body, 'deployment')
    return found(
      deploymentOf(body, deployment, { status: 'running', toldAt: timeIn(deployment, 'created_at', received) }),
    )
  },
  deployment_status: (body, received) => {
    const state = part(body, 'deployment_status')
    const status = deploymentStates[String(state.state)]
    // A deployment that a later one took the place of is `inactive`: nothing happened to it.
    if (status === undefined) return ignored('a state of a deployment that changes no service')
    const toldAt = timeIn(state, 'updated_at', timeIn(state, 'created_at', received))
    const change = deploymentOf(body, part(body, 'deployment'), { status, toldAt })
    const url = readLink(state.log_url) ?? readLink(state.target_url) ?? readLink(state.environment_url)
    return found({ ...change, url: url ?? change.url, finishedAt: status === 'running' ? null : toldAt })
  },
  release: (body, received) => {
    if (body.action !== 'published') return ignored('a release that is not published')
    const release = part(body, 'release')
    const version = readText(release.tag_name, 'release.tag_name', 200)
    const at = timeIn(release, 'published_at', received)
    return found({
      ...repositoryOf(body, 'release', release),
      title: `Release ${repositoryName(body)} ${version ?? ''}`.trim(),
      ...{ kind: 'deployment', version, environment: null, status: 'succeeded' },
      ...{ url: readLink(release.html_url), by: login(release.author), startedAt: at, finishedAt: at, toldAt: at },
    })
  },
  workflow_run: (body, received) => {
    const run = part(body, 'workflow_run')
    const status = body.action === 'completed' ? conclusions[String(run.conclusion)] : undefined
    if (status === undefined) return ignored('a workflow run that is not completed, or was not carried out')
    if (rehearsals.includes(String(run.event))) return ignored('a workflow run of a pull request')
    const at = timeIn(run, 'updated_at', received)
    const name = readText(run.name, 'workflow_run.name', 100) ?? 'workflow'
    const file = readText(run.path, 'workflow_run.path', 500) ?? ''
    if (!delivers.test(name) && !delivers.test(file))
      return ignored(`a run of “${name}”: neither the name nor the file of that workflow says that it deploys`)
    return found({
      ...repositoryOf(body, 'run', run),
      title: `${name} of ${repositoryName(body)}`,
      ...{ kind: 'deployment', version: short(run.head_sha), environment: null, status },
      ...{ url: readLink(run.html_url), by: login(run.actor) },
      ...{ startedAt: timeIn(run, 'run_started_at', at), finishedAt: at, toldAt: at },
    })
  },
}

const deploymentStates: Record<string, ChangeStatus> = {
  ...{ queued: 'running', pending: 'running', in_progress: 'running' },
  ...{ success: 'succeeded', failure: 'failed', error: 'failed' },
}

/** What these run is not put anywhere that people use. */
const rehearsals = ['pull_request', 'pull_request_target', 'pull_request_review', 'merge_group']

/** Every check of a repository is a workflow as well, and GitHub tells of all of them: only these change a service. */
const delivers = /deploy|deliver|release|publish|promot|roll[ _-]?(?:out|back)|ship|(?:^|[^a-z])cd(?:[^a-z]|$)/i

const conclusions: Record<string, ChangeStatus> = { success: 'succeeded', failure: 'failed', timed_out: 'failed' }

function deploymentOf(body: Fields, deployment: Fields, said: { status: ChangeStatus; toldAt: Date }): ReadChange {
  const environment = readText(deployment.environment, 'deployment.environment', 200)
  const ref = readText(deployment.ref, 'deployment.ref', 200)
  const sha = short(deployment.sha)
  const version = ref === null || /^[0-9a-f]{40}$/.test(ref) ? sha : ref
  const description = readText(deployment.description, 'deployment.description', 200)
  const where = environment === null ? '' : ` to ${environment}`
  const title = `Deploy ${repositoryName(body)} ${version ?? ''}`.trim() + where
  return {
    ...repositoryOf(body, 'deployment', deployment),
    title: description === null ? title : `${title}: ${description}`,
    ...{ kind: 'deployment', version, environment, status: said.status },
    ...{ url: null, by: login(deployment.creator) },
    ...{ startedAt: timeIn(deployment, 'created_at', said.toldAt), finishedAt: null, toldAt: said.toldAt },
  }
}

/** The repository stands for the service until the configuration says which one it is. */
function repositoryOf(body: Fields, what: string, thing: Fields): { key: string; service: string | null } {
  const id = readText(thing.id, `${what}.id`, 100)
  if (id === null) throw new BadField(`${what === 'run' ? 'workflow_run' : what}.id is missing`)
  const repository = isFields(body.repository) ? readText(body.repository.full_name, 'repository.full_name', 200) : null
  return { key: `${what}:${repository ?? ''}:${id}`.slice(0, 128), service: repository }
}

function repositoryName(body: Fields): string {
  return (isFields(body.repository) ? readText(body.repository.name, 'repository.name', 100) : null) ?? 'a repository'
}

function part(body: Fields, name: string): Fields {
  const value = body[name]
  if (!isFields(value)) throw new BadField(`${name} must be an object`)
  return value
}

function timeIn(fields: Fields, name: string, otherwise: Date): Date {
  return readTime(fields[name], name) ?? otherwise
}

function login(person: unknown): string | null {
  return isFields(person) ? readText(person.login, 'login', 200) : null
}

function short(sha: unknown): string | null {
  return typeof sha === 'string' && /^[0-9a-f]{7,64}$/.test(sha) ? sha.slice(0, 7) : null
}
