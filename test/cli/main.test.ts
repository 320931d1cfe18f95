// The command line's way in, before there is anything else.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { program } from '../processes/program.ts'

test('a Node.js that cannot read the program is told which one can', () => {
  const flag = '--no-experimental-require-module'
  const { status, stdout, stderr } = spawnSync(process.execPath, [flag, program(), 'start'], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toBe(`Tocsin needs Node.js 20.19 or newer, without ${flag}; this is ${process.version}.\n`)
})
