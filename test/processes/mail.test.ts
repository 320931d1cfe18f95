// kill -9 in the middle of a mail: it is sent again under the same Message-ID, and the chat hears nothing twice.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { header, PostOffice } from '../pagers/post-office.ts'
import { fire, quiet, setting } from './setting.ts'
import { startTocsin } from './tocsin.ts'

it('a mail that was under way when the process was killed arrives, under one name', async () => {
  const office = await PostOffice.open()
  onTestFinished(() => office.close())
  const { slack, database, env } = await setting()
  const config = env.TOCSIN_CONFIG ?? ''
  const yaml = readFileSync(config, 'utf8').replace(
    'ada: { name: Ada, slack: U0ADA }',
    'ada: { name: Ada, slack: U0ADA, email: ada@example.org, reach: [slack, email] }',
  )
  writeFileSync(config, `${yaml}\nemail: { smtp: "${office.address}", from: tocsin@example.org }\n`)

  // The server has the mail, and never says so.
  office.mood = 'take and hang'
  const first = await startTocsin(env)
  expect(await fire(first.url, 'checkout')).toBe(true)
  await office.until(() => office.received.length > 0)
  await slack.until(() => slack.messages('U0ADA').length > 0)
  await first.kill()

  office.mood = null
  const second = await startTocsin(env)
  await office.until(() => office.received.length > 1)
  await quiet(database)
  const names = office.received.map((mail) => header(mail, 'Message-ID'))
  expect(names).toHaveLength(2)
  expect(names[1]).toBe(names[0])
  expect(slack.messages('U0ADA')).toHaveLength(1)
  const { rows } = await database.db.query<{ channel: string; status: string }>(
    'select channel, status from pages order by channel',
  )
  expect(rows).toEqual([
    { channel: 'email', status: 'sent' },
    { channel: 'slack', status: 'sent' },
  ])
  expect(await second.stop()).toBe(0)
}, 120_000)
