// Templates of post-mortems, by their names: found in the team's folder, or said where they would have to be.
import { describe, expect, it } from 'vitest'
import { InvalidConfig, loadConfig } from '../../src/config/load.ts'
import { messageSamples } from '../../src/messages/samples.ts'
import { makeTemplates } from '../../src/templates.ts'
import { folderWith, load, wrong } from './files.ts'

const read = (files: Record<string, string>) => loadConfig({}, { cwd: folderWith(files) })

describe('postmortems', () => {
  it('names a template for all, for a severity and for a service', () => {
    const config = read({
      'tocsin.yaml':
        'templates: ./words\npostmortems: { template: ours, templates: { P1: major } }\nservices: { payments: { postmortem: default } }',
      'words/postmortems/ours.md': '# Ours',
      'words/postmortems/major.md': '# Major',
    })
    expect(config.postmortems).toEqual({ P1: 'major', P2: 'ours', P3: 'ours', P4: 'ours' })
    expect(config.services.payments?.postmortem).toBe('default')
    expect(load('').postmortems.P1).toBe('default')
  })

  it('says where a template that is not there would have to be', () => {
    expect(wrong('postmortems: { template: ours }').join('\n')).toMatch(
      /postmortems\.template: "ours" needs a folder of your own templates: name it under `templates`; write e\.g\. templates: \.\/templates/,
    )
    try {
      read({
        'tocsin.yaml': 'templates: ./words\npostmortems: { templates: { P1: majr } }',
        'words/postmortems/major.md': '# Major',
      })
      throw new Error('accepted')
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidConfig)
      expect(String(error)).toMatch(
        /tocsin\.yaml:2: postmortems\.templates\.P1: "majr" is not there: write it as words\/postmortems\/majr\.md; did you mean major\?/,
      )
    }
  })
})

describe('a template of a team’s own', () => {
  const problems = (text: string) =>
    makeTemplates([folderWith({ 'postmortems/ours.md': text })]).problems(messageSamples())

  it('is tried before it is needed: an unknown field stops the start, with its line', () => {
    expect(problems('# {{ number }}\n\n{{ root_cause }}\n')).toEqual([
      expect.stringMatching(/ours\.md:3: unknown field `root_cause`; known are .*actions/),
    ])
    expect(problems('# {{ number }}: {% for a in actions %}{{ a.text }}{% endfor %}\n')).toEqual([])
  })

  it.each([
    ['nothing at all', 'ours', ''],
    ['nothing about some incidents', 'default', '{% if severity == "P1" %}# Major{% endif %}'],
    ['no note where it differs', 'note', ''],
  ])('that writes %s starts all the same, as pages need none of it, and the first two are told', (_, name, text) => {
    const templates = makeTemplates([folderWith({ [`postmortems/${name}.md`]: text })])
    expect(templates.problems(messageSamples())).toEqual([])
    const told = [
      expect.stringMatching(/\.md:1: it writes nothing about some incidents: their draft is then the built-in/),
    ]
    expect(templates.doubts(messageSamples())).toEqual(name === 'note' ? [] : told)
  })

  it.each([
    ['fails', '# {{ title.nothing.at.all }}', 'postmortems/ours.md:1: undefined variable: title.nothing'],
    ['writes nothing', '{% if title == "" %}x{% endif %}', 'postmortems/ours.md:1: it writes nothing'],
    ['is gone', null, 'postmortems/ours.md is not there any more'],
  ])('that %s on an incident gives way to the built-in one, which says so below its title', (_, source, why) => {
    const told: string[] = []
    const folder = folderWith(source === null ? {} : { 'postmortems/ours.md': source })
    const note = (problem: string) => `> ${problem}`
    const [data = {}] = messageSamples()['postmortems/default'] ?? []
    // Also when tocsin.yaml has no `templates` any more since it opened.
    for (const folders of source === null ? [[folder], []] : [[folder]]) {
      const templates = makeTemplates(folders, (problem) => told.push(problem))
      const lines = templates.document('postmortems/ours', data, { name: 'postmortems/default', note }).split('\n')
      expect(lines.slice(0, 4)).toEqual([expect.stringMatching(/^# Post-mortem #12: /), '', `> ${why}`, ''])
    }
    expect(told).toEqual(told.map(() => expect.stringContaining(why)))
    expect(told.length).toBeGreaterThan(0)
  })
})
