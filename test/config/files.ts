// Configurations written to a folder of their own, read the way the bot reads them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { InvalidConfig, loadConfig } from '../../src/config/load.ts'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

export function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-config-'))
  made.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export function load(yaml: string, env: Record<string, string> = {}): Config {
  return loadConfig(env, { cwd: folderWith({ 'tocsin.yaml': yaml }) })
}

/** What is wrong with it, a line each; fails when nothing is. */
export function wrong(yaml: string, env: Record<string, string> = {}): string[] {
  try {
    load(yaml, env)
  } catch (error) {
    if (error instanceof InvalidConfig) return error.message.split('\n')
    throw error
  }
  throw new Error('the configuration was accepted')
}
