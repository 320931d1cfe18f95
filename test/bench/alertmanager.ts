// The peer: Debian's Alertmanager, when it is installed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/store/embedded/cluster.ts'
import type { Intake } from './load.ts'
import { until } from './waiting.ts'

const program = '/usr/bin/prometheus-alertmanager'

export const howToInstall =
  'Alertmanager is not installed, so nothing stands beside: apt-get install -y prometheus-alertmanager'

export type Peer = { intake: Intake; stop(): Promise<void> }

/** Null when it is not installed. `slackUrl`: where its Slack receiver posts; null: nobody is told. */
export async function startAlertmanager(options: {
  slackUrl: string | null
  groupInterval?: string
}): Promise<Peer | null> {
  if (!existsSync(program)) return null
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-am-'))
  writeFileSync(join(folder, 'am.yml'), configuration(options.slackUrl, options.groupInterval ?? '5m'))
  const port = await freePort(null)
  const address = `127.0.0.1:${port}`
  const child = spawn(
    program,
    [
      ...['--config.file', join(folder, 'am.yml'), '--storage.path', join(folder, 'data')],
      ...['--web.listen-address', address, '--cluster.listen-address=', '--log.level=error'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  process.on('exit', () => child.kill('SIGKILL'))
  const url = `http://${address}`
  const ready = await until(async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok === true, 15_000)
  if (!ready) throw new Error('Alertmanager did not become ready')
  return {
    intake: { url, path: '/api/v2/alerts', headers: { 'content-type': 'application/json' }, accepted: 200 },
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configuration(slackUrl: string | null, groupInterval: string): string {
  const slack = `
    slack_configs:
      - api_url: ${slackUrl}
        channel: '#incidents'
        title: '{{ .CommonLabels.service }}'
        text: '{{ .CommonAnnotations.summary }}'`
  return `
route: { receiver: chat, group_by: [alertname], group_wait: 0s, group_interval: ${groupInterval}, repeat_interval: 4h }
receivers:
  - name: chat${slackUrl === null ? '' : slack}
`
}
