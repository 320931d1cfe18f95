// What a configuration means: the defaults, the short forms, what comes from the environment.
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findConfig, loadConfig, packagedConfig } from '../../src/config/load.ts'
import { configWarnings } from '../../src/config/warnings.ts'
import { loadRunbooks } from '../../src/runbooks/load.ts'
import { folderWith, load } from './files.ts'

const minute = 60_000
const hour = 60 * minute

describe('where the configuration is looked for', () => {
  test('without one here, the packaged example is used, and it loads', () => {
    const folder = folderWith({})
    expect(findConfig({}, folder)).toBe(packagedConfig())
    const config = loadConfig({}, { cwd: folder })
    expect(config.sources.alertmanager?.token).toBe('quickstart')
    expect(Object.keys(config.people)).toHaveLength(4)
    expect(configWarnings(config)).toEqual([])
  })

  test('a tocsin.yaml here comes before the packaged one, and TOCSIN_CONFIG before both', () => {
    const folder = folderWith({ 'tocsin.yaml': 'team: Here', 'other/tocsin.yaml': 'team: There' })
    expect(loadConfig({}, { cwd: folder }).team).toBe('Here')
    expect(loadConfig({ TOCSIN_CONFIG: 'other' }, { cwd: folder }).team).toBe('There')
    expect(loadConfig({ TOCSIN_CONFIG: '' }, { cwd: folder }).team).toBe('Here')
  })

  test('a tocsin.yaml that cannot be had is refused: the example is not taken for it, whose people would be paged', () => {
    const folder = folderWith({})
    const started = () => loadConfig({}, { cwd: folder })
    symlinkSync('away/tocsin.yaml', join(folder, 'tocsin.yaml'))
    expect(started).toThrow(/^tocsin.yaml: is a link that leads nowhere; put your tocsin.yaml where it leads/)
    rmSync(join(folder, 'tocsin.yaml'))
    symlinkSync('tocsin.yaml', join(folder, 'tocsin.yaml'))
    expect(started).toThrow(/^tocsin.yaml: cannot be read: ELOOP/)
    rmSync(join(folder, 'tocsin.yaml'))
    writeFileSync(join(folder, 'tocsin.yml'), 'team: Ours')
    expect(started).toThrow(
      /^tocsin.yml: is not read: call it tocsin.yaml, or name it in TOCSIN_CONFIG; if it is none of/,
    )
    expect(started).toThrow(/, name what is, e\.g\. .*examples\/quickstart\/tocsin\.yaml$/)
    expect(loadConfig({ TOCSIN_CONFIG: 'tocsin.yml' }, { cwd: folder }).team).toBe('Ours')
    expect(loadConfig({ TOCSIN_CONFIG: packagedConfig() }, { cwd: folder }).team).toBe('Payments Team')
    writeFileSync(join(folder, 'tocsin.yaml'), 'team: Also ours')
    expect(started().team).toBe('Also ours')
  })

  test('a file in another character set is told, and one in UTF-16 is refused with words that can be read', () => {
    const yaml = 'people: { jo: { name: Jörg, email: jo@example.org } }\nteam: Größe'
    const folder = folderWith({ 'tocsin.yaml': yaml })
    const told = () => configWarnings(loadConfig({}, { cwd: folder })).filter((text) => text.includes('UTF-8'))
    expect(told()).toEqual([])
    writeFileSync(join(folder, 'tocsin.yaml'), yaml, 'latin1')
    expect(told()).toEqual([expect.stringMatching(/^tocsin.yaml is not UTF-8: .* Save the file as UTF-8\.$/)])
    writeFileSync(join(folder, 'tocsin.yaml'), `\uFEFF${yaml}`, 'utf16le')
    expect(() => told()).toThrow('tocsin.yaml:1: is UTF-16, or no text; save the file as UTF-8')
  })

  test('people whose names cannot be told apart are told', () => {
    const told = (people: string) =>
      configWarnings(load(`people: ${people}`)).filter((text) => text.includes('called like'))
    expect(told('{ ada: { name: Ada Lovelace }, grace: {}, bob: { name: Robert } }')).toEqual([])
    expect(told('{ ada: {}, Ada: { name: Ada Byron } }')).toEqual([
      expect.stringMatching(
        /^people\.Ada \(Ada Byron\) is called like people\.ada \(ada\): .* Set a name that tells them apart\.$/,
      ),
    ])
    expect(told('{ alex: { name: Alex Smith }, sam: { name: Alex }, jo: { name: alex smith } }')).toHaveLength(2)
  })

  test('people by the thousand are compared in no time: the start took minutes', { timeout: 60_000 }, () => {
    const config = load('people: { ada: {} }')
    const person = (key: string, name: string) => [key, { ...config.people.ada, key, name }]
    const many = Array.from({ length: 12_000 }, (_, i) => person(`p${i}`, `Person ${i}`))
    const people = Object.fromEntries([...many, person('again', 'person 7')])
    expect(configWarnings({ ...config, people }).filter((one) => one.includes('called like'))).toEqual([
      expect.stringContaining('people.again (person 7) is called like people.p7 (Person 7)'),
    ])
  })

  test('curly quotes around a value are told with their line, and not those within a sentence', () => {
    const yaml = [
      'team: “Shop”',
      'zone: Europe/Berlin',
      'severity_rules:',
      '  - { match: { env: ‘staging’, “tier”: web }, severity: P4 }',
    ]
    const told = (lines: string[]) =>
      configWarnings(loadConfig({}, { cwd: folderWith({ 'tocsin.yaml': lines.join('\n') }) })).flatMap(
        (text) => /^(.*): the curly quotes “ ” are a part of it.* Set straight ones/.exec(text)?.[1] ?? [],
      )
    expect(told(yaml)).toEqual([
      'team (line 1)',
      'severity_rules[0].match.env (line 4)',
      'severity_rules[0].match["“tier”"] (line 4)',
    ])
    expect(() => told(['policies: { a: { steps: [{ page: “person:ada” }] } }'])).toThrow(
      /^tocsin.yaml:1: .* the curly quotes/m,
    )
    const prose = ['“Shop” of Berlin', 'the “Shop”', '“a” and “b”', '"“Shop”"', 'Ada’s', 'the users’', '‘a’ and ‘b’']
    for (const team of prose) expect(told([`team: ${team}`])).toEqual([])
  })

  test('paths in the file start at the file, paths in the environment at the working folder', () => {
    const folder = folderWith({
      'conf/tocsin.yaml': 'runbooks: books\ntemplates: words\nservices: { a: { runbook: "books/a.md#one" } }',
      'conf/books/a.md': '# A',
      'conf/words/card.liquid': '',
    })
    const config = loadConfig({ TOCSIN_CONFIG: 'conf', TOCSIN_DATA: 'data', LOG_FILE: 'log.json' }, { cwd: folder })
    expect(config.runbooks).toEqual([join(folder, 'conf/books')])
    expect(config.templates).toBe(join(folder, 'conf/words'))
    expect(config.services.a?.runbook).toBe(join(folder, 'conf/books/a.md#one'))
    expect(config.folder).toBe(join(folder, 'conf'))
    expect(config.database.dataFolder).toBe(join(folder, 'data'))
    expect(config.log.file).toBe(join(folder, 'log.json'))
  })

  test('a runbook that only a service names is read, wherever it lies', () => {
    const folder = folderWith({
      'docs/a.md': '# Out\n\n1. Look',
      'docs/b.md': '# B\n\n1. Look',
      'runbooks/c.md': '# C\n\n1. Look',
    })
    const loaded = (runbook: string) => {
      writeFileSync(join(folder, 'tocsin.yaml'), `services: { shop: { runbook: ${JSON.stringify(runbook)} } }`)
      return loadRunbooks(loadConfig({}, { cwd: folder }).runbooks).runbooks.map(({ title }) => title)
    }
    expect(loaded('docs/a.md#out')).toEqual(['C', 'Out'])
    expect(loaded('runbooks/c.md')).toEqual(['C'])
    // Of a folder, as the one with everything in it, none would be meant.
    expect(loaded('docs')).toEqual(['C'])
  })

  test('a folder called runbooks next to the file is used unasked', () => {
    const folder = folderWith({ 'tocsin.yaml': '', 'runbooks/a.md': '# A' })
    expect(loadConfig({}, { cwd: folder }).runbooks).toEqual([join(folder, 'runbooks')])
  })
})

