// The port of a source: a wire format in, alerts out. One file a format.
import type { Delivery } from '../core/alert.ts'

export type Source = {
  /** Its key in the registry and the value of `kind` in tocsin.yaml. */
  kind: string
  /** One sentence for README and the command line. */
  help: string
  /**
   * Reads a body. `received` stands in for times the sender left out. The alerts' `source` is the kind; whoever takes the
   * delivery in puts the configured name of the source there.
   * @throws RejectedInput, naming the field, when nothing in the body can be used. One bad alert among others is only
   * listed in `rejected`, and what is wrong with one that says enough to wake somebody in `warnings`. Nothing thrown or
   * listed repeats what the body said.
   */
  parse(body: unknown, received: Date): Delivery
}
