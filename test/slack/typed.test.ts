// What a person typed, as a command can read it.
import { expect, test } from 'vitest'
import { typedText } from '../../src/chat/slack/typed.ts'
import { workOf } from '../work.ts'

test.each([
  ['incident note 12 a &amp; b &lt;c&gt;', 'incident note 12 a & b <c>'],
  ['oncall override <@U123|ada> 2h', 'oncall override @U123 2h'],
  ['<@W9>', '@W9'],
  ['incident list <#C1|ops> <#C2> <#C3|>', 'incident list #ops #C2 #C3'],
  ['<!subteam^S1|@sre> <!here> <!channel|channel>', '@sre @here @channel'],
  [
    'see <https://a.example/x?a=1&amp;b=2|a.example> <mailto:a@b.example|a@b.example>',
    'see https://a.example/x?a=1&b=2 a@b.example',
  ],
  ['&amp;lt; stays what was typed', '&lt; stays what was typed'],
])('%j reads %j', (typed, read) => {
  expect(typedText(typed)).toBe(read)
})

test.each(['<@UA|', '<#C1|', '<!subteam^A|', '<https://a', '<!a|'])(
  'a hundred thousand characters of %j that never end are read in an instant',
  (mark) => {
    const text = mark.repeat(100_000 / mark.length)
    expect(workOf(() => expect(typedText(text)).toBe(text))).toBeLessThan(200)
  },
)