describe('an empty file', () => {
  const config = load('# nothing yet\n')

  test('starts with the defaults of the contract', () => {
    expect(config).toMatchObject({
      zone: 'UTC',
      defaultSeverity: 'P2',
      hours: { zone: 'UTC', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', until: '17:00', holidays: [] },
      grouping: { by: ['service', 'alertname'], reopenWithin: 15 * minute, quietFor: 5 * minute },
      digest: { cron: '0 9 * * 1', zone: 'UTC', channel: null },
      server: { host: '127.0.0.1', port: 8420, publicUrl: 'http://127.0.0.1:8420' },
      database: { url: null },
      log: { level: 'info', file: null },
      metricsEnabled: true,
      slack: null,
      discord: null,
      accessToken: null,
    })
    expect(config.database.dataFolder.endsWith('/.tocsin')).toBe(true)
  })

  test('promises what each severity promises by default', () => {
    const { P1, P2, P3, P4 } = config.severities
    const respond = { name: 'respond', from: 'opened', until: 'acknowledged' }
    const postmortem = { name: 'postmortem', within: 24 * hour, from: 'resolved', until: 'published' }
    const clocks = [{ ...respond, within: 15 * minute }, postmortem]
    expect(P1).toMatchObject({ presence: 'room', paging: 'always', clocks })
    expect(P2).toMatchObject({ presence: 'room', paging: 'always', clocks: [{ ...respond, within: hour }] })
    expect(P3).toMatchObject({
      presence: 'card',
      paging: 'business hours',
      clocks: [{ ...respond, within: 'next business day' }],
    })
    expect(P4).toMatchObject({ presence: 'none', paging: 'never', clocks: [] })
  })

  test('pages nobody, so that the last resort speaks at once, and says so at the start', () => {
    expect(config.severities.P1.policy).toEqual({
      name: 'P1',
      steps: [],
      rounds: 3,
      lastResort: { people: [], every: 10 * minute },
    })
    expect(configWarnings(config).join('\n')).toMatch(/Nobody is in people: .*last resort.*\n.*no source/)
  })
})

test('a digest that is to go out by mail without a mail server says so at the start', () => {
  const warned = (yaml: string) => configWarnings(load(yaml)).filter((text) => text.includes('email wants mails'))
  const digests = 'digests: { shop: { email: [ada@example.org] } }\n'
  expect(warned(digests)).toEqual([
    'digests.shop.email wants mails, but there is no mail server: none is sent. Add email: with smtp and from, or set SMTP_URL.',
  ])
  expect(warned(`${digests}email: { smtp: "smtp://mail.example.org:587", from: bot@example.org }\n`)).toEqual([])
})

describe('policies', () => {
  const people = 'people: { ada: {}, grace: {} }\n'
  const schedules = 'schedules: { primary: [ada], secondary: [grace], third: [ada], fourth: [grace] }\n'
  const waits = (yaml: string, severity: 'P1' | 'P2' | 'P3') =>
    load(yaml).severities[severity].policy.steps.map((step) => step.wait / minute)

  test('without one, every schedule in order is a step, with the waits of the severity', () => {
    const { P1, P3 } = load(people + schedules).severities
    expect(P1.policy.steps.map((step) => step.targets)).toEqual(
      ['primary', 'secondary', 'third', 'fourth'].map((schedule) => [{ schedule }]),
    )
    expect(waits(people + schedules, 'P1')).toEqual([5, 5, 10, 10])
    expect(waits(people + schedules, 'P2')).toEqual([15, 15, 30, 30])
    expect(P1.policy.rounds).toBe(3)
    expect(P1.policy.lastResort).toEqual({ people: ['ada', 'grace'], every: 10 * minute })
    expect(P3.policy).toMatchObject({
      steps: [{ targets: [{ schedule: 'primary' }], wait: 24 * hour }],
      rounds: 3,
      lastResort: { every: 24 * hour },
    })
  })

  test('without schedules, everybody is on call', () => {
    expect(load(people).severities.P2.policy.steps).toEqual([
      { targets: [{ person: 'ada' }, { person: 'grace' }], wait: 15 * minute },
    ])
  })

  test('the only policy is for P1 and P2, and too hasty for a P3', () => {
    const { P1, P2, P3 } = load(`${people}${schedules}policies: { ours: { steps: [{ page: person:ada }] } }`).severities
    expect([P1.policy.name, P2.policy.name, P3.policy.name]).toEqual(['ours', 'ours', 'P3'])
    expect(P1.policy).toEqual({
      name: 'ours',
      steps: [{ targets: [{ person: 'ada' }], wait: 5 * minute }],
      rounds: 3,
      lastResort: { people: [], every: 10 * minute },
    })
  })

  test('a severity takes the policy it names, else the one called like it, else the one called default', () => {
    const policy = '{ steps: [{ page: person:ada }] }'
    const config = load(
      `${people}policies: { default: ${policy}, p1: ${policy}, calm: ${policy} }\nseverities: { P3: { policy: calm } }`,
    )
    const names = Object.values(config.severities).map((terms) => terms.policy.name)
    expect(names).toEqual(['p1', 'default', 'calm', 'P4'])
  })

  test('a step may page several', () => {
    const yaml = `${people}${schedules}policies: { a: { steps: [{ page: [schedule:primary, "person: grace"], wait: 1h30m }] } }`
    expect(load(yaml).policies.a?.steps).toEqual([
      { targets: [{ schedule: 'primary' }, { person: 'grace' }], wait: 90 * minute },
    ])
  })
})

describe('clocks', () => {
  const clocks = (written: string) => load(`severities: { P1: { clocks: ${written} } }`).severities.P1.clocks

  test('what stops them follows from their name; a post-mortem counts from the end', () => {
    const found = clocks('{ respond: 5m, investigate: 15m, resolve: 1h, postmortem: 24h, tell-customers: 2h }')
    expect(found.map(({ name, from, until }) => [name, from, until])).toEqual([
      ['respond', 'opened', 'acknowledged'],
      ['investigate', 'opened', 'noted'],
      ['resolve', 'opened', 'resolved'],
      ['postmortem', 'resolved', 'published'],
      ['tell-customers', 'opened', 'resolved'],
    ])
  })

  test('the long form says it', () => {
    expect(clocks('{ look: { within: next business day, from: resolved, until: noted } }')).toEqual([
      { name: 'look', within: 'next business day', from: 'resolved', until: 'noted' },
    ])
  })

  test('an empty set means no clock at all', () => {
    expect(clocks('{}')).toEqual([])
  })
})

describe('schedules', () => {
  const schedule = (written: string) =>
    load(`zone: Europe/Paris
people: { a: {}, b: {}, c: {} }
business_hours: { holidays: [2026-12-25] }
schedules: { s: ${written} }`).schedules.s
  const layer = (written: string) => schedule(`{ rotation: { people: [a], ${written} } }`)?.layers[0]
  const usual = {
    ...{ name: null, zone: 'Europe/Paris', turns: [['a'], ['b']], every: { days: 7 } },
    ...{ starts: '2024-01-01', handover: '09:00', weekday: 'mon', only: [] },
  }

  test('a list of people takes weekly turns from Monday to Monday in the team’s zone', () => {
    const plain = { name: 's', zone: 'Europe/Paris', holidays: ['2026-12-25'], calendar: null }
    expect(schedule('[a, b]')).toEqual({ ...plain, layers: [usual] })
    expect(schedule('{ rotation: { people: [a, b] } }')).toEqual({ ...plain, layers: [usual] })
  })

  test('people in a list of their own are on call together', () => {
    expect(schedule('[[a, b], c]')?.layers[0]?.turns).toEqual([['a', 'b'], ['c']])
  })

  test('the weekday of a hand-over picks the day a rotation without a date began', () => {
    expect(schedule('{ zone: UTC, rotation: { people: [a], handover: Wednesday 8:30 } }')).toMatchObject({
      zone: 'UTC',
      layers: [{ zone: 'UTC', starts: '2024-01-03', handover: '08:30', weekday: 'wed' }],
    })
  })

  test.each([
    ['day', { days: 1 }, null],
    ['daily', { days: 1 }, null],
    ['week', { days: 7 }, 'mon'],
    ['2 weeks', { days: 14 }, 'mon'],
    ['10 days', { days: 10 }, null],
    ['3d', { days: 3 }, null],
    ['12h', { hours: 12 }, null],
    ['8 hours', { hours: 8 }, null],
    ['24h', { days: 1 }, null],
    ['1d12h', { hours: 36 }, null],
    ['month', { months: 1 }, null],
    ['monthly', { months: 1 }, null],
    ['2 months', { months: 2 }, null],
  ])('a shift of %s lasts %o', (every, length, weekday) => {
    expect(layer(`every: ${every}`)).toMatchObject({ every: length, weekday })
  })

  test('a layer may be limited to hours and days, with or without holidays, in a zone of its own', () => {
    const work = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', until: '17:00' }
    expect(layer('only: { days: mon-fri, from: 9:00, until: 17:00 }')?.only).toEqual([
      { ...work, holidays: 'as any day' },
    ])
    expect(layer('only: { days: mon-fri, from: 9:00, until: 17:00 }, except: holidays')?.only).toEqual([
      { ...work, holidays: 'never' },
    ])
    expect(layer('only: [{ days: [fri-sun, holidays], from: 22:00, until: 6:00 }, { days: sat }]')?.only).toEqual([
      { days: ['fri', 'sat', 'sun'], holidays: 'also', from: '22:00', until: '06:00' },
      { days: ['sat'], holidays: 'as any day', from: '00:00', until: '00:00' },
    ])
    expect(layer('except: holidays')?.only).toMatchObject([{ holidays: 'never', from: '00:00', until: '00:00' }])
    expect(schedule('{ holidays: [], layers: [{ people: [a], zone: Asia/Tokyo }, { people: [b] }] }')).toMatchObject({
      holidays: [],
      layers: [{ zone: 'Asia/Tokyo' }, { zone: 'Europe/Paris' }],
    })
  })

  test('a calendar may say who is on call', () => {
    expect(schedule('{ ical: "webcal://calendar.example.org/x.ics" }')).toMatchObject({
      layers: [],
      calendar: { address: 'https://calendar.example.org/x.ics', refresh: 900_000 },
    })
  })
})

test('a service may have one severity, or one for each severity label, after its own rules', () => {
  const { services } = load(`services:
  a: { severity: critical }
  b: { severity: { warning: P1, none: P3 }, severity_rules: [{ match: { team: x }, severity: P4 }] }`)
  expect(services.a?.severityRules).toEqual([{ match: {}, severity: 'P1' }])
  expect(services.b?.severityRules).toEqual([
    { match: { team: 'x' }, severity: 'P4' },
    { match: { severity: 'warning' }, severity: 'P1' },
    { match: { severity: 'none' }, severity: 'P3' },
  ])
})

test('ids and label values keep every digit and letter they were written with', () => {
  const config = load(
    'people: { ada: { discord: 123456789012345678, slack: 0012 } }\nseverity_rules: [{ match: { ok: no, v: 1.10 }, severity: 1 }]',
  )
  expect(config.people.ada?.accounts).toEqual({ discord: '123456789012345678', slack: '0012', console: 'ada' })
  expect(config.severityRules).toEqual([{ match: { ok: 'no', v: '1.10' }, severity: 'P1' }])
})

test('an alias stands for what had its name last before it', () => {
  const { people } = load('people:\n  ada: &one { name: Ada }\n  bob: *one\n  cy: &one { name: Cy }\n  di: *one')
  expect(Object.values(people).map(({ name }) => name)).toEqual(['Ada', 'Ada', 'Cy', 'Cy'])
})

test('anchors and merge keys work, and what is written beside << wins', () => {
  const config = load('severities:\n  P1: &calm { paging: never, presence: card }\n  P2: { paging: always, <<: *calm }')
  expect(config.severities.P2).toMatchObject({ paging: 'always', presence: 'card' })
})

test('names from the prototype of objects are nobody, no source and no schedule', () => {
  const config = load('people: { ada: {} }\nsources: { generic: { token: t } }')
  for (const record of [config.people, config.sources, config.schedules, config.services, config.policies]) {
    expect((record as Record<string, unknown>).constructor).toBeUndefined()
  }
})

test('the packaged example lies where the package says', () => {
  expect(existsSync(join(packagedConfig(), '../alert.json'))).toBe(true)
})
