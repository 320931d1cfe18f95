// The port of a sender of changes: a wire format in, changes out. One file a format.
import type { IncomingHttpHeaders } from 'node:http'
import type { ServiceChange } from '../core/service-change.ts'

/** What was sent: the body as its bytes were and as JSON. */
type Sent = { headers: IncomingHttpHeaders; raw: string; body: unknown; received: Date }

/** One change; `source` is put in by whoever takes it in. */
export type ReadChange = Omit<ServiceChange, 'source'>

/** `ignored`: why a part of what was sent is no change to keep; not an error. */
export type ReadChanges = { changes: ReadChange[]; ignored: string[] }

export type ChangeFormat = {
  /** Its key in the registry and the value of `kind` in tocsin.yaml. */
  kind: string
  /** One sentence for README and errors. */
  help: string
  /** Whether the sender knows the secret of its source. */
  isFrom(sent: Pick<Sent, 'headers' | 'raw'>, secret: string): boolean
  /** What is to be sent, for who was refused. */
  proof: string
  /** @throws RejectedInput naming the field, repeating nothing of what was sent. */
  read(sent: Sent): ReadChanges
}
