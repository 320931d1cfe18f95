// The whole bot on Discord: an alert over HTTP, a room with its card and chart, a page that is acknowledged, the end.
import { expect, onTestFinished, test } from 'vitest'
import { DiscordStandIn, type Message } from '../discord/stand-in.ts'
import { eventually } from './eventually.ts'
import { rule, summary } from './monitoring.ts'
import { nightConfig, pngFacts, startWatch } from './watch.ts'

test('on Discord the room has card, charts and runbook, the page is acknowledged by button, recovery resolves', async (context) => {
  const discord = await new DiscordStandIn().listen()
  onTestFinished(() => discord.stop())
  const [ada, bob] = [discord.person('ada'), discord.person('bob')]
  const incidents = discord.channel('incidents')
  discord.channel('alerts')
  const config = nightConfig(`discord: "${ada.id}"`, `discord: "${bob.id}"`)
  const watch = await startWatch(context, config, {
    DISCORD_BOT_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
  })
  const inRoom = () => discord.world.channels.find(({ name }) => name === 'inc-1-payments')?.messages ?? []
  const pictures = () => inRoom().flatMap(({ attachments }) => attachments)
  const card = () => inRoom().find((message) => message.embeds[0]?.title?.includes(`P1 #1 · ${summary}`))
  const saying = (words: string) => inRoom().find((message) => textOf(message).includes(words))

  await discord.gateway.untilConnected()
  watch.shop.fail(0.3)
  const page = await eventually('Ada is paged', () => discord.direct(ada).messages[0])
  await eventually('two charts are in the room', () => pictures().length === 2)
  for (const { filename, bytes, description } of pictures()) {
    expect(filename).toMatch(/\.png$/)
    expect(pngFacts(bytes)).toEqual({ isPng: true, width: 1440, height: expect.any(Number) })
    expect(description).toMatch(/: first .*, last .*, min .*, max .*;/)
  }
  for (const fact of ['P1', '`payments`', 'Open', 'Nobody has this yet', rule]) expect(textOf(card())).toContain(fact)
  await eventually(
    'the runbook is there',
    () => saying('kubectl -n payments rollout undo deployment/payments') !== undefined,
  )
  await eventually('it is announced', () => incidents.messages.length === 1)
  expect(textOf(page)).toContain(summary)

  await discord.press(ada, page, 'Acknowledge')
  await eventually('the card says who has it', () => textOf(card()).includes('Ada Lovelace has this'))
  expect(
    card()
      ?.rows.flat()
      .map(({ label }) => label),
  ).toEqual(['Escalate', 'Runbook', 'Resolve'])
  const room = discord.channel('inc-1-payments')
  const noted = await discord.say(ada, '/incident note note:One instance only, the new release.', room)
  expect(noted.answer?.ephemeral ?? true).toBe(true)
  await watch.until('the note is on record', (it) =>
    it.timeline.some((entry: { kind: string; by: string }) => entry.kind === 'note_added' && entry.by === 'ada'),
  )

  watch.shop.recover()
  await eventually('the post-mortem is ready', () => saying('post-mortem draft is ready'))
  await eventually('the card says resolved', () => textOf(card()).includes('Resolved'))
  await eventually('the whole incident is drawn', () => pictures().length === 4)
  expect(discord.direct(ada).messages).toHaveLength(1)
  expect(discord.direct(bob).messages).toHaveLength(0)
  const it = await watch.incident()
  expect(it).toMatchObject({
    status: 'resolved',
    acknowledgedBy: 'ada',
    room: expect.stringContaining('inc-1-payments'),
  })
  expect(await watch.tocsin.stop()).toBe(0)
}, 240_000)

/** Everything a message says. */
function textOf(message: Message | undefined): string {
  const embeds = message?.embeds.flatMap(({ title, description, fields = [] }) => [
    ...[title, description],
    ...fields.map(({ name, value }) => `${name}: ${value}`),
  ])
  return [message?.content, ...(embeds ?? [])].filter(Boolean).join('\n')
}
