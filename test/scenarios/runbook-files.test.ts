// Runbook files that are changed while the bot runs: taken up without a restart, and never lost to a slip of the pen.
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { lookAtRunbooks } from '../../src/flow/library.ts'
import { tellNotices } from '../../src/flow/notices.ts'
import { type LoadedFile, loadFile } from '../../src/runbooks/load.ts'
import { readFiles } from '../../src/runbooks/reader.ts'
import { minute, team, type World, world } from './world.ts'

const disk = (step: string) => `# Disk full\n\n**Symptoms:** \`DiskFull\`\n\n**Steps:**\n1. ${step}\n`
const broken = '# Disk full\n\n**Symptoms:** `DiskFull`\n\n**Steps:**\n1. Look\n\n```bash\ndf -h\n\n2. Delete\n'

type Desk = World & { folder: string; save(name: string, text: string): void; look(): Promise<string[]> }

/** `look`: until nothing changes any more, as the bot does every two seconds. Answers what it found. */
async function desk(
  files: Record<string, string>,
  read = async (names: string[]) => names.map(loadFile),
): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-books-'))
  const save = (name: string, text: string) => writeFileSync(join(folder, name), text)
  for (const [name, text] of Object.entries(files)) save(name, text)
  const w = await world({ yaml: `${team}runbooks: ${folder}\n` })
  onTestFinished(async () => {
    await w.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await lookAtRunbooks(w.bot, w.library, read)
  const look = async () => {
    const news = [await lookAtRunbooks(w.bot, w.library, read), await lookAtRunbooks(w.bot, w.library, read)].flat()
    for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'me')
    return news.map(({ kind, file }) => `${kind} ${file.slice(folder.length + 1)}`)
  }
  return { ...w, folder, save, look }
}

const told = (w: World) => w.chat.in('#incidents').map(({ message }) => message.title)

it('takes up what was changed, added and removed, without a restart; running incidents keep their steps', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  await w.fire({ title: 'DiskFull' })
  w.save('disk.md', disk('Delete the logs first'))
  w.save('more.md', '# Queue stuck\n\n**Symptoms:** `QueueStuck`\n\n**Steps:**\n1. Drain it\n')
  expect((await w.look()).sort()).toEqual(['read disk.md', 'read more.md'])
  expect((await w.view(1)).runbook.map(({ title }) => title)).toEqual(['Look'])
  await w.fire({ title: 'DiskFull', service: 'shop' })
  await w.fire({ title: 'QueueStuck', service: 'shop' })
  expect((await w.view(2)).runbook.map(({ title }) => title)).toEqual(['Delete the logs first'])
  expect((await w.view(3)).runbook.map(({ title }) => title)).toEqual(['Drain it'])
  rmSync(join(w.folder, 'more.md'))
  expect(await w.look()).toEqual(['removed more.md'])
  expect(w.bot.runbooks.map(({ title }) => title)).toEqual(['Disk full'])
  expect(await w.look()).toEqual([])
})

it('keeps the last good version of a file that no longer can be read, says so once, and again when it can', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  w.save('disk.md', broken)
  expect(await w.look()).toEqual(['broken disk.md'])
  expect(w.bot.runbooks[0]?.steps.map(({ title }) => title)).toEqual(['Look'])
  expect(w.library.broken).toEqual([expect.stringMatching(/disk\.md:8: this code block is never closed/)])
  expect(told(w)).toEqual(['The runbook file disk.md cannot be read'])
  expect(w.chat.in('#incidents')[0]?.message.text).toContain('What it said before goes on counting')
  expect(await w.look()).toEqual([])
  expect(told(w)).toHaveLength(1)
  w.save('disk.md', disk('Look again'))
  expect(await w.look()).toEqual(['read disk.md', 'repaired disk.md'])
  expect(w.library.broken).toEqual([])
  expect(told(w)).toEqual(['The runbook file disk.md is read again'])
  await w.fire({ title: 'DiskFull' })
  await w.pass(minute)
  expect((await w.view()).runbook.map(({ title }) => title)).toEqual(['Look again'])
})

it('is told once by two replicas that see the same', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  const { Library } = await import('../../src/runbooks/library.ts')
  const other = new Library([w.folder])
  const read = async (names: string[]) => names.map(loadFile)
  const second = { ...w.bot }
  await lookAtRunbooks(second, other, read)
  w.save('disk.md', broken)
  await w.look()
  for (let turn = 0; turn < 2; turn++) await lookAtRunbooks(second, other, read)
  for (const platform of w.bot.platforms) await tellNotices(w.bot, platform, 'me')
  expect(told(w)).toEqual(['The runbook file disk.md cannot be read'])
})

