// Turns a template that liquidjs has read into plain functions. liquidjs writes through generators, one for each value and each
// step to it, which costs a storm's first messages half of their time. What our own templates are made of is compiled; whatever
// is not is left to liquidjs, which also says what is wrong when a compiled one fails: there is one way to write a template.
import {
  CaseTag,
  CommentTag,
  Context,
  type Filter,
  ForTag,
  IfTag,
  IncludeTag,
  InlineCommentTag,
  type Liquid,
  Output,
  type Template,
  type Token,
  TypeGuards,
  toValueSync,
  UnlessTag,
  type Value,
} from 'liquidjs'
import { escapeOutput } from './filters.ts'
import { isTrue, known, operators, readProperty, writable } from './values.ts'

/** Text for the data it is written about. Throws, whatever the reason, where liquidjs has to be asked. */
type Compiled = (data: object) => string

/** `locals`: what loops name, by their place. `rounds` of all loops together, and characters of all values `written` so far. */
type Frame = {
  data: object
  locals: unknown[]
  rounds: number
  written: number
  /** When the first loop began. */
  began?: NodeJS.CpuUsage
  call: { context: Context; liquid: Liquid }
}
type Write = (frame: Frame) => string
type Evaluate = (frame: Frame) => unknown
/** Names of loops around, by place; and how many templates this one stands in. */
type Around = { names: readonly string[]; depth: number }

/** Something that is left to liquidjs. */
class Declined extends Error {}

/** It would keep everything else waiting. */
export class TooMuch extends Error {}

/** What all loops of one text may make together, how long it may be, and milliseconds that liquidjs may work on it. */
type Most = { mostRounds: number; longest: number; time: number }

/** Templates in templates; more is one that includes itself. */
const deepest = 10

/**
 * Writes templates by name, like `renderFileSync`, each compiled when it is first asked for. Throws TooMuch where loops make more
 * rounds than `mostRounds`, or the text is longer than `longest`.
 */
export function compiling(liquid: Liquid, most: Most): (name: string, data: object) => string {
  const { longest, time } = most
  const known = new Map<string, Compiled | null>()
  const slowly = (name: string, data: object) =>
    atMost(longest, liquid.renderFileSync(name, contextOf(liquid, data, time)) as string)
  return (name, data) => {
    let write = known.get(name)
    if (write === undefined) {
      write = compile(liquid, name, most)
      known.set(name, write)
    }
    if (write === null) return slowly(name, data)
    try {
      return atMost(longest, write(data))
    } catch (error) {
      if (error instanceof TooMuch) throw error
      // It knows what is wrong and where; or nothing is, but there is more in the data than was compiled for.
      return slowly(name, data)
    }
  }
}

/**
 * Its limit counts the time that this process works. liquidjs goes by the clock: a process that was stopped, or that a busy machine
 * kept waiting, would blame the template, and do without it until the next start.
 */
function contextOf(liquid: Liquid, data: object, time: number): Context {
  const context = new Context(data, liquid.options, { sync: true }, { liquid })
  const { renderLimit } = context
  const exceed = renderLimit.check.bind(renderLimit, Number.POSITIVE_INFINITY)
  const before = process.cpuUsage()
  let began: number | undefined
  renderLimit.check = (now) => {
    began ??= now
    if (now - began <= time) return
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1_000 > time) exceed()
  }
  return context
}

function atMost(longest: number, text: string): string {
  if (text.length > longest) throw new TooMuch(tooLong(longest))
  return text
}

function tooLong(longest: number): string {
  return `it writes more than ${longest} characters`
}

/** Null when something in it is not to be compiled. */
function compile(liquid: Liquid, name: string, most: Most): Compiled | null {
  const templates = liquid.parseFileSync(name)
  try {
    const write = new Compiler(liquid, most).all(templates, { names: [], depth: 0 })
    return (data) => {
      const context = new Context(data, liquid.options, { sync: true }, { liquid })
      return write({ data, locals: [], rounds: 0, written: 0, call: { context, liquid } })
    }
  } catch {
    // Also a part that is missing: liquidjs misses it only where it is asked for.
    return null
  }
}

class Compiler {
  readonly #liquid: Liquid
  readonly #most: Most

  constructor(liquid: Liquid, most: Most) {
    this.#liquid = liquid
    this.#most = most
  }

  all(templates: readonly Template[], around: Around): Write {
    const writes = templates.map((template) => this.#one(template, around)).filter((write) => write !== nothing)
    const [first = nothing] = writes
    if (writes.length <= 1) return first
    return (frame) => {
      let text = ''
      for (const write of writes) text += write(frame)
      return text
    }
  }

  #one(template: Template, around: Around): Write {
    const { token } = template
    if (TypeGuards.isHTMLToken(token)) {
      const text = token.getContent()
      return text === '' ? nothing : () => text
    }
    if (template instanceof Output) return this.#output(template.value, around)
    if (template instanceof IfTag || template instanceof UnlessTag) return this.#choice(template, around)
    if (template instanceof CaseTag) return this.#case(template, around)
    if (template instanceof ForTag) return this.#loop(template, around)
    if (template instanceof IncludeTag) return this.#include(template, around)
    if (template instanceof InlineCommentTag || template instanceof CommentTag) return nothing
    throw new Declined()
  }

  #output(value: Value, around: Around): Write {
    const evaluate = this.#value(value, around)
    return (frame) => {
      const text = writable(evaluate(frame))
      frame.written += text.length
      if (frame.written > this.#most.longest) throw new TooMuch(tooLong(this.#most.longest))
      return text
    }
  }

