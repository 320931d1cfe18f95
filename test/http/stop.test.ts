// The server stops while somebody waits for their answer.
import { expect, test, vi } from 'vitest'
import { withServer } from './with-server.ts'

let begin: () => void
let finish: () => void
const begun = new Promise<void>((resolve) => {
  begin = resolve
})
const finished = new Promise<void>((resolve) => {
  finish = resolve
})
const server = withServer({
  accept: () => {
    begin()
    return finished
  },
})

test('a delivery that is being written is answered, and whoever sent it is not waited for any longer', async () => {
  const { app } = server
  const cut = vi.spyOn(app.server, 'closeAllConnections')
  // Such a connection is kept by whoever sent it.
  const answer = fetch(`${server.url}/alerts/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer quickstart' },
    body: '{"alerts":[{"labels":{"alertname":"A"}}]}',
  })
  await begun
  const closed = app.close()
  await expect.poll(() => app.server.listening).toBe(false)
  finish()
  expect((await answer).status).toBe(202)
  await closed
  expect(cut).not.toHaveBeenCalled()
})
