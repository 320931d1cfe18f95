// The way to Slack: directly, or through a proxy where the bot's network has no other way out. A proxy is asked with CONNECT for each
// connection and hears nothing of what is said: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Socket } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { decoded } from '../../outbound.ts'

/** `timeout`: milliseconds until a connection must be there. `keepAliveInitialDelay`: as in node:net. */
export type ConnectorOptions = { timeout: number; keepAliveInitialDelay?: number }

/** What makes connections. `proxy`: its address, with user and password where it wants them; null: directly. */
export function connectorTo(proxy: string | null, options: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector(options)
  if (proxy === null) return connect
  return (where, done) => {
    tunnel(proxy, where, options).then(
      (socket) => (where.protocol === 'https:' ? connect({ ...where, httpSocket: socket }, done) : done(null, socket)),
      (error: Error) => done(error, null),
    )
  }
}

/** Sends through the proxy; null: there is none, and everybody sends by their own way. */
export function dispatcherTo(proxy: string | null, options: ConnectorOptions): Dispatcher | null {
  return proxy === null ? null : new Agent({ connect: connectorTo(proxy, options) })
}

type Where = Pick<buildConnector.Options, 'hostname' | 'port' | 'protocol'>

function tunnel(
  proxy: string,
  where: Where,
  { timeout, keepAliveInitialDelay = 0 }: ConnectorOptions,
): Promise<Socket> {
  const { protocol, hostname, port, username, password } = new URL(proxy)
  const target = `${where.hostname}:${where.port || (where.protocol === 'https:' ? 443 : 80)}`
  const user = `${decoded(username)}:${decoded(password)}`
  const request = (protocol === 'https:' ? overHttps : overHttp)({
    ...{ method: 'CONNECT', path: target, agent: false },
    ...{ host: hostname.replace(/^\[|\]$/g, ''), ...(port !== '' && { port }) },
    headers: {
      host: target,
      ...(username !== '' && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
    },
  })
  // For all of it: one that says its answer a letter at a time would never be silent for long.
  const late = setTimeout(() => request.destroy(new Error(`it made no tunnel within ${timeout / 1000} s`)), timeout)
  return new Promise<Socket>((resolve, reject) => {
    request
      .once('connect', ({ statusCode = 0, statusMessage = '' }, socket: Socket) => {
        if (statusCode >= 200 && statusCode < 300) return resolve(socket.setKeepAlive(true, keepAliveInitialDelay))
        socket.destroy()
        reject(new Error(`the proxy answered ${statusCode} ${statusMessage} for ${target}: see slack.proxy`))
      })
      .once('error', (error) => reject(new Error(`the proxy cannot be reached: ${error.message}`, { cause: error })))
      .end()
  }).finally(() => clearTimeout(late))
}
