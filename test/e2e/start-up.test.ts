/**
 * What a start loads, read off the files of the build: the time that it takes is a number for `bench/`, but what must
 * not be in it can be told. Needs the build in `dist/`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const DIST = join(import.meta.dirname, '../../dist')

/** Modules of a program and of all that it loads at once; esbuild names each above its code. */
function modulesOf(program: string): string[] {
  const files = new Set<string>()
  const follow = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    for (const [, path] of readFileSync(file, 'utf8').matchAll(
      /^(?:import .*|\} from |import )"(\.[^"]+)";$/gm,
    )) {
      follow(join(file, '..', path!))
    }
  }
  follow(join(DIST, program))
  return [...files].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^ *\/\/ ((?:src|node_modules)\/\S+)$/gm)].map(
      ([, name]) => name!,
    ),
  )
}

/** The newest file of a command: older builds may lie beside it. */
function commandFile(name: string): string {
  const [, chunk] = new RegExp(`import\\("\\.\\./(chunks/${name}-\\w+\\.js)"\\)`).exec(
    readFileSync(join(DIST, 'cli/main.js'), 'utf8'),
  )!
  return chunk!
}

const packagesIn = (modules: readonly string[]) =>
  new Set(modules.flatMap((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []))

describe('a start', () => {
  it('of the command line loads no command', () => {
    const modules = modulesOf('cli/main.js')
    expect(modules).toContain('src/cli/main.ts')
    expect(modules.filter((name) => !/^(src\/(cli|core)\/|node_modules\/)/.test(name))).toEqual([])
    for (const name of ['zod', 'yaml', 'undici', 'pino', 'echarts']) {
      expect([...packagesIn(modules)]).not.toContain(name)
    }
  })

  it('of a run loads no charts, no other command, and of undici the connections only', () => {
    const modules = modulesOf(commandFile('run'))
    expect(modules).toContain('src/study/run-scenario.ts')
    const packages = [...packagesIn(modules)]
    expect(packages).toContain('undici')
    for (const name of ['echarts', 'zrender', 'hyparquet-writer']) expect(packages).not.toContain(name)
    expect(
      modules.filter((name) => /undici\/lib\/(mock|cache|web\/websocket)\/|web\/fetch\/index/.test(name)),
    ).toEqual([])
    expect(modules.filter((name) => name.startsWith('src/cli/commands/'))).toEqual([
      'src/cli/commands/run.ts',
    ])
  })

  it('of a worker has nothing but what the worker needs', () => {
    const workers = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\/(alarm|request-log|recording)-worker\.js$/.test(name),
    )
    expect(workers.length).toBeGreaterThanOrEqual(3)
    for (const worker of workers) {
      const packages = [...packagesIn(modulesOf(worker))]
      expect(packages.filter((name) => name !== 'seedrandom')).toEqual([])
    }
  })
})
