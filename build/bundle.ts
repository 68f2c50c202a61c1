/**
 * `dist/`: `npm run build`. Programs are the command line and every `*-worker.ts`, which runs in a thread or process of
 * its own; each stands at the place in `dist/` that its source has in `src/`. The licences of the packages that are
 * inside lie beside them.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { FINGERPRINT_FILE, fingerprintOf } from '../src/study/comparison/program-version.ts'
import { bundlePrograms, DIST, ROOT, SOURCES, sourceFiles, writeWhole } from './bundle-programs.ts'

const KEPT_MS = 3_600_000

/** Licences ask to go with what they are of. */
function licences(contents: readonly Metafile[]): string {
  const inputs = contents.flatMap((metafile) => Object.keys(metafile.inputs))
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [])
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
      const files = readdirSync(join(ROOT, folder), { withFileTypes: true })
      const texts = files
        .filter((file) => file.isFile() && /^(licen[cs]e|notice)/i.test(file.name))
        .map(({ name }) => readFileSync(join(ROOT, folder, name), 'utf8'))
      return [`# ${folder.replace(/^.*node_modules\//, '')}: ${license}`, ...texts].join('\n\n')
    })
    .join('\n')
}

/**
 * What earlier builds have left; a process that still runs may ask for what it was built with, so not at once. A package
 * that is made now is of this build alone.
 */
function removeOld(begunAtMs: number): void {
  const keptMs = ['pack', 'publish'].includes(process.env.npm_command ?? '') ? 0 : KEPT_MS
  for (const file of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    const found = statSync(join(DIST, file), { throwIfNoEntry: false })
    if (found?.isFile() && found.mtimeMs < begunAtMs - keptMs) rmSync(join(DIST, file), { force: true })
  }
}

/** Disks keep times less finely than the clock shows them. */
const DISK_CLOCK_MS = 1000
const begunAtMs = Date.now() - DISK_CLOCK_MS

const programs = ['cli/main.ts', ...sourceFiles().filter((file) => file.endsWith('-worker.ts'))]
// Each by itself: what they shared would be all that any of them needs.
const contents = await Promise.all(
  programs.map((file) =>
    bundlePrograms({ files: [join(SOURCES, file)], outbase: SOURCES, outdir: DIST, leanUndici: true }),
  ),
)
writeWhole(join(DIST, FINGERPRINT_FILE), fingerprintOf(SOURCES))
writeWhole(join(DIST, 'third-party-licences.txt'), licences(contents))
removeOld(begunAtMs)
