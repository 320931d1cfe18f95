import { describe, expect, it, test } from 'vitest'
import { wholeEntries } from '../../src/evidence/logs/continued.ts'
import { levelOf, readFields, readLine, usualFields } from '../../src/evidence/logs/line.ts'
import { logSection } from '../../src/evidence/logs/section.ts'
import { cutBlock, cutLine, printable } from '../../src/evidence/text.ts'

const at = new Date('2026-03-02T09:00:00Z')
const read = (raw: string, labels = {}) => readLine(raw, at, labels)

describe('a line of a log is understood', () => {
  it.each([
    ['as pino writes it', '{"level":50,"time":1,"msg":"boom"}', 'error', 'boom'],
    [
      'as zap writes it',
      '{"level":"error","ts":1.5,"caller":"a.go:1","msg":"boom","error":"no disk"}',
      'error',
      'boom\nno disk',
    ],
    [
      'as logrus writes it',
      'time="2026-03-02T09:00:00Z" level=warning msg="slow \\"query\\"" took=5s',
      'warn',
      'slow "query"',
    ],
    ['as ECS has it', '{"@timestamp":"x","log.level":"ERROR","message":"boom"}', 'error', 'boom'],
    [
      'as the second team writes it',
      '{"timestamp":"2026","level":"ERROR","logger":"a","message":"boom","correlation_id":"c","duration_ms":12}',
      'error',
      'boom',
    ],
    [
      'as Python writes it',
      '2026-03-02 09:00:00,123 - shop - CRITICAL - boom',
      'fatal',
      '2026-03-02 09:00:00,123 - shop - CRITICAL - boom',
    ],
    [
      'as Kubernetes writes it',
      'E0302 09:00:00.123456       1 reflector.go:138] boom',
      'error',
      'E0302 09:00:00.123456       1 reflector.go:138] boom',
    ],
    [
      'as nginx writes it',
      '2026/03/02 09:00:00 [crit] 7#7: *1 connect() failed',
      'fatal',
      '2026/03/02 09:00:00 [crit] 7#7: *1 connect() failed',
    ],
    ['from Docker', '{"log":"ERROR boom\\n","stream":"stderr","time":"2026-03-02T09:00:00Z"}', 'error', 'ERROR boom'],
    ['from containerd', '2026-03-02T09:00:00.1Z stderr F {"level":"fatal","msg":"boom"}', 'fatal', 'boom'],
    ['with colours', '\u001b[31;1mERROR\u001b[0m \u001b]8;;http://x\u0007boom', 'error', 'ERROR boom'],
    ['that says nothing of its level', 'boom', null, 'boom'],
    ['of JSON that was cut off', '{"level":"error","msg":"boom \\"now\\"","stack":"at a', null, 'boom "now"'],
    ['of JSON that is no record', '["a"]', null, '["a"]'],
    ['of other JSON', '{"code":7}', null, '{"code":7}'],
    ['that is empty', '', null, ''],
  ])('%s', (_name, raw, level, text) => {
    expect(read(raw)).toMatchObject({ level, text })
  })

  it('by what its store knows of it, where it does not say itself', () => {
    expect(read('boom', { detected_level: 'error' }).level).toBe('error')
    expect(read('level=info msg=fine', { detected_level: 'error' }).level).toBe('info')
  })

  it('with what helps to go on', () => {
    const line = read(
      '{"level":"error","msg":"boom","logger":"shop.pay","duration_ms":5012,"correlation_id":"c-1","password":"x"}',
    )
    expect(line.context).toEqual(['logger=shop.pay', 'duration_ms=5012', 'correlation_id=c-1'])
  })

  it('with its stack trace, unless the message has it already', () => {
    const stack = 'Error: no disk\\n    at a (a.js:1)'
    expect(read(`{"level":"error","msg":"boom","err":{"message":"no disk","stack":"${stack}"}}`).text).toBe(
      'boom\nError: no disk\n    at a (a.js:1)',
    )
    expect(read(`{"level":"error","msg":"Error: no disk","err":{"stack":"${stack}"}}`).text).toBe('Error: no disk')
  })

  it('as fields, whether they are nested or have dots in their names, and whatever is in the message', () => {
    expect(readFields({ log: { level: 'warn' }, message: 'slow' }, at, usualFields)).toMatchObject({
      level: 'warn',
      text: 'slow',
    })
    expect(readFields({ 'log.level': 'warn', message: 'slow' }, at, usualFields).level).toBe('warn')
    const inner = JSON.stringify({ level: 'error', msg: 'boom', correlation_id: 'c-1' })
    expect(readFields({ message: inner, level: 'info' }, at, usualFields)).toMatchObject({
      level: 'error',
      text: 'boom',
      context: ['correlation_id=c-1'],
    })
    expect(readFields({ message: { a: 1 } }, at, usualFields).text).toBe('{"a":1}')
  })

  it('however long it is, and shown without a secret, even one that is cut off', () => {
    for (const padding of [0, 200, 230, 7_960, 15_960]) {
      const line = read(`ERROR ${'x'.repeat(padding)} password=hunter2hunter2hunter2 correlation_id=hunter2`)
      expect(line.text.length).toBeLessThanOrEqual(8_000)
      const lines = { lines: [line], from: at, until: at, capped: false }
      const section = logSection({ now: lines, before: { ...lines, lines: [] }, filtered: true }, 'UTC', [])
      expect(JSON.stringify(section), String(padding)).not.toMatch(/password=h/)
    }
  })

  test.each([
    ['ERR', 'error'],
    ['Severe', 'error'],
    [3, 'error'],
    [0, 'fatal'],
    ['notice', 'info'],
    ['', null],
    ['blue', null],
    [null, null],
  ])('level %s', (value, level) => {
    expect(levelOf(value)).toBe(level)
  })
})

