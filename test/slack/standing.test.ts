// What the Slack platform says about itself to those who operate the bot: that it can work, or why not.
import { expect, test } from 'vitest'
import { harness } from './harness.ts'

const wrong = 'xoxb-of-another-workspace'

test.each(['socket', 'http'] as const)('with %s: all is well once Slack knows the bot', async (mode) => {
  const { slack, standings, start } = await harness(mode)
  await start()
  await slack.until(() => standings.length === 1)
  expect(standings).toEqual([null])
})

test.each(['socket', 'http'] as const)(
  'with %s: a wrong bot token is told, with the fix and without the token',
  async (mode) => {
    const { slack, standings, start } = await harness(mode, {}, { config: { botToken: wrong } })
    await start()
    await slack.until(() => /auth\.test.*invalid_auth.*SLACK_BOT_TOKEN/.test(standings.at(-1) ?? ''))
    expect(JSON.stringify(standings)).not.toContain(wrong)
  },
)

test('a wrong app token is told although the bot token is right: nobody can be heard', async () => {
  const { slack, standings, start } = await harness('socket', {}, { config: { appToken: 'xapp-wrong' } })
  await start()
  await slack.until(() => /apps\.connections\.open.*SLACK_APP_TOKEN/.test(standings.at(-1) ?? ''))
  expect(JSON.stringify(standings)).not.toContain('xapp-wrong')
})

test.each(['socket', 'http'] as const)(
  'with %s: a Slack that is down at the start is told until it is up',
  async (mode) => {
    const { slack, standings, start } = await harness(mode)
    await slack.down()
    await start()
    await slack.until(() => standings.at(-1)?.includes('cannot be reached') === true)
    await slack.up()
    await slack.until(() => standings.at(-1) === null)
  },
)

test('a lost connection is told until it is made again', async () => {
  const { slack, standings, start } = await harness('socket')
  await start()
  await slack.until(() => standings.length > 0)
  expect(standings).toEqual([null])
  await slack.down()
  await slack.until(() => standings.at(-1)?.includes('cannot be reached') === true)
  expect(standings[1]).toContain('connection ended')
  await slack.up()
  await slack.until(() => standings.at(-1) === null)
})

test('over HTTP, where nothing breaks when Slack goes away, it is found out by asking, and so is its return', async () => {
  const { slack, standings, start } = await harness('http', {}, { askEvery: 20 })
  await start()
  await slack.down()
  await slack.until(() => standings.at(-1)?.includes('cannot be reached') === true)
  await slack.up()
  await slack.until(() => standings.at(-1) === null)
})

test('a token that is revoked while the bot runs is told, and logged once', async () => {
  const { slack, standings, log, start } = await harness('http', {}, { askEvery: 20 })
  await start()
  slack.trouble('auth.test', { kind: 'error', error: 'token_revoked' }, 2)
  await slack.until(() => standings.length === 3)
  expect(standings).toEqual([null, expect.stringContaining('install it again'), null])
  expect(log.filter((line) => line.level === 50)).toHaveLength(1)
})

test('a platform that was stopped says nothing any more', async () => {
  const { slack, platform, standings, start } = await harness('socket', {}, { askEvery: 20 })
  await start()
  await slack.until(() => standings.length > 0)
  await platform.stop()
  const asked = slack.calls('auth.test').length
  await slack.down()
  await slack.up()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(standings).toEqual([null])
  expect(slack.calls('auth.test')).toHaveLength(asked)
})
