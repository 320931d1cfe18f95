// Which template post-mortems are drafted with: a name, found in the team's own folder of templates.
import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Notation, Wrong } from '../notation.ts'
import { hint } from '../suggest.ts'
import type { Raw } from '../tree.ts'
import type { Known } from './known.ts'
import { keys, leaf } from './parts.ts'

/** The team's own templates of post-mortems. `folder` null: the team has no folder of templates. */
export type OwnTemplates = { folder: string | null; names: string[] }

/** As `templates:` in the file says, whether or not the rest of the file is right. */
export function ownTemplates(root: Raw, folder: string): OwnTemplates {
  const written = root !== null && typeof root === 'object' && !Array.isArray(root) ? root.templates : null
  if (typeof written !== 'string') return { folder: null, names: [] }
  const own = join(resolve(folder, written.trim()), 'postmortems')
  const files = filesIn(own)
  const names = files.filter((file) => /^[^_].*\.md$/.test(file)).map((file) => file.slice(0, -'.md'.length))
  return { folder: relative(folder, own) || '.', names }
}

/** What cannot be looked into is told with all other templates. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** A template of post-mortems by its name. */
export function postmortemTemplate({ postmortems: { folder, names } }: Known): Notation<string> {
  return {
    what: 'the name of a template',
    short: 'name of a template',
    example: 'major',
    read(written) {
      const name = written.trim().replace(/\.md$/, '')
      if (name === 'default' || names.includes(name)) return name
      if (folder === null)
        return new Wrong('needs a folder of your own templates: name it under `templates`', 'templates: ./templates')
      const offer = hint(name, [...names, 'default'])
      return new Wrong(`is not there: write it as ${folder}/${name}.md${offer ? `; ${offer}` : ''}`, 'default')
    },
  }
}

export function postmortems(known: Known) {
  const template = postmortemTemplate(known)
  const of = (severity: string) =>
    leaf(template, `For incidents that are ${severity}.`, { 'x-default': '`postmortems.template`' }).optional()
  return keys({
    template: leaf(
      template,
      'Template that drafts are written with: `ours` is `postmortems/ours.md` in the folder of `templates`. `tocsin postmortem fields` lists what it can use.',
    ).prefault('default'),
    templates: keys({ P1: of('P1'), P2: of('P2'), P3: of('P3'), P4: of('P4') }).prefault({}),
  })
}