  #choice(tag: IfTag | UnlessTag, around: Around): Write {
    const branches = tag.branches.map(({ value, templates }, i) => ({
      test: this.#value(value, around),
      taken: !(tag instanceof UnlessTag && i === 0),
      write: this.all(templates, around),
    }))
    const otherwise = this.all(tag.elseTemplates ?? [], around)
    return (frame) => {
      for (const { test, taken, write } of branches) if (isTrue(test(frame)) === taken) return write(frame)
      return otherwise(frame)
    }
  }

  /** Each branch that fits is written, as liquidjs does. */
  #case(tag: CaseTag, around: Around): Write {
    const target = this.#value(tag.value, around)
    const branches = tag.branches.map(({ values, templates }) => ({
      values: values.map((token) => this.#token(token, around)),
      write: this.all(templates, around),
    }))
    const otherwise = this.all(tag.elseTemplates, around)
    const same = operators['==']
    return (frame) => {
      const given = target(frame)
      const fitting = branches.filter(({ values }) => values.some((value) => same(given, value(frame))))
      return fitting.length === 0 ? otherwise(frame) : fitting.map(({ write }) => write(frame)).join('')
    }
  }

  #loop(tag: ForTag, around: Around): Write {
    if (Object.keys(tag.hash.hash).length > 0) throw new Declined()
    const collection = this.#token(tag.collection, around)
    const place = around.names.length
    const write = this.all(tag.templates, { ...around, names: [...around.names, 'forloop', tag.variable] })
    const otherwise = this.all(tag.elseTemplates, around)
    return (frame) => {
      const items = collection(frame)
      if (items !== null && !Array.isArray(items)) throw new Declined()
      if (items === null || items.length === 0) return otherwise(frame)
      let text = ''
      frame.rounds += items.length
      const { mostRounds } = this.#most
      if (frame.rounds > mostRounds) throw new TooMuch(`its loops make more than ${mostRounds} rounds`)
      this.#checkTime(frame)
      for (const [i, item] of items.entries()) {
        frame.locals[place] = loopAt(i, items.length)
        frame.locals[place + 1] = item
        text += write(frame)
      }
      return text
    }
  }

  /** Rounds alone do not say how long they take: a filter may be slow. */
  #checkTime(frame: Frame): void {
    const { time } = this.#most
    if (time === Infinity) return
    frame.began ??= process.cpuUsage()
    const { user, system } = process.cpuUsage(frame.began)
    if ((user + system) / 1_000 > time) throw new TooMuch(`its loops take longer than ${time} ms`)
  }

  #include(tag: IncludeTag, around: Around): Write {
    const given = tag.partialScope()?.scope
    if (given === undefined || [...given].length > 0 || around.depth >= deepest) throw new Declined()
    const templates = toValueSync(tag.children(true, true)) as Template[]
    return this.all(templates, { ...around, depth: around.depth + 1 })
  }

  #value({ initial, filters }: Value, around: Around): Evaluate {
    return filters.reduce(
      (given, filter) => this.#filter(given, filter, around),
      this.#expression(initial.postfix, around),
    )
  }

  #filter(given: Evaluate, { name, args }: Filter, around: Around): Evaluate {
    const registered = this.#liquid.filters[name]
    const handler = typeof registered === 'object' ? registered.handler : registered
    if (handler === undefined) return (frame) => escapeOutput(given(frame))
    // A generator is a filter that evaluates expressions of its own.
    if (handler.constructor !== Function) throw new Declined()
    const values = args.map((argument) => {
      if (Array.isArray(argument)) throw new Declined()
      return this.#token(argument, around)
    })
    return (frame) =>
      handler.apply(frame.call as ThisParameterType<typeof handler>, [
        given(frame),
        ...values.map((value) => value(frame)),
      ])
  }

  /** Operands stand before their operator; both sides are always evaluated. */
  #expression(postfix: readonly Token[], around: Around): Evaluate {
    const operands: Evaluate[] = []
    for (const token of postfix) {
      if (!TypeGuards.isOperatorToken(token)) {
        operands.push(this.#token(token, around))
        continue
      }
      const right = operands.pop()
      const left = operands.pop()
      const operate = operators[token.operator]
      if (operate === undefined || left === undefined || right === undefined) throw new Declined()
      operands.push((frame) => operate(left(frame), right(frame)))
    }
    const [only] = operands
    if (only === undefined || operands.length > 1) throw new Declined()
    return only
  }

  #token(token: Token | undefined, around: Around): Evaluate {
    if (TypeGuards.isPropertyAccessToken(token)) return this.#property(token, around)
    if (token === undefined || !('content' in token)) throw new Declined()
    const { content } = token
    // `nil`, `empty` and `blank` compare in ways of their own.
    if (typeof content === 'object') throw new Declined()
    return () => content
  }

  #property({ variable, props }: { variable: unknown; props: Token[] }, around: Around): Evaluate {
    const [root, ...path] = props.map((prop) => {
      if (!('content' in prop) || typeof prop.content !== 'string') throw new Declined()
      return prop.content
    })
    if (variable !== undefined || root === undefined) throw new Declined()
    // liquidjs writes the whole of it as JSON in one place, and as nothing in another.
    if (root === 'forloop' && path.length === 0) throw new Declined()
    const place = around.names.lastIndexOf(root)
    return (frame) => {
      let value = place < 0 ? readProperty(frame.data, root) : known(frame.locals[place])
      for (const key of path) value = readProperty(value, key)
      return value
    }
  }
}

const nothing: Write = () => ''

function loopAt(i: number, length: number): object {
  const [first, last] = [i === 0, i === length - 1]
  return { first, last, length, index: i + 1, index0: i, rindex: length - i, rindex0: length - i - 1 }
}