describe('text of others', () => {
  it('is printable', () => {
    expect(printable('a\u0000b\u202ec\u0007d\ud800e\te\nf 漢 👍🏽 é')).toBe('abcde\te\nf 漢 👍🏽 é')
    expect(printable('\u0000\u0001\u0002ELF\u0003\u0004\u0005\u0006')).toMatch(/^\(\d+ characters that are no text\)$/)
  })
  it('is cut where a reader sees it, and no character in half', () => {
    expect(cutLine(`a ${'👍'.repeat(10)}`, 5)).toBe('a 👍… (+17 characters)')
    expect(cutBlock('a\nb\nc\nd', { lines: 2, width: 9 })).toBe('a\nb\n… 2 more lines')
    expect(cutBlock(`${'x'.repeat(12)}\n`, { lines: 2, width: 9 })).toBe('xxxxxxxxx… (+3 characters)')
  })
})

describe('stack traces that came line by line', () => {
  const entry = (second: number, text: string, stream = 's') => ({
    id: `${stream}${second}${text}`,
    stream,
    at: new Date(at.getTime() + second * 1000),
    text,
    labels: {},
  })
  const texts = (...entries: ReturnType<typeof entry>[]) => wholeEntries(entries).map(({ text }) => text)

  it('are one entry', () => {
    expect(
      texts(
        entry(0, 'java.lang.IllegalStateException: boom'),
        entry(0.001, '\tat a.B.c(B.java:1)'),
        entry(0.002, 'Caused by: x.Y: z'),
        entry(0.003, '\t... 12 more'),
        entry(1, 'next'),
      ),
    ).toEqual(['java.lang.IllegalStateException: boom\n\tat a.B.c(B.java:1)\nCaused by: x.Y: z\n\t... 12 more', 'next'])
    expect(
      texts(
        entry(0, 'Traceback (most recent call last):'),
        entry(0.001, '  File "a.py", line 1'),
        entry(0.002, 'ValueError: bad'),
      ),
    ).toHaveLength(1)
  })

  it('are not joined to another stream, to what was said long before, or to records', () => {
    expect(texts(entry(0, 'boom', 'a'), entry(0, '  at x', 'b'))).toHaveLength(2)
    expect(texts(entry(0, 'boom'), entry(9, '  at x'))).toHaveLength(2)
    expect(texts(entry(0, 'boom'), entry(0.1, '  {"a":1}'))).toHaveLength(2)
    expect(texts(entry(0, 'ValueError: one'), entry(0.1, 'ValueError: two'))).toHaveLength(2)
  })
})
