// What people wrote survives whatever is generated again: by examples, and by thousands of made-up texts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesBetween } from '../../src/drafts/changes.ts'
import { merge } from '../../src/drafts/merge.ts'
import { workOf } from '../work.ts'

const text = (...lines: string[]) => lines.join('\n')
const merged = (base: string, mine: string, theirs: string) => merge({ base, mine, theirs }, '**New:**')

const questions = text('## Questions', '', '- [ ] **Why?** [#1]', '- [ ] **What changed?** [#1]', '', '## End')

describe('merging', () => {
  it('takes over new facts where nobody wrote, and keeps what somebody wrote elsewhere', () => {
    const mine = questions.replace('- [ ] **Why?** [#1]', '- [x] **Why?** The cache was cold. [#1]')
    const theirs = questions
      .replace('**What changed?** [#1]', '**What changed?** [#1] [#7]')
      .replace('## End', '## End\n\nmore')
    expect(merged(questions, mine, theirs)).toEqual({
      text: text(
        ...['## Questions', '', '- [x] **Why?** The cache was cold. [#1]', '- [ ] **What changed?** [#1] [#7]'],
        ...['', '## End', '', 'more'],
      ),
      isClean: true,
    })
  })

  it('keeps the person’s words where both changed one line, with the new fact as a note below', () => {
    const mine = questions.replace('- [ ] **Why?** [#1]', '- [x] **Why?** The cache was cold.')
    const theirs = questions.replace('**Why?** [#1]', '**Why?** [#1] [#9]')
    const { text: result, isClean } = merged(questions, mine, theirs)
    expect(isClean).toBe(false)
    expect(result).toContain(
      text('- [x] **Why?** The cache was cold.', '  > **New:** **Why?** [#1] [#9]', '- [ ] **What'),
    )
  })

  it('lets a new question stand as a question beside one that somebody answered', () => {
    const mine = questions.replace('- [ ] **What changed?** [#1]', '- [x] **What changed?** Nothing.')
    const theirs = questions.replace(
      '**What changed?** [#1]',
      '**What changed?** [#1]\n- [ ] **Why did the page fail?** [#8]',
    )
    expect(merged(questions, mine, theirs).text).toContain(
      text('- [x] **What changed?** Nothing.', '- [ ] **Why did the page fail?** [#8]', '', '## End'),
    )
  })

  it('updates the question below an answer that somebody wrote on a line of its own', () => {
    const mine = questions.replace('- [ ] **Why?** [#1]', '- [ ] **Why?** [#1]\n  The cache was cold.')
    const theirs = questions.replaceAll('[#1]', '[#1] [#7]')
    expect(merged(questions, mine, theirs).text).toBe(mine.replaceAll('[#1]', '[#1] [#7]'))
  })

  it('does not tear a table apart: a note waits for its end', () => {
    const table = text('| a | b |', '|---|---|', '| x | 1 |', '| y | 2 |', '', 'after')
    const mine = table.replace('| x | 1 |', '| x | one, really |')
    const theirs = table.replace('| x | 1 |', '| x | 1.5 |')
    expect(merged(table, mine, theirs).text).toBe(
      text('| a | b |', '|---|---|', '| x | one, really |', '| y | 2 |', '', '> **New:** x · 1.5', '', '', 'after'),
    )
  })

  it('does not write a note into a block of code', () => {
    const code = text('```', 'a', 'b', '```', '', 'after')
    const { text: result } = merged(code, code.replace('a', 'mine'), code.replace('a', 'theirs'))
    expect(result).toBe(text('```', 'mine', 'b', '```', '', '> **New:** theirs', '', '', 'after'))
  })

  it('leaves struck out what somebody struck out, as long as nothing about it is new', () => {
    const mine = questions.replace('- [ ] **Why?** [#1]\n', '')
    const theirs = questions.replace('## End', '## End\n\nmore')
    expect(merged(questions, mine, theirs).text).toBe(mine.replace('## End', '## End\n\nmore'))
  })

  it('says a note once, however often it is generated again', () => {
    const mine = questions.replace('- [ ] **Why?** [#1]', '- [x] **Why?** Cold cache.')
    const theirs = questions.replace('**Why?** [#1]', '**Why?** [#1] [#9]')
    const once = merged(questions, mine, theirs).text
    expect(merged(theirs, once, theirs).text).toBe(once)
  })

  it('of twenty thousand lines takes no time that a page would have to wait for', () => {
    const base = Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? '' : i % 3 === 1 ? 'same' : `- line [#${i}]`))
    const mine = ['first', ...base.slice(0, 9_000), 'mine', ...base.slice(9_500), 'last']
    const theirs = [...base.slice(100), 'theirs', '']
    let lines: string[] = []
    const merge = () => {
      lines = merged(text(...base), text(...mine), text(...theirs)).text.split('\n')
    }
    expect(workOf(merge)).toBeLessThan(3_000)
    for (const line of ['first', 'mine', 'last', '> **New:** theirs']) expect(lines).toContain(line)
  })

  it('takes no long work where two people rewrote twenty thousand lines that are alike', () => {
    const lines = (word: string) => Array.from({ length: 20_000 }, () => `[^a]: ${word}`)
    let merging = { text: '', isClean: true }
    const merge = () => {
      merging = merged(text(...lines('old')), text(...lines('mine')), text(...lines('theirs'), 'last'))
    }
    expect(workOf(merge)).toBeLessThan(3_000)
    const words = merging.text.split('\n')
    expect(words.filter((line) => line === '[^a]: mine')).toHaveLength(20_000)
    expect(words).toContain('> **New:** last')
  })
})

