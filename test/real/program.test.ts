// Whether a missing program is seen to be missing: a skip nobody notices would prove nothing.
import { afterEach, expect, test, vi } from 'vitest'
import { needs } from './program.ts'

afterEach(() => vi.unstubAllEnvs())

class Skipped extends Error {}
const context = {
  skip: (note?: unknown): never => {
    throw new Skipped(String(note))
  },
}

test('a program that is there is given by its path', () => {
  expect(needs(context, 'prometheus', '/usr/bin/prometheus')).toBe('/usr/bin/prometheus')
})

test('without the program the test is skipped with what to install, and with TOCSIN_REAL=1 it fails', () => {
  vi.stubEnv('TOCSIN_REAL', '')
  expect(() => needs(context, 'prometheus', null)).toThrow(
    'skipped: prometheus is not installed; apt-get install -y prometheus',
  )
  vi.stubEnv('TOCSIN_REAL', '1')
  expect(() => needs(context, 'prometheus', null)).toThrow(/TOCSIN_REAL=1 forbids to skip: prometheus/)
})
