// Certificates of one's own for what is asked over https: whom to trust, and as whom to come. They are files that somebody
// renews every few weeks (or hours), so they are looked at again before each use.
import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { Agent } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import { PermanentError, reasonOf } from './errors.ts'

/** Absolute paths of PEM files. With a `ca` no other authority is trusted; `key` belongs to `cert`. */
export type Certificates = { ca?: string | undefined; cert?: string | undefined; key?: string | undefined }

const kept = new Map<string, { state: string; agent: Agent }>()

/**
 * Connections that are made with these, kept until a file changes. Half of a renewal, or one that cannot be read, leaves what
 * was there before; throws PermanentError when nothing was.
 */
export function agentWith(files: Certificates, whose: string): Agent {
  const name = JSON.stringify([files.ca, files.cert, files.key])
  const before = kept.get(name)
  try {
    const state = stateOf(files)
    if (before?.state === state) return before.agent
    const agent = new Agent({ keepAlive: true, maxSockets: 32, secureContext: contextOf(files) })
    kept.set(name, { state, agent })
    if (before) retire(before.agent)
    return agent
  } catch (error) {
    if (before) return before.agent
    throw new PermanentError(`${whose} cannot be asked: its certificates cannot be used: ${reasonOf(error)}`)
  }
}

/** Throws for what cannot be read, is no certificate, or does not belong together. */
export function contextOf({ ca, cert, key }: Certificates): SecureContext {
  return createSecureContext({
    ...(ca && { ca: authorities(ca) }),
    ...(cert && { cert: readFileSync(cert) }),
    ...(key && { key: readFileSync(key) }),
  })
}

/** Node.js takes anything for an authority, and with what it cannot read trusts nobody. */
function authorities(file: string): string {
  const text = readFileSync(file, 'utf8')
  const whole = text.match(/-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----[^-]*-----END \1-----/g) ?? []
  const begun = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g) ?? []
  if (whole.length === 0 || whole.length < begun.length)
    throw new Error(`${file} holds no certificate in PEM, or half of one`)
  if (!whole.some(isReadable)) throw new Error(`${file} holds no certificate that can be read`)
  return text
}

function isReadable(pem: string): boolean {
  try {
    return new X509Certificate(pem.replaceAll(' TRUSTED', '')) !== null
  } catch {
    return false
  }
}

function stateOf({ ca, cert, key }: Certificates): string {
  const files = [ca, cert, key].filter((file) => file !== undefined)
  return files
    .map((file) => statSync(file))
    .map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`)
    .join(', ')
}

/** What is under way ends as it began. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of [...(sockets ?? [])]) socket.destroy()
}
