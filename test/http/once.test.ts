// A press on our pages that comes twice is done once, on whichever replica: the server's part, without a browser.
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/store/db.ts'
import { startServer, type TestServer } from './bot.ts'
import { withServer } from './with-server.ts'

const server = withServer()

/** What it is answered with, and whether it says that the press was heard before. */
async function press(name: string, { url }: TestServer = server): Promise<[number, string | null]> {
  const headers = { 'content-type': 'application/json', 'tocsin-press': name }
  const body = JSON.stringify({ as: 'ada', channel: 'incidents', text: 'hello' })
  const response = await fetch(`${url}/console/say`, { method: 'POST', headers, body })
  await response.text()
  return [response.status, response.headers.get('tocsin-press')]
}

describe('a press that was heard', () => {
  it('is not done again, whether the browser or the page sends it once more, and another one is', async () => {
    expect(await press('one')).toEqual([200, null])
    expect([await press('one'), await press('one again')]).toEqual([
      [409, 'heard'],
      [409, 'heard'],
    ])
    expect(await press('two again')).toEqual([200, null])
    const { rows } = await server.database.db.query('select from console_messages')
    expect(rows).toHaveLength(2)
  })

  it('by another replica is not done again', async () => {
    const other = await startServer(server.database.db)
    await press('one')
    expect(await press('one again', other)).toEqual([409, 'heard'])
    await other.close()
  })
})

it('while the database cannot say, a press is tried and its copies are not', async () => {
  const ended = connect(server.database.url)
  await ended.end()
  const blind = await startServer(ended)
  const first = await press('one', blind)
  expect([first[1], await press('one again', blind)]).toEqual([null, [409, 'heard']])
  await blind.close()
})
