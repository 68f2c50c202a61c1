/**
 * Programs as single files, made by esbuild, with what they load when they need it in files beside them: some 1,000 small
 * modules, each looked up, read and linked, took most of the time that a short run has. Packages are inside, but for
 * those that bring binaries or files of their own, and those that are large and rarely needed.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
export const SOURCES = join(ROOT, 'src')
export const DIST = join(ROOT, 'dist')
const LEFT_OUTSIDE = ['@resvg/resvg-js', 'bullmq', 'dejavu-fonts-ttf', 'h5wasm', 'ioredis']

/** Stands for the way from a file of the bundle up to `dist/`, until it is known which file that is. */
const WAY_UP = '__WAY_UP_TO_DIST__'

/**
 * What a module says of its own place must stay true in the bundle: there, it is where `dist/` would have had it. None
 * of our modules does a thing when it is loaded, so that of a room comes only what is used; and of zod as well, instead
 * of the object `z`, which has all of it, with messages in fifty languages.
 */
const ownModules: Plugin = {
  name: 'own-modules',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path)
      return file.startsWith(SOURCES) ? { path: file, sideEffects: false } : undefined
    })
    onLoad({ filter: /src\/.*\.ts$/ }, ({ path }) => {
      const place = relative(SOURCES, path).replace(/\.ts$/, '.js')
      const contents = readFileSync(path, 'utf8')
        .replaceAll(/\bimport\.meta\.url\b/g, `new URL('${WAY_UP}/${place}', import.meta.url).href`)
        .replace("import { z } from 'zod'", "import * as z from 'zod'")
      if (/import\.meta\.(?!url)/.test(contents)) throw new Error(`${path}: say it with import.meta.url`)
      return { contents, loader: 'ts' }
    })
  },
}

/** Of undici, which loads all that it has, comes what is imported: connections, but no caches and no mocks. */
const undiciParts: Plugin = {
  name: 'undici-parts',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/undici\/index\.js$/ }, ({ path }) => {
      const index = readFileSync(path, 'utf8')
      const exported = namesImportedFrom('undici').map((name) => {
        const own = new RegExp(`^module\\.exports\\.${name} = (\\w+)$`, 'm').exec(index)?.[1]
        const file = new RegExp(`^const ${own} = require\\('(.+)'\\)$`, 'm').exec(index)?.[1]
        if (file === undefined) throw new Error(`${path}: where is ${name}? Its form has changed`)
        return `exports.${name} = require('${file}')`
      })
      const calls = "Object.assign(require('./lib/dispatcher/dispatcher').prototype, require('./lib/api'))"
      return { contents: [calls, ...exported].join('\n'), loader: 'js' }
    })
  },
}

/** Of values, not of types, in all of our sources. */
function namesImportedFrom(name: string): string[] {
  const statement = new RegExp(`^import \\{([^}]*)\\} from '${name}'`, 'gm')
  const names = sourceFiles()
    .flatMap((file) => [...readFileSync(join(SOURCES, file), 'utf8').matchAll(statement)])
    .flatMap(([, list]) => list!.split(','))
    .map((item) => item.trim().split(' ')[0]!)
  return [...new Set(names)].filter((item) => item !== 'type' && item !== '').sort()
}

/** Of `src/`, from there. */
export function sourceFiles(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.ts')).sort()
}

export interface Programs {
  /** Each stands at the place below `outdir` that it has below `outbase`. */
  readonly files: readonly string[]
  readonly outbase: string
  readonly outdir: string
  /** Whether all that they import of undici is imported by our sources, too. */
  readonly leanUndici: boolean
}

/** @returns what went into them */
export async function bundlePrograms({ files, outbase, outdir, leanUndici }: Programs): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...files],
    outbase,
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    external: LEFT_OUTSIDE,
    // Packages in the old form of modules ask for Node's own by this name.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    plugins: leanUndici ? [ownModules, undiciParts] : [ownModules],
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  for (const { path, text } of outputFiles) {
    writeWhole(path, text.replaceAll(WAY_UP, relative(dirname(path), DIST)))
  }
  return metafile
}

/** Whoever reads while we write finds the whole file or the one before. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${process.pid}`, text)
  renameSync(`${path}.${process.pid}`, path)
}
