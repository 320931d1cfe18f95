// Words live in templates/, as Liquid in Markdown; a team's own folder is looked at first. This is the only renderer.
import { PermanentError, reasonOf } from './errors.ts'
import { filesBelow } from './folders.ts'
import { TooMuch } from './templates/compile.ts'
import { bounds, type Engine, engine } from './templates/engine.ts'
import { builtInFolder, isFolder, isLink, templateFile, templateNames } from './templates/folders.ts'
import { readDocument, readLayout } from './templates/layout.ts'

export type Rendered = {
  /** The first line, `# …`, without the mark. Plain text. */
  title: string
  /** Lines `Label :: value`, in order. Markdown values. */
  fields: { label: string; value: string }[]
  /** Everything else. Markdown. */
  text: string
}

export interface Templates {
  /** `name` is a path below templates/ without its ending, e.g. `messages/card`. Everything put into it is escaped. */
  message(name: string, data: object): Rendered
  /** The whole rendered text, for documents such as post-mortems. */
  document(name: string, data: object, otherwise?: Otherwise): string
}

/**
 * The built-in document to fall back to when a team's own is no longer there, fails or writes nothing; and what that says of it,
 * below its title.
 */
export type Otherwise = { name: string; note: (why: string) => string }

/** Data to try a template with, by template name: one for every face it can show. */
export type Samples = Record<string, object[]>

/** Templates that can also be looked over before they are needed. */
export type TemplateFolders = Templates & {
  /** Everything wrong with the folders and the templates in them, each with file and line. */
  problems(samples: Samples): string[]
  /** What is hardly meant, and keeps nobody from starting: there is a built-in one to take its place. */
  doubts(samples: Samples): string[]
}

/**
 * Templates from the team's `folders`, then the built-in ones. A team's template, or a part of theirs in one of ours, that fails while
 * it is used must not cost a page: the built-in one is used instead, and `onProblem` is told. A message that took too much is not
 * begun again: every page would wait for it.
 */
export function makeTemplates(folders: string[], onProblem: (problem: string) => void = () => {}): TemplateFolders {
  const builtIn = builtInFolder()
  const all = [...folders, builtIn]
  // Nobody is there to be asked instead of ours, so that they have all the time they need.
  const own = folders.length === 0 ? engine(all) : engine(all, bounds)
  const fallback = engine([builtIn])
  const tooMuch = new Set<string>()
  const tell = (problem: string, forGood = false) =>
    onProblem(`${problem}; the built-in template is used instead${forGood ? ' until the next start' : ''}`)
  const render = <T>(name: string, data: object, read: (text: string) => T): T => {
    if (tooMuch.has(name)) return read(fallback.render(name, data))
    try {
      return read(own.render(name, data))
    } catch (error) {
      const file = templateFile(all, name)
      if (folders.length === 0 || templateFile([builtIn], name) === null) throw error
      const forGood = name.startsWith('messages/') && isTooMuch(error)
      if (forGood) tooMuch.add(name)
      // liquidjs does not say which part it was.
      const where = file?.startsWith(builtIn) ? `${folders.join(', ')}, in a part of ${name}` : (file ?? name)
      tell(problemOf(error, where), forGood)
      return read(fallback.render(name, data))
    }
  }
  const withOtherwise = (name: string, data: object, { name: standard, note }: Otherwise): string => {
    const file = templateFile(all, name)
    try {
      return readWhole(own.render(name, data))
    } catch (error) {
      // Perhaps with the folder it was in, since the incident opened.
      const problem = file === null ? `${name}.md is not there any more` : problemOf(error, file)
      tell(problem)
      const why = folders.reduce((text, folder) => text.replaceAll(`${folder}/`, ''), problem)
      return belowTitle(readWhole(fallback.render(standard, data)), note(why))
    }
  }
  return {
    message: (name, data) => render(name, data, readLayout),
    document: (name, data, otherwise) =>
      otherwise ? withOtherwise(name, data, otherwise) : render(name, data, readDocument),
    problems: (samples) => lookOver(folders, builtIn, own, samples),
    doubts: (samples) => [...lostLinks(folders), ...silentPostmortems(folders, builtIn, own, samples)],
  }
}

function readWhole(rendered: string): string {
  const text = readDocument(rendered)
  if (text === '') throw new Error('it writes nothing')
  return text
}

