// The load: connections that each send one request after the other, or requests sent at their moment whatever came before.
import { Client, Pool } from 'undici'
import { pause } from './waiting.ts'

/** Where alerts are sent to. `accepted`: the status that promises they were taken. */
export type Intake = { url: string; path: string; headers: Record<string, string>; accepted: number }

export type Load = { requests: number; alerts: number; failed: number; seconds: number; latencies: number[] }

/** Every connection sends a body as soon as the one before was answered, for so many seconds. */
export async function closedLoop(
  to: Intake,
  how: { connections: number; seconds: number; alertsEach: number; body: () => string },
): Promise<Load> {
  const clients = Array.from({ length: how.connections }, () => new Client(to.url, { pipelining: 1 }))
  const latencies: number[] = []
  let failed = 0
  const begun = performance.now()
  const end = begun + how.seconds * 1000
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const sent = performance.now()
        if (await send(client, to, how.body())) latencies.push(performance.now() - sent)
        else failed++
      }
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  await Promise.all(clients.map((client) => client.close()))
  return { requests: latencies.length, alerts: latencies.length * how.alertsEach, failed, seconds, latencies }
}

/** One request every so often, sent at its moment however slow the answers are. `sent` hears when each was begun. */
export async function openLoop(
  to: Intake,
  how: { perSecond: number; count: number; body: (index: number) => string; sent: (index: number, at: number) => void },
): Promise<Load> {
  const pool = new Pool(to.url, { connections: 64, pipelining: 1 })
  const latencies: number[] = []
  let failed = 0
  const begun = performance.now()
  const answers: Promise<void>[] = []
  for (let index = 0; index < how.count; index++) {
    const moment = begun + (index * 1000) / how.perSecond
    const rest = moment - performance.now()
    if (rest > 0) await pause(rest)
    const at = performance.now()
    how.sent(index, at)
    answers.push(
      send(pool, to, how.body(index)).then((ok) => {
        if (ok) latencies.push(performance.now() - at)
        else failed++
      }),
    )
  }
  await Promise.all(answers)
  const seconds = (performance.now() - begun) / 1000
  await pool.close()
  return { requests: latencies.length, alerts: latencies.length, failed, seconds, latencies }
}

async function send(client: Client | Pool, to: Intake, body: string): Promise<boolean> {
  try {
    const answer = await client.request({ method: 'POST', path: to.path, headers: to.headers, body })
    await answer.body.dump()
    return answer.statusCode === to.accepted
  } catch {
    return false
  }
}
