// Changes over real HTTP: what pipelines may send, what is kept of it, and what a refusal says.
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { now } from './bot.ts'
import { withServer } from './with-server.ts'

const source = (name: string, kind: string, more: object = {}) => ({
  ...{ name, kind, token: `${name}-secret`, environments: [], services: {} },
  ...more,
})
const sources = {
  ci: source('ci', 'generic'),
  github: source('github', 'github', { environments: ['Production'], services: { 'Acme/Pay': 'payments' } }),
  hub: source('hub', 'github'),
}

const server = withServer({ config: { changes: { sources, before: 3_600_000, keep: 90 } } })

const json = { 'content-type': 'application/json' }
const bearer = { ...json, authorization: 'Bearer ci-secret' }
type Kept = { changes: Record<string, unknown>[] }

async function post(path: string, body: string | object, headers: Record<string, string> = bearer) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(server.url + path, { method: 'POST', headers, body: text })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const kept = async (query = '') =>
  ((await (await fetch(`${server.url}/api/v1/changes${query}`)).json()) as Kept).changes

describe('the generic JSON', () => {
  test('a change is kept with what is said of it, and what is not said has a sensible default', async () => {
    expect(await post('/changes/ci', { version: '4.2.1', service: 'payments' })).toEqual({
      status: 202,
      body: { accepted: 1, ignored: [] },
    })
    expect(await kept()).toMatchObject([
      {
        ...{ source: 'ci', kind: 'deployment', title: 'Deploy payments 4.2.1', status: 'succeeded', environment: null },
        ...{ startedAt: now.toISOString(), finishedAt: now.toISOString() },
      },
    ])
  })

  test('at /changes itself the token says who it is', async () => {
    expect((await post('/changes', { title: 'Flag new-checkout on', kind: 'flag' })).status).toBe(202)
    expect(await kept()).toMatchObject([{ source: 'ci', kind: 'flag', service: null }])
  })

  test('the same key is the same change: its end is added, and late news of its start undo nothing', async () => {
    const run = { key: 'run-7', title: 'Deploy 7', startedAt: '2026-03-04T14:00:00Z' }
    await post('/changes/ci', { ...run, status: 'running' })
    await post('/changes/ci', { ...run, status: 'failed', finishedAt: '2026-03-04T14:10:00Z' })
    expect(await kept()).toMatchObject([{ status: 'failed', finishedAt: '2026-03-04T14:10:00.000Z' }])
    expect(await kept()).toHaveLength(1)
  })

  test('a pipeline that sends the same twice has made one change', async () => {
    const change = { title: 'Deploy 7', startedAt: '2026-03-04T14:00:00Z' }
    await post('/changes/ci', change)
    await post('/changes/ci', { changes: [change, change] })
    expect(await kept()).toHaveLength(1)
  })

  test.each([
    [{}, 'title is missing (or version), e.g. "Deploy payments 4.2.1"'],
    [{ title: 'x', kind: 'magic' }, 'kind must be one of deployment, flag, configuration, other'],
    [{ title: 'x', status: 'done' }, 'status must be one of running, succeeded, failed, rolled back'],
    [{ title: 'x', startedAt: 'yesterday' }, 'startedAt must be a time with its zone, such as 2026-01-05T09:00:00Z'],
    [
      { title: 'x', startedAt: '2026-03-04T14:00:00Z', finishedAt: '2026-03-04T13:00:00Z' },
      'finishedAt is before startedAt',
    ],
    [{ changes: [{ title: 'fine' }, { title: ['x'] }] }, 'changes[1].title must be a string'],
    [{ changes: {} }, 'changes must be a list'],
    ['[]', 'the body must be a JSON object'],
    ['{', 'the body is not valid JSON'],
  ])('%j is refused, naming the field, and nothing of it is kept', async (body, error) => {
    const answer = await post('/changes/ci', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(error)
    expect(await kept()).toEqual([])
  })

  test('strangers are refused before anything is read', async () => {
    const wrong = { ...json, authorization: 'Bearer nonsense' }
    expect((await post('/changes/ci', '{', wrong)).status).toBe(401)
    expect((await post('/changes', '{', json)).status).toBe(401)
    expect((await post('/changes/nobody', '{')).status).toBe(404)
    expect((await post('/changes/constructor', '{')).status).toBe(404)
  })

  test('what began in another span or another service is left out of an answer', async () => {
    await post('/changes/ci', { title: 'old', startedAt: '2026-03-01T14:00:00Z' })
    await post('/changes/ci', { title: 'ours', service: 'Payments' })
    await post('/changes/ci', { title: 'theirs', service: 'search' })
    await post('/changes/ci', { title: 'of all' })
    const titles = async (query: string) => (await kept(query)).map(({ title }) => title)
    expect(await titles('')).toEqual(['of all', 'theirs', 'ours'])
    expect(await titles('?service=payments')).toEqual(['of all', 'ours'])
    expect(await titles('?from=2026-02-28T00:00:00Z&until=2026-03-02T00:00:00Z')).toEqual(['old'])
    expect((await fetch(`${server.url}/api/v1/changes?services=payments`)).status).toBe(400)
  })

  test('changes older than they are kept go as new ones come', async () => {
    await post('/changes/ci', { title: 'ancient', startedAt: '2025-11-01T14:00:00Z' })
    await post('/changes/ci', { title: 'new' })
    expect((await kept('?from=2025-01-01T00:00:00Z')).map(({ title }) => title)).toEqual(['new'])
  })
})

describe('GitHub', () => {
  const repository = { name: 'pay', full_name: 'acme/pay' }
  const deployment = {
    ...{ id: 42, sha: '0123456789abcdef0123456789abcdef01234567', ref: 'v4.2.1', environment: 'production' },
    ...{ description: null, creator: { login: 'grace' }, created_at: '2026-03-04T14:00:00Z' },
  }
  const status = (state: string, at: string) => ({
    ...{ action: 'created', deployment, repository },
    deployment_status: { state, created_at: at, updated_at: at, log_url: 'https://github.example/acme/pay/runs/1' },
  })

  function github(event: string, body: object, secret = 'github-secret', name = 'github') {
    const raw = JSON.stringify(body)
    const signature = `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`
    return post(`/changes/${name}`, raw, { ...json, 'x-github-event': event, 'x-hub-signature-256': signature })
  }

  test('a deployment is one change from its beginning to its end, under the name the service has here', async () => {
    await github('deployment', { action: 'created', deployment, repository })
    expect(await kept()).toMatchObject([{ status: 'running', service: 'payments', by: 'grace', version: 'v4.2.1' }])
    await github('deployment_status', status('success', '2026-03-04T14:05:00Z'))
    expect(await kept()).toMatchObject([
      {
        ...{ title: 'Deploy pay v4.2.1 to production', status: 'succeeded', environment: 'production' },
        ...{ startedAt: '2026-03-04T14:00:00.000Z', finishedAt: '2026-03-04T14:05:00.000Z' },
        url: 'https://github.example/acme/pay/runs/1',
      },
    ])
  })

  test('news that arrive late do not undo later ones', async () => {
    await github('deployment_status', status('failure', '2026-03-04T14:05:00Z'))
    await github('deployment_status', status('in_progress', '2026-03-04T14:01:00Z'))
    expect(await kept()).toMatchObject([{ status: 'failed' }])
  })

  test('other environments, pings and what changes no service are taken and left out, and the answer says so', async () => {
    const staging = { action: 'created', deployment: { ...deployment, environment: 'staging' }, repository }
    expect((await github('deployment', staging)).body).toEqual({ accepted: 0, ignored: ['1 of other environments'] })
    expect((await github('ping', { zen: 'x' })).body).toEqual({ accepted: 0, ignored: ['a ping'] })
    expect((await github('star', { action: 'created' })).status).toBe(202)
    expect((await github('deployment_status', status('inactive', '2026-03-04T15:05:00Z'))).body.accepted).toBe(0)
    expect(await kept()).toEqual([])
  })

  test('of the runs of workflows only those count that deploy: a test that passed changed nothing', async () => {
    const run = (name: string, more: object = {}) =>
      github(
        'workflow_run',
        {
          ...{ action: 'completed', repository },
          workflow_run: {
            ...{ id: 7, name, path: '.github/workflows/main.yml', event: 'push', conclusion: 'success' },
            ...{ head_sha: deployment.sha, actor: { login: 'grace' }, updated_at: '2026-03-04T14:05:00Z' },
            ...more,
          },
        },
        'hub-secret',
        'hub',
      )
    const why = async (...asked: Parameters<typeof run>) => (await run(...asked)).body.ignored
    expect(await why('CI tests')).toEqual([
      'a run of “CI tests”: neither the name nor the file of that workflow says that it deploys',
    ])
    expect(await why('Deploy a preview', { event: 'pull_request' })).toEqual(['a workflow run of a pull request'])
    expect(await why('Deploy', { conclusion: 'cancelled' })).toEqual([
      'a workflow run that is not completed, or was not carried out',
    ])
    expect(await kept()).toEqual([])
    expect(await why('Deploy to production')).toEqual([])
    expect(await why('Everything', { id: 8, path: '.github/workflows/cd.yml' })).toEqual([])
    expect((await kept()).map(({ title, kind }) => [kind, title])).toEqual([
      ['deployment', expect.stringMatching(/ of pay$/)],
      ['deployment', expect.stringMatching(/ of pay$/)],
    ])
  })

  test('another signature, none at all, or a body that was changed on the way is refused', async () => {
    expect((await github('ping', {}, 'a guess')).status).toBe(401)
    expect((await post('/changes/github', {}, { ...json, 'x-github-event': 'ping' })).status).toBe(401)
    expect((await post('/changes/github', {}, { ...bearer, 'x-github-event': 'ping' })).status).toBe(401)
  })

  test.each([
    ['deployment', { repository }, 'deployment must be an object'],
    ['deployment', { deployment: { ...deployment, id: null }, repository }, 'deployment.id is missing'],
    ['deployment', { deployment: { ...deployment, created_at: 'soon' }, repository }, 'created_at must be a time'],
  ])('a %s that cannot be read is refused with the field', async (event, body, error) => {
    const answer = await github(event, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(error)
  })
})