/** Few different lines, so that they repeat, move and clash. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '- a [#1]',
    '- b [#2]',
    '| a | b |',
    '|---|---|',
    '## H',
    '```',
    '> q',
    '- [ ] **Why?** [#1]',
  ),
  fc.string({ maxLength: 3 }).filter((s) => !/[\r\n]/.test(s)),
)
const lines = fc.array(line, { maxLength: 14 })
/** A text made from another by cutting and putting in. */
const editOf = (base: string[]) =>
  fc
    .array(fc.record({ at: fc.nat(base.length), cut: fc.nat(3), put: fc.array(line, { maxLength: 3 }) }), {
      maxLength: 4,
    })
    .map((edits) => edits.reduce((now, { at, cut, put }) => now.toSpliced(Math.min(at, now.length), cut, ...put), base))
const three = lines.chain((base) => fc.tuple(fc.constant(base), editOf(base), editOf(base)))

const count = (all: string[], one: string) => all.filter((other) => other === one).length

describe('for any three texts', () => {
  it('every line that a person wrote is in the result, as often as they wrote it', () => {
    fc.assert(
      fc.property(three, ([base, mine, theirs]) => {
        const result = merged(text(...base), text(...mine), text(...theirs)).text.split('\n')
        for (const one of mine.filter((other) => other.trim() !== ''))
          expect(count(result, one)).toBeGreaterThanOrEqual(count(mine, one) - count(base, one))
      }),
      { numRuns: 3_000 },
    )
  })

  it('every word that the other side put in is in the result, as a line or in a note', () => {
    fc.assert(
      fc.property(three, ([base, mine, theirs]) => {
        const result = merged(text(...base), text(...mine), text(...theirs)).text
        const words = (from: string) => from.match(/\w+/g) ?? []
        // Blanks around a line are no news.
        const known = new Set(base.map((other) => other.trim()))
        for (const one of theirs.filter((other) => !known.has(other.trim())))
          for (const word of words(one)) expect(result).toContain(word)
      }),
      { numRuns: 3_000 },
    )
  })

  it('a text nobody touched becomes the new one, and a new one without news leaves it alone', () => {
    fc.assert(
      fc.property(three, ([base, mine, theirs]) => {
        expect(merged(text(...base), text(...base), text(...theirs)).text).toBe(text(...theirs))
        expect(merged(text(...base), text(...mine), text(...base)).text).toBe(text(...mine))
      }),
    )
  })

  it('the differences that are shown lead from one to the other', () => {
    fc.assert(
      fc.property(three, ([, before, after]) => {
        const shown = changesBetween(text(...before), text(...after))
        const of = (kind: string) =>
          shown.filter((one) => one.kind === kind).map((one) => ('text' in one ? one.text : ''))
        const kept = (all: string[], taken: string[]) =>
          taken.reduce((left, one) => left.toSpliced(left.indexOf(one), 1), all)
        const normal = (all: string[]) =>
          text(...all)
            .split('\n')
            .toSorted()
        expect(kept(normal(before), of('removed')).toSorted()).toEqual(kept(normal(after), of('added')).toSorted())
      }),
    )
  })
})
