// A proxy as companies have it at their border: for those who know its password it makes tunnels and passes requests on, and it
// writes down where to.
import { createServer, request as send } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type Proxy = {
  /** With user and password. */
  url: string
  /** `host:port` of every tunnel and request, refused ones included. */
  asked: string[]
}

/** `known`: names that only the proxy can look up, all of which are this machine. */
export async function startProxy(known: string[], password = 'p@ss word'): Promise<Proxy> {
  const asked: string[] = []
  const open = new Set<Socket>()
  const wanted = `Basic ${Buffer.from(`tocsin:${password}`).toString('base64')}`
  const server = createServer((request, response) => {
    const { host, port, pathname, search } = new URL(request.url ?? '', 'http://nowhere.invalid')
    asked.push(host)
    if (request.headers['proxy-authorization'] !== wanted) return void response.writeHead(407).end()
    const { 'proxy-authorization': _, ...headers } = request.headers
    const to = { host: '127.0.0.1', port, path: `${pathname}${search}`, method: request.method, headers }
    request.pipe(send(to, (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))))
  })
  server.on('connect', (request, socket, head: Uint8Array) => {
    const target = request.url ?? ''
    asked.push(target)
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\n\r\n`)
    if (request.headers['proxy-authorization'] !== wanted) return refuse('407 Proxy Authentication Required')
    const { hostname, port } = new URL(`http://${target}`)
    if (hostname !== '127.0.0.1' && !known.includes(hostname)) return refuse('403 Forbidden')
    const far = connect({ host: '127.0.0.1', port: Number(port || 80) })
    for (const one of [socket as Socket, far]) {
      open.add(one)
      one.on('close', () => void open.delete(one)).on('error', () => {})
    }
    far.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      far.write(head)
      far.pipe(socket).pipe(far)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://tocsin:${encodeURIComponent(password)}@127.0.0.1:${port}`, asked }
}
