// Packages that lie behind a link (pnpm's, or a node_modules that several checkouts share) are loaded from where they are, whatever
// standard output and the files of secrets are. Node 20 and later ask, where a link is looked through, what was looked at last.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

test.each([
  ['a log that is read through a pipe', '../src/log.ts', `makeLog({ level: 'info', file: null })`],
  [
    'a secret that comes through a pipe',
    '../src/config/secret-files.ts',
    `saidBy({ TOKEN_FILE: '/dev/stdin' }, 'TOKEN')`,
  ],
])('%s has no package loaded twice', (_what, file, does) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tocsin-packages-')))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'real'))
  symlinkSync('real', join(folder, 'linked'))
  for (const name of ['one', 'two']) writeFileSync(join(folder, 'real', `${name}.cjs`), 'module.exports = __filename')
  const program = `
    import { createRequire } from 'node:module'
    const require = createRequire('${folder}/')
    const { makeLog, saidBy } = await import('${import.meta.resolve(file)}')
    require('./linked/one.cjs')
    ${does}
    console.log(require('./linked/two.cjs'))`
  const loader = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]
  const output = execFileSync(process.execPath, loader, { cwd: folder, input: 'secret', encoding: 'utf8' })
  expect(output).toBe(`${join(folder, 'real/two.cjs')}\n`)
})