function belowTitle(document: string, note: string): string {
  const [, title = '', rest = ''] = /^(# [^\n]*\n+)?(.*)$/s.exec(document) ?? []
  return `${title}${note}\n\n${rest}`
}

/** Ours, what liquidjs says of its own two bounds, and a template that is written within itself. */
function isTooMuch(error: unknown): boolean {
  return error instanceof TooMuch || /\b(render|alloc) limit exceeded|call stack size/.test(reasonOf(error))
}

/**
 * Renders the templates of a team (without one: all of ours) with their samples and reads every branch of them; throws one PermanentError that lists all
 * problems. To be called before the program starts to work: an unknown field must not come to light in an incident.
 */
export function checkTemplates(templates: TemplateFolders, samples: Samples): void {
  const problems = templates.problems(samples)
  if (problems.length === 0) return
  throw new PermanentError(`The message templates cannot be used:\n${problems.map((p) => `  ${p}`).join('\n')}`)
}

function lookOver(folders: string[], builtIn: string, own: Engine, samples: Samples): string[] {
  const known = templateNames(builtIn)
  const problems = new Set<string>()
  for (const folder of folders) {
    if (!isFolder(folder)) {
      problems.add(`${folder}: this folder does not exist; make it, or take \`templates\` out of tocsin.yaml`)
      continue
    }
    for (const { path, problem } of filesBelow(folder).unread) if (!isLink(path)) problems.add(problem)
    for (const name of templateNames(folder)) {
      if (!known.includes(name) && !isPartial(name) && !isOwnPostmortem(name))
        problems.add(`${folder}/${name}.md: replaces nothing; the templates are ${known.join(', ')}`)
    }
  }
  for (const name of namesToLookOver(folders, known)) {
    const file = templateFile([...folders.filter(isFolder), builtIn], name)
    if (file === null || isPartial(name)) continue
    for (const problem of problemsIn(own, name, file, samples[name] ?? samplesOf(name, samples))) problems.add(problem)
  }
  return [...problems]
}

/** No template is behind them, and there never was. */
function lostLinks(folders: string[]): string[] {
  const unread = folders.flatMap((folder) => filesBelow(folder).unread)
  return unread
    .filter(({ path }) => isLink(path))
    .map(({ problem }) => `${problem}; built-in templates stand in for it`)
}

function silentPostmortems(folders: string[], builtIn: string, { render }: Engine, samples: Samples): string[] {
  const ours = templateNames(builtIn).filter((name) => name !== 'postmortems/default')
  const names = [...namesToLookOver(folders, [])].filter((name) => isOwnPostmortem(name) && !ours.includes(name))
  return names.flatMap((name) => {
    const silent = samplesOf(name, samples).find((sample) => isSilent(render, name, sample))
    if (silent === undefined) return []
    const file = templateFile(folders, name) ?? name
    return [`${file}:1: it writes nothing about some incidents: their draft is then the built-in one, and says so`]
  })
}

function isSilent(render: Engine['render'], name: string, sample: object): boolean {
  try {
    return readDocument(render(name, sample)) === ''
  } catch {
    // That is a problem, and told as one.
    return false
  }
}

/** Ours are good by themselves, which tests see to: they are looked over again only with a team's part in them. */
function namesToLookOver(folders: string[], known: string[]): Set<string> {
  const theirs = folders.filter(isFolder).flatMap(templateNames)
  const all = folders.length === 0 || theirs.some(isPartial)
  return new Set([...(all ? known : known.filter((name) => theirs.includes(name))), ...theirs.filter(isOwnPostmortem)])
}

/** A document that a team has besides the built-in one, for `postmortems:` in tocsin.yaml to name. */
function isOwnPostmortem(name: string): boolean {
  return name.startsWith('postmortems/') && !isPartial(name)
}

function samplesOf(name: string, samples: Samples): object[] {
  return isOwnPostmortem(name) ? (samples['postmortems/default'] ?? []) : []
}

/** A part of other templates: looked over with them. */
function isPartial(name: string): boolean {
  return /(^|\/)_[^/]*$/.test(name)
}

function problemsIn({ liquid, render }: Engine, name: string, file: string, samples: object[]): string[] {
  try {
    const template = liquid.parseFileSync(name)
    const found: string[] = []
    // A branch that no sample takes is read all the same.
    const fields = new Set(samples.flatMap((sample) => Object.keys(sample)))
    if (samples.length > 0) {
      for (const uses of Object.values(liquid.analyzeSync(template).globals)) {
        for (const { segments, location } of uses) {
          if (!fields.has(String(segments[0])))
            found.push(
              `${location.file ?? file}:${location.row}: unknown field \`${segments[0]}\`; known are ${[...fields].sort().join(', ')}`,
            )
        }
      }
    }
    for (const sample of samples) {
      const problem = renderProblem(render, name, file, sample)
      if (problem !== null && !found.some((f) => f.startsWith(problem.split(': ')[0] ?? ''))) found.push(problem)
    }
    return found
  } catch (error) {
    return [problemOf(error, file)]
  }
}

function renderProblem(render: Engine['render'], name: string, file: string, sample: object): string | null {
  try {
    const text = render(name, sample)
    if (name.startsWith('messages/') && !name.startsWith('messages/parts/')) readLayout(text)
    return null
  } catch (error) {
    return problemOf(error, file)
  }
}

/** liquidjs says `…, file:/path, line:3, col:5`; a person wants `/path:3: …`. */
function problemOf(error: unknown, file: string): string {
  const message = reasonOf(error)
  const [, what = message] = /^(.*?)(?:, file:[^\n]*?)?, line:\d+, col:\d+/.exec(message) ?? []
  const where = /(?:, file:([^\n]*?))?, line:(\d+), col:\d+/.exec(message)
  return `${where?.[1] ?? file}:${where?.[2] ?? 1}: ${what}`
}
