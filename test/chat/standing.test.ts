// How the standing of a platform is put together from its parts.
import { expect, test } from 'vitest'
import { jointStanding, Standings } from '../../src/chat/standing.ts'

function joint() {
  const told: (string | null)[] = []
  const of = jointStanding(['one', 'other'], (problem) => told.push(problem))
  return { told, one: of('one'), other: of('other') }
}

test('all is well when every part is, and not before', () => {
  const { told, one, other } = joint()
  one(null)
  expect(told).toEqual([])
  other(null)
  expect(told).toEqual([null])
})

test('the trouble of every part is told, once each and only when it changes', () => {
  const { told, one, other } = joint()
  one('no token')
  one('no token')
  other('no socket')
  one(null)
  other(null)
  expect(told).toEqual(['no token', 'no token; no socket', 'no socket', null])
})

test('trouble that is over while another part has said nothing yet leaves it connecting', () => {
  const { told, one } = joint()
  one('no token')
  one(null)
  expect(told).toEqual(['no token', 'still connecting'])
})

test('a platform is still connecting until it says something, and has its own check', () => {
  const standings = new Standings(['slack', 'console'])
  const checks = standings.checks()
  standings.of('console')(null)
  expect(checks.slack?.()).toEqual({ ok: false, detail: 'still connecting' })
  expect(checks.console?.()).toEqual({ ok: true })
})

test('a long reason is cut', () => {
  const standings = new Standings(['discord'])
  standings.of('discord')('x'.repeat(5000))
  expect(standings.checks().discord?.().detail).toHaveLength(300)
})
