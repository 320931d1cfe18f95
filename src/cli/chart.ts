// tocsin chart: any PromQL or preset as a picture in a file, with what it shows in words.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ChartRenderer } from '../charts/renderer.ts'
import { chartText } from '../charts/text.ts'
import { systemClock } from '../clock.ts'
import { loadConfig, shownFile } from '../config/load.ts'
import { reasonOf, UserError } from '../errors.ts'
import type { Finding } from '../evidence/evidence.ts'
import { findCharts } from '../flow/asked-charts.ts'
import { exporters } from '../presets/index.ts'
import type { Outcome, Surroundings } from './outcome.ts'
import type { Add } from './program.ts'

export function addChart(program: Command, add: Add): void {
  const help = `draw any PromQL, or a preset (${exporters.map(({ name }) => name).join(', ')}), e.g. tocsin chart node cpu 6h --out cpu.png`
  const out: [string, string] = ['--out <file>', 'write the picture there; a second one becomes <file>-2']
  add(program, 'chart [query...]', help, [out], ({ out: file }, around, words) =>
    draw(words.join(' '), typeof file === 'string' ? file : null, around),
  )
}

async function draw(query: string, out: string | null, around: Surroundings): Promise<Outcome> {
  if (query.trim() === '') return list()
  const config = loadConfig(around.env, { cwd: around.cwd })
  const findings = await findCharts({ config }, query, systemClock.now())
  const missing = findings.flatMap((one) => (one.ok ? [] : [`${one.title}: ${one.reason}`]))
  if (missing.length === findings.length) throw new UserError(missing.join('\n'))
  const drawn = await pictures(findings, out, config.charts.theme, around)
  return {
    lines: [
      ...drawn.flatMap(({ text, file }) => [text, ...(file === null ? [] : [`The picture is in ${file}.`]), '']),
      ...missing,
    ],
    data: { charts: drawn, missing },
  }
}

type Drawn = { title: string; text: string; file: string | null }

async function pictures(
  findings: Finding[],
  out: string | null,
  theme: 'light' | 'dark',
  around: Surroundings,
): Promise<Drawn[]> {
  const renderer = new ChartRenderer({ theme })
  const drawn: Drawn[] = []
  try {
    for (const finding of findings) {
      if (!finding.ok) continue
      const text = chartText(finding.chart)
      const file = out === null ? null : resolve(around.cwd, numbered(out, drawn.length + 1))
      if (file !== null) write(file, await renderer.render(finding.chart))
      drawn.push({ title: finding.title, text, file: file && shownFile(file, around.cwd) })
    }
  } finally {
    await renderer.close()
  }
  return drawn
}

function numbered(file: string, count: number): string {
  return count === 1 ? file : file.replace(/(\.\w+)?$/, `-${count}$1`)
}

function write(file: string, png: Uint8Array): void {
  try {
    writeFileSync(file, png)
  } catch (error) {
    throw new UserError(`The picture could not be written: ${reasonOf(error)}`)
  }
}

function list(): Outcome {
  const lines = exporters.flatMap(({ name, title, variables, presets }) => [
    `${title}, by ${variables.all.join(', ')}:`,
    ...presets.map((preset) => `  ${`${name} ${preset.name}`.padEnd(24)} ${preset.help}`),
    '',
  ])
  return {
    lines,
    data: { exporters: exporters.map(({ name, presets }) => ({ name, presets: presets.map((p) => p.name) })) },
  }
}
