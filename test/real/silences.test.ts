// Silences with a real Alertmanager: made by a command, told at a hand-over, and ended by a press.
import { expect, onTestFinished, test } from 'vitest'
import { SlackStandIn, type StandInMessage } from '../slack/stand-in.ts'
import { eventually } from './eventually.ts'
import { rule } from './monitoring.ts'
import { complaint, nightConfig, startWatch } from './watch.ts'

const room = 'inc-1-payments'

test('what fires is silenced by a command, told to whoever takes the pager, and let through again', async (context) => {
  const slack = await SlackStandIn.start()
  onTestFinished(() => slack.stop())
  const watch = await startWatch(context, nightConfig('slack: U0ADA', 'slack: U0BOB'), {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  })
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as other programs read them.
  const ask = async (path: string): Promise<any> => (await fetch(`${watch.alertmanagerUrl}/api/v2/${path}`)).json()
  const states = async () =>
    (await ask('silences')).map((one: { status: { state: string } }) => one.status.state).sort()
  const suppressed = async () => (await ask('alerts'))[0]?.status.state === 'suppressed'
  const facts = async () =>
    (await watch.incident()).timeline.filter(({ kind }: { kind: string }) => /silence/.test(kind))

  watch.shop.fail(0.3)
  // The page waits for no room.
  await slack.until(() => slack.messages('U0ADA').length > 0 && slack.messages(room).length > 0)
  await slack.say('U0ADA', '/incident silence 2h rolling back "4.2.0"', room)
  await eventually('the alert is suppressed', suppressed)
  const [made] = await ask('silences')
  expect(made).toMatchObject({
    createdBy: 'Ada Lovelace',
    comment: `rolling back "4.2.0" · Tocsin incident 1: ${watch.tocsin.url}/incidents/1`,
    matchers: expect.arrayContaining([
      { name: 'alertname', value: rule, isRegex: false, isEqual: true },
      { name: 'service', value: 'payments', isRegex: false, isEqual: true },
    ]),
  })
  await slack.until(() => slack.messages(room).some(({ text }) => text.includes('Silenced until')))
  const told = slack.messages(room).find(({ text }) => text.includes('Silenced until'))
  expect(textOf(told)).toContain('1 firing alert')

  // The same silence, longer; then the pager goes to Bob, who is told of it.
  await slack.say('U0ADA', '/incident silence 3h', room)
  await eventually('it ends later', async () => (await ask('silences'))[0].endsAt > made.endsAt)
  expect((await ask('silences')).map(({ id }: { id: string }) => id)).toEqual([made.id])
  await slack.say('U0BOB', '/oncall take primary 4h', 'incidents')
  const handedOver = () => slack.messages('U0BOB').find((message) => textOf(message).includes('Silences that end in'))
  await slack.until(() => handedOver() !== undefined)
  expect(textOf(handedOver())).toMatch(new RegExp(`alertname="${rule}".*by Ada Lovelace`))

  if (told === undefined) throw new Error('nothing was said of the silence')
  await slack.press('U0BOB', { channel: told.channel, id: told.ts }, 'End the silence')
  await eventually('the alert is active again', async () => !(await suppressed()))
  expect(await states()).toEqual(['expired'])
  await eventually('it is on record', async () => (await facts()).length === 3)
  expect((await facts()).map(({ text }: { text: string }) => text)).toEqual([
    expect.stringMatching(`^Ada Lovelace silenced alertname="${rule}", .* in Alertmanager until .*: rolling back`),
    expect.stringMatching('^Ada Lovelace silenced'),
    'Bob Kahn ended the silence in Alertmanager',
  ])
  expect(watch.tocsin.output()).not.toMatch(complaint)
}, 240_000)

function textOf(message: StandInMessage | undefined): string {
  const texts = (message?.blocks ?? []).flatMap(({ text, fields = [] }) => [text, ...(fields as unknown[])])
  return texts.map((text) => (text as { text?: string } | undefined)?.text ?? '').join('\n')
}
