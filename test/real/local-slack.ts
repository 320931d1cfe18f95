// local-slack: a workspace in one program, with a page to look at. Laxer than Slack, but nobody here wrote it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { freePort } from '../port.ts'
import { needs } from './program.ts'
import { folder, run } from './running.ts'

const app = {
  ...{ appId: 'A0TOC', botUserId: 'U0BOT', botName: 'tocsin', mode: 'socket', signingSecret: 'local-signing-secret' },
  ...{ botToken: 'xoxb-local', appToken: 'xapp-local' },
}
const users = [
  { id: 'U0ADA', name: 'ada', real_name: 'Ada Lovelace', email: 'ada@example.org' },
  { id: 'U0BOB', name: 'bob', real_name: 'Bob Kahn', email: 'bob@example.org' },
]
const members = ['U0ADA', 'U0BOB', 'U0BOT']

type Button = { type: string; action_id: string; value: string; text: { text: string } }
type Block = { type: string; block_id?: string; text?: { text: string }; elements?: Button[] }
export type LocalMessage = {
  ts: string
  channel: string
  user: string
  text: string
  blocks?: Block[]
  files?: { id: string; name: string; title: string; size: number; alt_txt?: string; url_private: string }[]
}
type LocalChannel = { id: string; name: string; is_im?: boolean; members: string[] }

export class LocalSlack {
  /** Its page, for people. */
  readonly url: string

  private constructor(url: string) {
    this.url = url
  }

  /** A workspace with Ada, Bob and the channels #incidents and #alerts. */
  static async start(context: TestContext): Promise<LocalSlack> {
    const program = needs(context, 'local-slack')
    const [port, own] = [await freePort(), folder()]
    const channels = ['incidents', 'alerts'].map((name) => ({ id: `C0${name.toUpperCase()}`, name, members }))
    const workspace = { name: 'Acme', domain: 'acme', teamId: 'T0ACME' }
    writeFileSync(join(own, 'slack.json'), JSON.stringify({ workspace, app, users, channels }))
    const url = `http://127.0.0.1:${port}`
    const args = ['--config', join(own, 'slack.json'), '--port', String(port), '--base-host', '127.0.0.1']
    await run(program, [...args, '--files-dir', join(own, 'files')], `${url}/_control/state`)
    return new LocalSlack(url)
  }

  /** What the bot needs to join. */
  get env(): Record<string, string> {
    return { SLACK_BOT_TOKEN: app.botToken, SLACK_APP_TOKEN: app.appToken, SLACK_API_URL: `${this.url}/api/` }
  }

  /** Channels by name; direct messages with a person by the person's id. Empty while there is no such channel. */
  async messages(channel: string): Promise<LocalMessage[]> {
    const { channels } = (await this.#get('state')) as { channels: LocalChannel[] }
    const isIt = (one: LocalChannel) => one.name === channel || (one.is_im === true && one.members.includes(channel))
    const id = channels.find(isIt)?.id
    return id === undefined ? [] : ((await this.#get(`messages/${id}`)) as { messages: LocalMessage[] }).messages
  }

  async press(user: string, { channel, ts, blocks = [] }: LocalMessage, label: string): Promise<void> {
    const buttons = blocks.flatMap(({ block_id, elements = [] }) => elements.map((one) => ({ ...one, block_id })))
    const action = buttons.find(({ text }) => text?.text === label)
    if (action === undefined) throw new Error(`no button ${label}; there are ${buttons.map((b) => b.text?.text)}`)
    await this.#post('interact', { channel, messageTs: ts, user, action })
  }

  async download(url: string): Promise<Uint8Array> {
    const response = await fetch(url, { headers: { authorization: `Bearer ${app.botToken}` } })
    return new Uint8Array(await response.arrayBuffer())
  }

  async #get(what: string): Promise<unknown> {
    return (await fetch(`${this.url}/_control/${what}`)).json()
  }

  async #post(what: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${this.url}/_control/${what}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`)
  }
}
