// What a probe of the real process sees of its chat platforms.
import { expect, it } from 'vitest'
import { setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'

async function probe(url: string, path: string) {
  const response = await fetch(url + path)
  return { status: response.status, body: (await response.json()) as { status: string } }
}

it('is degraded, yet ready, with a Slack token that is not valid', async () => {
  const { env } = await setting()
  const tocsin = await startTocsin({ ...env, SLACK_BOT_TOKEN: 'xoxb-of-another-workspace' })
  const { status, body } = await probe(tocsin.url, '/health')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'degraded',
    checks: { slack: { ok: false, detail: expect.stringContaining('SLACK_BOT_TOKEN') }, console: { ok: true } },
  })
  expect(JSON.stringify(body)).not.toContain('xoxb')
  expect((await probe(tocsin.url, '/ready')).status).toBe(200)
  await tocsin.kill()
}, 120_000)

it('is healthy with Slack, degraded while Slack is away, and healthy again', async () => {
  const { slack, env } = await setting()
  const tocsin = await startTocsin(env)
  const status = async () => (await probe(tocsin.url, '/health')).body.status
  await expect.poll(status).toBe('healthy')
  await slack.down()
  await expect.poll(status).toBe('degraded')
  expect((await probe(tocsin.url, '/ready')).status).toBe(200)
  await slack.up()
  await expect.poll(status).toBe('healthy')
  await tocsin.kill()
}, 120_000)
