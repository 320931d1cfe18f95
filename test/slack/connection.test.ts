// A Slack that is down, comes back, or moves the connection: the bot starts, waits and goes on.
import { expect, test } from 'vitest'
import { harness, post } from './harness.ts'

test('the bot starts while Slack is down, and listens once it is up', async () => {
  const { slack, platform, said, log, start } = await harness()
  await slack.down()
  await start()
  expect(log.some((line) => line.level === 40 && line.msg.includes('does not know the bot yet'))).toBe(true)
  await expect(platform.post(post({}))).rejects.toMatchObject({ name: 'TransientError' })
  await slack.up()
  await slack.until(() => slack.connections === 1)
  await platform.post(post({}))
  await slack.say('U0ADA', '/incident list', 'incidents')
  await slack.until(() => said.length === 1)
})

test('a lost connection is made again, also when Slack was away for a while', async () => {
  const { slack, said, log, start } = await harness()
  await start()
  await slack.down()
  await slack.until(() => log.filter((line) => line.msg.includes('cannot connect')).length === 2)
  await slack.up()
  await slack.until(() => slack.connections === 1)
  await slack.say('U0ADA', '/incident list', 'incidents')
  await slack.until(() => said.length === 1)
})

test('the bot follows when Slack moves its connection', async () => {
  const { slack, said, start } = await harness()
  await start()
  const opened = slack.calls('apps.connections.open').length
  slack.refreshConnections()
  await slack.until(() => slack.calls('apps.connections.open').length > opened && slack.connections === 1)
  await slack.say('U0ADA', '/incident list', 'incidents')
  await slack.until(() => said.length === 1)
})

test('a refused token is said loudly, without the token, and does not stop the bot', async () => {
  const { slack, log, start } = await harness()
  slack.trouble('auth.test', { kind: 'error', error: 'invalid_auth' }, 100)
  slack.trouble('apps.connections.open', { kind: 'error', error: 'invalid_auth' }, 1)
  await start()
  const line = log.find(({ level }) => level === 50)
  expect(line?.reason).toContain('SLACK_BOT_TOKEN')
  expect(JSON.stringify(log)).not.toContain(slack.botToken)
  expect(JSON.stringify(log)).not.toContain(slack.appToken)
})

test('a Slack that lets nobody connect is asked less and less often', async () => {
  const { slack, start } = await harness()
  slack.trouble('apps.connections.open', { kind: 'error', error: 'internal_error' }, 10)
  const begun = performance.now()
  await start()
  await slack.until(() => slack.calls('apps.connections.open').length === 3)
  expect(performance.now() - begun).toBeGreaterThan(500)
})

test('stopping lets what was said finish first', async () => {
  const { slack, platform, start } = await harness()
  let finish: () => void = () => {}
  await start(
    () =>
      new Promise(
        (resolve) => (finish = () => resolve({ visibility: 'private', message: { title: 'Done', tone: 'good' } })),
      ),
  )
  await slack.say('U0ADA', '/incident list', 'incidents')
  const stopped = platform.stop()
  finish()
  await stopped
  expect(slack.ephemerals('U0ADA')).toHaveLength(1)
})

test('what is done while the bot stops is said to be taken: Slack would show that it failed, or say it again elsewhere', async () => {
  const { slack, platform, said, start } = await harness()
  let finish = () => {}
  await start(() => new Promise((resolve) => (finish = () => resolve(null))))
  const taken = slack.say('U0ADA', '/incident ack 1', 'incidents')
  await slack.until(() => said.length === 1)
  const stopped = platform.stop()
  finish()
  await taken
  await stopped
})

test('stopping waits for nobody who was answered while the database does not come to write that down', async () => {
  let asked = 0
  const hearOnce = () => (++asked === 1 ? Promise.resolve(true) : new Promise<boolean>(() => {}))
  const { slack, platform, log, start } = await harness('socket', {}, { hearOnce })
  await start()
  await slack.say('U0ADA', '/incident ack 1', 'incidents')
  await slack.until(() => asked === 2)
  await platform.stop()
  expect(log.map(({ msg }) => msg)).toContain('cannot write down that a request was answered')
})

test('a connection that Slack never said hello on leaves nothing behind when the next one is good', async () => {
  const { slack, said, log, start } = await harness('socket', {}, { helloWithin: 1_000 })
  slack.deafen(5_000)
  await start()
  await slack.until(() => log.filter(({ reason }) => String(reason).includes('said no hello')).length === 2)
  slack.deafen(null)
  await slack.until(() => log.some(({ msg }) => msg === 'Slack Socket Mode connected'))
  // The ends of those that were given up come late.
  await slack.until(() => slack.connections === 1)
  for (let press = 1; press <= 3; press++) {
    await slack.say('U0ADA', '/incident list', 'incidents')
    await slack.until(() => said.length === press)
  }
  expect(log.filter(({ msg }) => msg.includes('connection ended'))).toEqual([])
  expect(slack.connections).toBe(1)
})

test('a connection that Slack says no hello on keeps no page waiting at the start', async () => {
  const { slack, standings, log, start } = await harness()
  slack.deafen(60_000)
  await start()
  // It is still waited for, though not by the start.
  expect(log.filter(({ msg }) => msg.includes('cannot connect'))).toEqual([])
  expect(standings).not.toContain(null)
  slack.deafen(null)
})

test('a WebSocket that cannot be opened, though Slack itself can be reached, is said in words', async () => {
  const { slack, standings, log, start } = await harness()
  slack.closeSockets(true)
  await start()
  await slack.until(() => log.some(({ msg }) => msg.includes('cannot connect')))
  const told = log.find(({ msg }) => msg.includes('cannot connect'))?.reason
  expect(told).toMatch(/^the WebSocket of Socket Mode was closed before Slack said hello/)
  expect(standings.join()).toContain(told)
  slack.closeSockets(false)
  await slack.until(() => slack.connections === 1)
})
