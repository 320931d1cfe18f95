// The commands that need no running bot: what they say to people, and what they say to programs.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commands } from '../../commands/index.ts'
import { everyCommand } from '../../src/cli/every-command.ts'
import { freshDatabase } from '../database.ts'
import { cli } from './cli.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-cli-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test.each(Object.keys(everyCommand))('%s is found by its name', async (name) => {
  expect(await cli([name, '--help'])).toMatchObject({ code: 0, out: expect.stringMatching(`^Usage: tocsin ${name} `) })
})

const leaves = [
  ['start'],
  ['alert'],
  ['incidents'],
  ['simulate'],
  ['check'],
  ['migrate'],
  ['config', 'schema'],
  ['config', 'reference'],
  ['slack', 'manifest'],
  ['timeline', 'verify'],
]

test.each(leaves)('%s %s has help and takes --json', async (...words) => {
  const { code, out } = await cli([...words.filter(Boolean), '--help'])
  expect(code).toBe(0)
  expect(out).toContain('--json')
})

test('help lists every command, in one order', async () => {
  const { out } = await cli(['--help'])
  const listed = [...out.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name]) => name)
  expect(listed).toEqual(Object.keys(everyCommand))
})

test('a word nobody knows is an error that names it, in JSON too', async () => {
  expect(await cli(['bogus'])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining("unknown command 'bogus'"),
  })
  const { code, out } = await cli(['check', '--bogus', '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(out).error).toContain('--bogus')
})

describe('tocsin check', () => {
  test('says what is in a configuration that can be used', async () => {
    const { code, out } = await cli(['check'])
    expect(code).toBe(0)
    expect(out).toMatch(/tocsin.yaml can be used: people \d+/)
    expect(JSON.parse((await cli(['check', '--json'])).out)).toMatchObject({ valid: true, people: expect.any(Number) })
  })

  const shop = (last: string) => `team: Shop
people: { ada: {}, grace: {} }
schedules: { primary: [ada, grace] }
policies: { P1: { steps: [{ page: schedule:primary, wait: 5m }]${last} } }
sources: { generic: { token: 0f9a7c25d1e84b6397aa } }
prometheus: { url: "http://127.0.0.1:9090" }
runbooks: []
`

  test('of a configuration in which nothing is to improve prints one line', async () => {
    await writeFile(
      join(folder, 'tocsin.yaml'),
      shop(', last_resort: { people: [grace] }').replace('runbooks: []', 'runbooks: books'),
    )
    await mkdir(join(folder, 'books'))
    await writeFile(join(folder, 'books', 'down.md'), '# ServiceDown\n\n## Steps\n\n1. Look.\n')
    const { code, out } = await cli(['check', '--strict'], {}, folder)
    expect(out).toMatch(/^tocsin\.yaml can be used: .*\. Nothing to improve\.\n$/)
    expect(code).toBe(0)
  })

  test('tells what will hurt some night with its line and its fix, and ends with 1 when it is to be strict', async () => {
    await writeFile(join(folder, 'tocsin.yaml'), shop(''))
    const { code, out } = await cli(['check'], {}, folder)
    expect(code).toBe(0)
    expect(out).toMatch(
      /Warnings \(1\)\n {2}tocsin\.yaml:4 {2}nobody is paged by the last resort.*\n +→ add last_resort/,
    )
    expect(out).toMatch(/Notes \(1\)\n {2}tocsin\.yaml +There are no runbooks/)
    expect((await cli(['check', '--strict'], {}, folder)).code).toBe(1)
    const json = JSON.parse((await cli(['check', '--json'], {}, folder)).out)
    expect(json).toMatchObject({ errors: 0, warnings: 1 })
    expect(json.findings[0]).toMatchObject({
      rule: 'last-resort-without-people',
      weight: 'warning',
      file: 'tocsin.yaml',
      line: 4,
    })
  })

  test('an error in it ends with 1, and a template with a mistake is one', async () => {
    await writeFile(join(folder, 'tocsin.yaml'), `${shop(', last_resort: { people: [grace] }')}templates: words\n`)
    await mkdir(join(folder, 'words', 'messages'), { recursive: true })
    await writeFile(join(folder, 'words', 'messages', 'list.md'), '# Open\n{{ nonsense }}\n')
    const { code, out } = await cli(['check'], {}, folder)
    expect(code).toBe(1)
    expect(out).toMatch(/Errors \(1\)\n {2}words\/messages\/list\.md:2 +unknown field/)
  })

  test('names every problem with its line, and has no stack', async () => {
    await writeFile(
      join(folder, 'tocsin.yaml'),
      'team: A\nzone: Mars/Olympus\nseverities:\n  P1: { paging: sometimes }\n',
    )
    const env = { PORT: 'eighty' }
    const { code, err } = await cli(['check'], env, folder)
    expect(code).toBe(1)
    expect(err).toMatch(/tocsin.yaml:2: zone/)
    expect(err).toMatch(/tocsin.yaml:4: severities.P1.paging/)
    expect(err).toMatch(/environment: PORT/)
    expect(err).not.toMatch(/^\s+at /m)
    const json = JSON.parse((await cli(['check', '--json'], env, folder)).out)
    expect(json.problems.map(({ path }: { path: string }) => path)).toEqual(expect.arrayContaining(['PORT', 'zone']))
  })

  test('start refuses the same configuration in the same words', async () => {
    await writeFile(join(folder, 'tocsin.yaml'), 'zone: Mars/Olympus\n')
    expect((await cli(['start'], {}, folder)).err).toBe((await cli(['check'], {}, folder)).err)
  })
})

describe('tocsin simulate', () => {
  const night = ['simulate', '--severity', 'P1', '--service', 'payments', '--at', '2027-03-28T01:30']
  // Where no bot answers, whatever runs on this machine.
  const alone = { PORT: '9' }

  test('prints the night, and as JSON the same night for programs', async () => {
    const { code, out } = await cli([...night, '--zone', 'Europe/Berlin', '--answer', 'grace@1h', 'ada@2h'], alone)
    expect(code).toBe(0)
    expect(out).toMatch(/^Simulation · P1 of payments, Sun 28 Mar 2027, 01:30 CET/)
    expect(out).toMatch(/03:00 CEST .*The clocks of Europe\/Berlin go forward/)
    const json = JSON.parse((await cli([...night, '--json'], alone)).out)
    expect(json).toMatchObject({ scenario: { severity: 'P1' }, ending: { kind: 'last resort' }, overrides: null })
    expect(json.rows.length).toBe(json.foreseen.length)
  })

  test('uses the overrides that are stored, and says so when it could not', async () => {
    const { url, db, drop } = await freshDatabase()
    try {
      const values = ['primary', 'margaret', '2027-03-27T12:00Z', '2027-03-28T12:00Z', 'margaret', '2027-03-27T12:00Z']
      await db.query(
        'insert into overrides (schedule, person, starts_at, ends_at, made_by, made_at) values ($1, $2, $3, $4, $5, $6)',
        values,
      )
      expect((await cli(night, { DATABASE_URL: url })).out).toMatch(/Step 1, round 1: page Margaret Hamilton/)
      expect((await cli([...night, '--no-overrides'], { DATABASE_URL: url })).out).toMatch(/round 1: page Ada Lovelace/)
    } finally {
      await drop()
    }
    const gone = await cli([...night, '--url', 'http://127.0.0.1:9'])
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/cannot be reached/) })
    const away = await cli(night, { DATABASE_URL: 'postgres://tocsin@127.0.0.1:9/tocsin' })
    expect(away).toMatchObject({ code: 1, err: expect.stringMatching(/overrides could not be read.*--no-overrides/) })
  })
})

