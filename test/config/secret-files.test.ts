// Secrets in files: what Docker and Kubernetes mount, and people expect to name in `…_FILE`.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what people write in tocsin.yaml
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, load, wrong } from './files.ts'

const yaml = 'sources: { generic: { token: "${CI_TOKEN}" } }'
const folder = folderWith({
  url: 'postgres://tocsin:pw@127.0.0.1:5432/tocsin\n',
  token: 'xoxb-1\r\n',
  app: 'xapp-1',
  ci: ' a long token \n',
  empty: '\n',
  blank: ' \t\n',
  large: 'x'.repeat(100_000),
})
const at = (name: string) => join(folder, name)

describe('a secret in a file', () => {
  it('is read, for the settings of the environment and for what the file of the configuration names', () => {
    const config = load(yaml, {
      DATABASE_URL_FILE: at('url'),
      SLACK_BOT_TOKEN_FILE: at('token'),
      SLACK_APP_TOKEN_FILE: at('app'),
      CI_TOKEN_FILE: at('ci'),
    })
    expect(config.database).toMatchObject({ url: 'postgres://tocsin:pw@127.0.0.1:5432/tocsin' })
    expect(config.slack).toMatchObject({ botToken: 'xoxb-1', appToken: 'xapp-1' })
    expect(config.sources.generic?.token).toBe('a long token')
  })

  it('does not count where the variable itself says something, and does where that is empty', () => {
    const named = { CI_TOKEN_FILE: at('ci'), PROMETHEUS_URL_FILE: at('no such file') }
    const config = load(yaml, { ...named, CI_TOKEN: 'its own', PROMETHEUS_URL: 'http://127.0.0.1:9090' })
    expect(config.sources.generic?.token).toBe('its own')
    expect(load(yaml, { CI_TOKEN_FILE: at('ci'), CI_TOKEN: '' }).sources.generic?.token).toBe('a long token')
  })

  it('that cannot be had stops the start, and says which file', () => {
    const told = wrong(yaml, {
      DATABASE_URL_FILE: at('none'),
      SMTP_URL_FILE: at('empty'),
      PROMETHEUS_URL_FILE: at('blank'),
      TOCSIN_ACCESS_TOKEN_FILE: at('large'),
      CI_TOKEN_FILE: folder,
    })
    expect(told).toEqual([
      expect.stringContaining(`environment: TOCSIN_ACCESS_TOKEN_FILE: ${at('large')} is too large to hold a secret`),
      expect.stringContaining(
        `environment: DATABASE_URL_FILE: there is no file ${at('none')}; it is to hold what DATA`,
      ),
      expect.stringContaining(`environment: SMTP_URL_FILE: ${at('empty')} is empty; it is to hold what SMTP_URL would`),
      expect.stringContaining(`environment: PROMETHEUS_URL_FILE: ${at('blank')} is empty`),
      expect.stringContaining(`sources.generic.token: the environment variable CI_TOKEN_FILE names a file in vain`),
    ])
  })

  it('is not shown when it is no good', () => {
    expect(wrong(yaml, { CI_TOKEN: 'a long token', DATABASE_URL_FILE: at('token') }).join()).not.toContain('xoxb')
  })
})
