// A start that the database leaves in the middle: how long it is waited for, and what is said of it in the end.
import { expect, it } from 'vitest'
import { makeLog } from '../../src/log.ts'
import { outlasting } from '../../src/worker/outlast.ts'

const log = makeLog({ level: 'silent', file: null })

it('does it again while the database is away, and answers as it did when it was back', async () => {
  let attempts = 0
  const outlast = outlasting(log)
  const work = async () => {
    if (++attempts < 3) throw new Error('Client has encountered a connection error and is not queryable')
    return 'begun'
  }
  expect([await outlast(work), attempts]).toEqual(['begun', 3])
})

it('says what happened and what to do when the database does not come back', async () => {
  const outlast = outlasting(log, 0)
  const gone = Promise.reject(new Error('Connection terminated unexpectedly'))
  await expect(outlast(() => gone)).rejects.toThrow(
    'PostgreSQL went away while Tocsin was starting, and was not back within 0 s: Connection terminated unexpectedly. ' +
      'See that it runs and stays up, then start Tocsin again.',
  )
})

it('leaves it to others to say that no connection is left, or that nothing can be written', async () => {
  const outlast = outlasting(log, 0)
  for (const code of ['53300', '25006']) {
    const error = Object.assign(new Error('in words'), { code })
    await expect(outlast(() => Promise.reject(error))).rejects.toBe(error)
  }
})

it('waits for nothing that waiting does not make better', async () => {
  let attempts = 0
  const wrong = Object.assign(new Error('column "x" does not exist'), { code: '42703' })
  await expect(
    outlasting(log)(() => {
      attempts++
      return Promise.reject(wrong)
    }),
  ).rejects.toBe(wrong)
  expect(attempts).toBe(1)
})