test('tocsin check tells of overrides whose schedule is called otherwise now, where it can ask for them', async () => {
  const { url, db, drop } = await freshDatabase()
  const look = async (address: string) => (await cli(['check', '--json'], { DATABASE_URL: address })).out
  try {
    const until = new Date(Date.now() + 86_400_000)
    await db.query(
      `insert into overrides (schedule, person, starts_at, ends_at, made_by, made_at) values ('nights', 'ada', $1, $2, 'ada', $1)`,
      [new Date(), until],
    )
    const { findings } = JSON.parse(await look(url))
    expect(findings.filter((one: { rule: string }) => one.rule === 'overrides')).toEqual([
      expect.objectContaining({
        weight: 'warning',
        line: expect.any(Number),
        message: expect.stringMatching(/^there is no schedule “nights” any more, so 1 override .*: 1 \(Ada Lovelace/),
        fix: expect.stringMatching(/^call the schedule nights again/),
      }),
    ])
  } finally {
    await drop()
  }
  expect(await look('postgres://tocsin@127.0.0.1:9/tocsin')).toMatch(/overrides could not be read from the database/)
})

describe('tocsin slack manifest', () => {
  test('registers a slash command for every root word', async () => {
    const { out } = await cli(['slack', 'manifest', '--json'])
    const manifest = JSON.parse(out)
    const roots = new Set(commands.map(({ name }) => `/${name.split(' ')[0]}`))
    const registered = manifest.features.slash_commands.map(({ command }: { command: string }) => command)
    expect(new Set(registered)).toEqual(roots)
    expect(manifest.settings.socket_mode_enabled).toBe(true)
  })

  test('for HTTP needs the address, and puts it where Slack asks for it', async () => {
    const refused = await cli(['slack', 'manifest', '--http'])
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--url https://') })
    const { out } = await cli(['slack', 'manifest', '--http', '--url', 'https://tocsin.example.com', '--json'])
    expect(JSON.parse(out).settings.interactivity.request_url).toBe('https://tocsin.example.com/slack/events')
  })
})

test('tocsin config schema is the schema of tocsin.yaml', async () => {
  const { out } = await cli(['config', 'schema', '--json'])
  expect(Object.keys(JSON.parse(out).properties)).toEqual(expect.arrayContaining(['people', 'policies', 'sources']))
})

test('tocsin migrate says what it applied, and then that nothing is left', async () => {
  const { url, db, drop } = await freshDatabase()
  try {
    await db.query('drop schema graphile_worker cascade')
    await db.query('drop schema public cascade')
    await db.query('create schema public')
    const first = JSON.parse((await cli(['migrate', '--json'], { DATABASE_URL: url })).out)
    expect(first.applied[0]).toBe('0001_incidents')
    expect((await cli(['migrate'], { DATABASE_URL: url })).out).toBe('The database is up to date.\n')
  } finally {
    await drop()
  }
})

test('a bot that does not answer is an error that says how to start one', async () => {
  const { code, out } = await cli(['incidents', '--url', 'http://127.0.0.1:9', '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(out).error).toMatch(/cannot be reached.*npm start/)
})
