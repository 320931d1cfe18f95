// The log's way out: a full disk or a reader that stands still costs lines, never the bot, and what was lost is told.
import { expect, test } from 'vitest'
import { LogOutput, toFile } from '../src/log-output.ts'

/** A disk or a reader of our own: `state.fails` is what the next write runs into, `state.room` how many bytes it takes at a time. */
function place() {
  const state: { fails: string | null; room: number } = { fails: null, room: Number.POSITIVE_INFINITY }
  const written: Uint8Array[] = []
  const sink = (bytes: Uint8Array) => {
    if (state.fails !== null) throw Object.assign(new Error(`${state.fails}: as if`), { code: state.fails })
    const taken = bytes.slice(0, Math.min(bytes.length, state.room))
    written.push(taken)
    return taken.length
  }
  return { state, sink, lines: () => Buffer.concat(written).toString().split('\n').slice(0, -1) }
}

test('what a full disk did not take is written when there is room again, and what could not be kept is counted', () => {
  const { state, sink, lines } = place()
  const output = new LogOutput(sink, 30)
  output.write('one\n')
  expect(output.problem).toBeNull()
  state.fails = 'ENOSPC'
  for (const line of ['two is kept\n', 'three is kept\n', 'four is lost\n', 'five is lost\n']) output.write(line)
  expect(output.problem).toMatch(/^lines lost: 2, ENOSPC/)
  state.fails = null
  state.room = 7
  output.write('6\n')
  expect(lines().slice(0, 3)).toEqual(['one', 'two is kept', 'three is kept'])
  const roomy = new LogOutput(sink, 1_000)
  roomy.write('7\n')
  expect(lines().at(-1)).toBe('7')
})

test('how many lines were lost, and why, is the first that is written afterwards', () => {
  const { state, sink, lines } = place()
  const output = new LogOutput(sink, 400)
  state.fails = 'ENOSPC'
  for (let i = 0; i < 60; i++) output.write(`line number ${i}\n`)
  state.fails = null
  output.write('back\n')
  expect(lines().slice(-2)).toEqual([
    expect.stringMatching(/"level":"error".*"lost":\d+.*ENOSPC.*lines of this log were lost/),
    'back',
  ])
  expect(output.problem).toBeNull()
})

test('a reader that is behind is no problem until something is lost; one that has gone is none at all', () => {
  const { state, sink, lines } = place()
  const output = new LogOutput(sink, 40)
  state.fails = 'EAGAIN'
  output.write('kept for the reader\n')
  expect(output.problem).toBeNull()
  output.write('too much for the reader\n')
  expect(output.problem).toBe('lines lost: 1, nobody reads it')
  state.fails = 'EPIPE'
  output.write('nobody is there\n')
  expect(output.problem).toBeNull()
  state.fails = null
  output.write('nor will be\n')
  expect(lines()).toEqual([])
})

test('a file that cannot be opened is named, with what to do', () => {
  expect(() => toFile('/dev/null/tocsin.log')).toThrow(/cannot be written to \/dev\/null\/tocsin.log: .*Set LOG_FILE/)
})