it('survives how editors save: by another file that takes the name, and by the old one moved away for a moment', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  const path = join(w.folder, 'disk.md')
  renameSync(path, `${path}~`)
  const read = async (names: string[]) => names.map(loadFile)
  expect(await lookAtRunbooks(w.bot, w.library, read)).toEqual([])
  expect(w.bot.runbooks).toHaveLength(1)
  w.save('.disk.md.swp', disk('half'))
  writeFileSync(join(w.folder, '.new'), disk('Look twice'))
  renameSync(join(w.folder, '.new'), path)
  expect(await w.look()).toEqual(['read disk.md'])
  expect(w.bot.runbooks[0]?.steps.map(({ title }) => title)).toEqual(['Look twice'])
})

it('does not read what is still being written', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  const orders: string[][] = []
  const read = async (names: string[]): Promise<LoadedFile[]> => {
    orders.push(names)
    return names.map(loadFile)
  }
  for (const part of ['# Di', '# Disk full\n', disk('Look closer')]) {
    w.save('disk.md', part)
    expect(await lookAtRunbooks(w.bot, w.library, read)).toEqual([])
  }
  expect(await lookAtRunbooks(w.bot, w.library, read)).toHaveLength(1)
  expect(orders).toHaveLength(1)
})

it('loses nothing when the folder is away, or when a file that held procedures is empty', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  renameSync(w.folder, `${w.folder}-away`)
  expect(await w.look()).toEqual([])
  expect(w.bot.runbooks).toHaveLength(1)
  expect(w.library.broken).toEqual([expect.stringContaining('cannot be read')])
  renameSync(`${w.folder}-away`, w.folder)
  expect(await w.look()).toEqual([])
  w.save('disk.md', '')
  expect(await w.look()).toEqual(['broken disk.md'])
  expect(w.bot.runbooks).toHaveLength(1)
})

it('takes up what changes beside a folder that cannot be looked into, and goes on knowing what is in that', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  mkdirSync(join(w.folder, 'team'))
  w.save('team/ops.md', disk('Ask').replaceAll('Disk', 'Ops'))
  expect(await w.look()).toEqual(['read team/ops.md'])
  renameSync(join(w.folder, 'team'), `${w.folder}-team`)
  symlinkSync('team', join(w.folder, 'team'))
  rmSync(join(w.folder, 'disk.md'))
  w.save('new.md', disk('Look').replaceAll('Disk', 'New'))
  expect((await w.look()).sort()).toEqual(['read new.md', 'removed disk.md'])
  expect(w.bot.runbooks.map(({ title }) => title).sort()).toEqual(['New full', 'Ops full'])
  expect(w.library.broken).toEqual([expect.stringMatching(/\/team:1: cannot be read: ELOOP/)])
})

it('reads in a thread of its own, and knows the checklists beside the procedures', async () => {
  const w = await desk({}, readFiles)
  mkdirSync(join(w.folder, 'team'))
  w.save('team/ops.md', `${disk('Look')}\n# Weekly checks\n\n- [ ] Look at the alerts nobody acted on\n`)
  expect(await w.look()).toEqual(['read team/ops.md'])
  expect(w.bot.runbooks).toHaveLength(1)
  expect(w.bot.checklists).toMatchObject([{ name: 'Weekly checks', every: 'week', line: 8, items: [{ line: 10 }] }])
})

it('tells what keeps a file from being read, and not what else could be better about it', async () => {
  const w = await desk({ 'disk.md': disk('Look') })
  writeFileSync(join(w.folder, 'disk.md'), `Bl\u00f6cke\n\n${broken}`, 'latin1')
  expect(await w.look()).toEqual(['broken disk.md'])
  const [notice] = w.chat.in('#incidents').map(({ message }) => message.text)
  expect(notice).toContain('code block')
  expect(notice).not.toContain('UTF-8')
})

it('an alert is taken whose runbook is cut in the middle of a character', async () => {
  const fire = '\u{1F525}'.repeat(80)
  const w = await desk({
    'disk.md': disk(`${fire} and go on`),
    'queue.md': disk(`a${fire}`).replaceAll('Disk', 'Queue'),
  })
  await w.fire({ title: 'DiskFull' })
  await w.fire({ title: 'QueueFull', service: 'shop' })
  const titles = await Promise.all(
    [1, 2].map(async (number) => (await w.view(number)).runbook.map(({ title }) => title)),
  )
  expect(titles).toEqual([[expect.stringMatching(/^\p{Emoji}+…$/u)], [expect.stringMatching(/^a\p{Emoji}+…$/u)]])
})
