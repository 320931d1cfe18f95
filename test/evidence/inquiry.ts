// An inquiry about an incident that opened on a Monday at 10:00 in Berlin, and a bot that asks as it is configured.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bot } from '../../src/bot.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Environment } from '../../src/config/tree.ts'
import { usualEvidence } from '../../src/core/terms.ts'
import { answerOf } from '../../src/evidence/ask.ts'
import type { Inquiry, Provider } from '../../src/evidence/evidence.ts'

const start = new Date('2026-03-02T09:00:00Z')
const minute = 60_000

/** Seconds from the start. */
export function at(seconds: number): Date {
  return new Date(start.getTime() + seconds * 1000)
}

function inquiry(changes: Partial<Inquiry> = {}): Inquiry {
  return {
    ...{ incident: 1, title: 'Checkout is down', service: 'checkout', severity: 'P1', zone: 'Europe/Berlin' },
    alerts: [{ labels: { namespace: 'shop' }, annotations: {} }],
    startedAt: start,
    from: new Date(start.getTime() - 5 * minute),
    until: new Date(start.getTime() + 10 * minute),
    before: { from: new Date(start.getTime() - 65 * minute), until: new Date(start.getTime() - 5 * minute) },
    names: usualEvidence.names,
    services: [changes.service ?? 'checkout'],
    ...changes,
  }
}

export function configOf(yaml: string, env: Environment = {}): Config {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-evidence-'))
  try {
    writeFileSync(join(folder, 'tocsin.yaml'), yaml)
    return loadConfig({ TOCSIN_CONFIG: join(folder, 'tocsin.yaml'), ...env }, { cwd: folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What is said to be wrong with it; empty: nothing. */
export function problemsOf(yaml: string): string {
  try {
    configOf(yaml)
    return ''
  } catch (error) {
    return String((error as Error).message)
  }
}

/** Asks a provider as the bot does. */
export async function ask(provider: Provider, yaml: string, about: Partial<Inquiry> = {}, limit = 20_000) {
  const bot = { config: configOf(yaml), db: null as unknown as Bot['db'] }
  const answer = await answerOf((signal) => provider.ask(bot, inquiry(about), signal), limit)
  return answer.status === 'failed' ? ({ status: 'failed', reason: answer.reason } as const) : answer
}
