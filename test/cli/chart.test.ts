// tocsin chart: pictures from a terminal, and what is wrong with a query.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folderWith } from '../config/files.ts'
import { json, matrix, type StandIn, standIn } from '../evidence/stand-in.ts'
import { cli } from './cli.ts'

let prometheus: StandIn
beforeEach(async () => {
  prometheus = await standIn((asked, response) => {
    if (asked.params.get('query')?.includes('nothing'))
      return json(response, { status: 'success', data: { resultType: 'matrix', result: [] } })
    matrix(asked, response, [{ metric: { instance: 'web-1' }, value: () => '0.8' }])
  })
})
afterEach(() => prometheus.close())

const run = (argv: string[], folder = folderWith({ 'tocsin.yaml': 'team: Shop' })) =>
  cli(['chart', ...argv], { PROMETHEUS_URL: prometheus.url }, folder)

test('a picture is written where --out says, and told in words', async () => {
  const folder = folderWith({ 'tocsin.yaml': 'team: Shop' })
  const said = await run(['node', 'cpu', '6h', '--out', 'cpu.png'], folder)
  expect(said).toMatchObject({ code: 0, err: '' })
  expect(said.out).toContain('In the acceptable band all the time (target ≤ 70 %, acceptable ≤ 85 %, critical > 95 %).')
  expect(said.out).toContain('The picture is in cpu.png.')
  expect(readFileSync(join(folder, 'cpu.png')).subarray(1, 4).toString()).toBe('PNG')
})

test('an exporter is three pictures, numbered', async () => {
  const folder = folderWith({ 'tocsin.yaml': 'team: Shop' })
  const said = await run(['redis', '--out', 'redis.png', '--json'], folder)
  expect(JSON.parse(said.out).charts.map(({ file }: { file: string }) => file)).toEqual([
    ...['redis.png', 'redis-2.png', 'redis-3.png'],
  ])
})

test('what is wrong is said, with the way out', async () => {
  expect(await run(['rate(x[5m]'])).toMatchObject({ code: 1, err: expect.stringContaining('expected a closing )') })
  expect(await run(['nothing'])).toMatchObject({ code: 1, err: expect.stringContaining('no data for this expression') })
  expect((await run([])).out).toContain('node cpu')
})
