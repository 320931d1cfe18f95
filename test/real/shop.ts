// What is monitored: a small shop whose counters Prometheus scrapes, and whose failures a test turns on and off.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Requests a second. */
const traffic = 180
const calm = 0.004

export class Shop {
  readonly port: number
  #counts = { '200': 0, '500': 0 }
  #failing = calm
  #at = Date.now()

  private constructor(port: number) {
    this.port = port
  }

  static async open(): Promise<Shop> {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(shop.metrics())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const shop = new Shop((server.address() as AddressInfo).port)
    return shop
  }

  /** From now on this share (0 to 1) of all requests fails. */
  fail(share: number): void {
    this.#count(Date.now())
    this.#failing = share
  }

  recover(): void {
    this.fail(calm)
  }

  metrics(): string {
    this.#count(Date.now())
    return `# TYPE http_requests_total counter\n${this.#lines('').join('\n')}\n`
  }

  /** The hour before now as OpenMetrics text, so that a chart has a past; the counters go on from there. `labels`: those a scrape adds. */
  history(labels: string): string {
    const now = Date.now()
    const lines: string[] = []
    this.#at = now - 3_600_000
    for (let at = this.#at; at <= now; at += 2_000) {
      this.#count(at)
      lines.push(...this.#lines(labels).map((line) => `${line} ${at / 1000}`))
    }
    // A metric's samples have to stand in the order of their series.
    return ['# TYPE http_requests counter', ...lines.sort(bySeries), '# EOF', ''].join('\n')
  }

  #count(until: number): void {
    const requests = (traffic * (1 + 0.15 * Math.sin(until / 240_000)) * (until - this.#at)) / 1000
    this.#at = until
    this.#counts['500'] += requests * this.#failing
    this.#counts['200'] += requests * (1 - this.#failing)
  }

  #lines(more: string): string[] {
    const labels = `service="payments"${more}`
    return Object.entries(this.#counts).map(
      ([status, count]) => `http_requests_total{${labels},status="${status}"} ${Math.floor(count)}`,
    )
  }
}

function bySeries(a: string, b: string): number {
  const series = (line: string) => line.slice(0, line.indexOf('}'))
  return series(a) < series(b) ? -1 : series(a) > series(b) ? 1 : 0
}
