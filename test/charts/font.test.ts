// Without a font the canvas writes nothing and says nothing: text must come from the font that is shipped.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { countOf, pixelsOf } from './pictures.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = (program: string) => ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]

// In a process of its own: fonts are the whole process's, and other tests register them too.
test('the bundled font is registered under its own name, regular and bold', () => {
  const program = `
    import { GlobalFonts } from '@napi-rs/canvas'
    import { font, registerFont } from './src/charts/theme.ts'
    const before = GlobalFonts.has(font)
    registerFont()
    const family = GlobalFonts.families.find((one) => one.family === font)
    process.stdout.write(JSON.stringify({ before, weights: family?.styles.map(({ weight }) => weight).sort() }))`
  const output = execFileSync(process.execPath, run(program), { cwd: root, encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual({ before: false, weights: [400, 700] })
})

/** A mount namespace of its own, with nothing where the system keeps its fonts. */
const hide = ['-rm', 'sh', '-c', 'mount -t tmpfs none /usr/share/fonts && exec "$@"', 'sh']

function canHide(): boolean {
  try {
    execFileSync('unshare', [...hide, 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.skipIf(!canHide())('on a machine without fonts the title is written all the same', async () => {
  const program = `
    import { ChartRenderer } from './src/charts/renderer.ts'
    import { chartOf } from './test/charts/pictures.ts'
    const png = await new ChartRenderer().render(chartOf())
    process.stdout.write(Buffer.from(png).toString('base64'))`
  const output = execFileSync('unshare', [...hide, process.execPath, ...run(program)], { cwd: root, encoding: 'utf8' })
  const pixels = await pixelsOf(Uint8Array.from(Buffer.from(output, 'base64')))
  expect(countOf(pixels, '#1a2230', { top: 0, bottom: 110 })).toBeGreaterThan(2000)
})
