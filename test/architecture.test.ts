/** The import table of ARCHITECTURE.md, executed. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENT = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')

/** Room to the rooms that it may import, from the table. */
const allowed = new Map(
  [...DOCUMENT.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$/gm)].map(([, room, imports]) => [
    room!,
    imports!.trim() === '-' ? [] : imports!.split(',').map((name) => name.trim()),
  ]),
)

/** Package to its one room, from the sentence below the table. */
const packages = new Map(
  DOCUMENT.match(/Each package has one room: ([^.]+)\./)![1]!
    .replaceAll('\n', ' ')
    .split(';')
    .flatMap((clause) => {
      const room = /`(\w+)`/.exec(clause)![1]!
      const names = clause.replace(/`\w+`/, '').split(/ and |,/)
      return names.map((name) => [name.trim(), room] as const)
    }),
)

interface Import {
  readonly file: string
  readonly room: string
  readonly target: string
}

const imports = sourceFiles(join(ROOT, 'src')).flatMap((path) => importsOf(path))

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function importsOf(path: string): Import[] {
  const file = relative(ROOT, path)
  const text = readFileSync(path, 'utf8')
  const statement = /^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'|\b(?:import|resolve)\('([^']+)'\)/gm
  const targets = [...text.matchAll(statement)].map(([, fixed, lazy]) => (fixed ?? lazy)!)
  return targets.map((target) => ({
    file,
    room: file.split('/')[1]!,
    target: target.startsWith('.') ? relative(ROOT, join(path, '..', target)) : target,
  }))
}

/** `@scope/name` or `name`, without what is inside of it. */
function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/')
}

function roomOf(target: string): string | undefined {
  return target.startsWith('src/') ? target.split('/')[1] : undefined
}

describe('the rooms', () => {
  it('are those of the table, and every one has its index', () => {
    const folders = readdirSync(join(ROOT, 'src')).sort()
    expect([...allowed.keys()].sort()).toEqual(folders)
    for (const room of folders.filter((name) => name !== 'cli')) {
      expect(readdirSync(join(ROOT, 'src', room))).toContain('index.ts')
    }
  })

  it('name only earlier rooms, so that there are no cycles', () => {
    const order = [...allowed.keys()]
    for (const [room, names] of allowed) {
      for (const name of names)
        expect(order.indexOf(name), `${room} -> ${name}`).toBeLessThan(order.indexOf(room))
    }
  })

  it('import only what the table allows', () => {
    const forbidden = imports.filter(({ room, target }) => {
      const to = roomOf(target)
      return to !== undefined && to !== room && !allowed.get(room)!.includes(to)
    })
    expect(forbidden).toEqual([])
  })

  it('meet through index.ts', () => {
    const inside = imports.filter(({ room, target }) => {
      const to = roomOf(target)
      return to !== undefined && to !== room && target !== `src/${to}/index.ts`
    })
    expect(inside).toEqual([])
  })
})

describe('packages', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }

  it('are imported by one room each, the one that the text names', () => {
    const strangers = imports.filter(({ room, target }) => {
      if (target.startsWith('src/') || target.startsWith('node:') || target === 'package.json') return false
      return packages.get(packageOf(target)) !== room
    })
    expect(strangers).toEqual([])
  })

  it('are all in use', () => {
    const used = new Set(imports.map(({ target }) => packageOf(target)))
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([])
  })
})

describe('files', () => {
  it('open with a comment that says what lives here', () => {
    const silent = sourceFiles(join(ROOT, 'src')).filter(
      (path) => !readFileSync(path, 'utf8').startsWith('/**'),
    )
    expect(silent.map((path) => relative(ROOT, path))).toEqual([])
  })

  it('that decide draw no global randomness and read no clock', () => {
    const sansIo = ['core', 'stats', 'scenario', 'traffic', 'shop', 'routing', 'experience', 'learning']
    const offenders = sourceFiles(join(ROOT, 'src')).filter((path) => {
      const room = relative(ROOT, path).split('/')[1]!
      const code = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      return (
        sansIo.includes(room) && /Math\.random|Date\.now|performance\.now|setTimeout|setInterval/.test(code)
      )
    })
    expect(offenders.map((path) => relative(ROOT, path))).toEqual([])
  })
})
