// A body of test/fixtures/alerts, or one made up, given to a source at a known time.
import { readFileSync } from 'node:fs'
import type { Delivery } from '../../src/core/alert.ts'
import { sources } from '../../src/sources/index.ts'

export const received = new Date('2026-03-02T08:15:00Z')

export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/alerts/${name}.json`, import.meta.url), 'utf8'))
}

export function deliver(kind: string, body: unknown): Delivery {
  const source = sources[kind]
  if (source === undefined) throw new Error(`no source ${kind}`)
  return source.parse(body, received)
}
