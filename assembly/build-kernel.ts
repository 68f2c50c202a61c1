/**
 * Compiles `kernels.ts` into the text that `src/learning/networks/kernel/kernel-module.ts` carries: `npm run build:kernel`.
 * The flags and the version of the compiler are part of the result; a test compiles again and compares bytes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { main as compile } from 'assemblyscript/asc'

/** Without `--converge` the bytes differ between runs of the optimiser that end early. */
const FLAGS = ['--enable', 'simd', '-O3', '--noAssert', '--runtime', 'stub', '--converge']
const MODULE_FILE = join(import.meta.dirname, '../src/learning/networks/kernel/kernel-module.ts')

/** The compiled module. */
export async function compileKernel(): Promise<Uint8Array> {
  let module: Uint8Array | undefined
  const files = ['kernels.ts', '--baseDir', import.meta.dirname, '--outFile', 'kernels.wasm']
  const { error, stderr } = await compile([...files, ...FLAGS], {
    writeFile: (_name: string, content: string | Uint8Array) => {
      if (typeof content !== 'string') module = content
    },
  })
  if (error !== null || module === undefined) throw new Error(`kernels.ts: ${error?.message}\n${stderr}`)
  return module
}

/** The source file that carries a module. */
export function moduleSource(module: Uint8Array): string {
  return `/** Compiled from \`assembly/kernels.ts\` by \`npm run build:kernel\`: not to be edited. */
export const KERNEL_BASE64 =
  '${Buffer.from(module).toString('base64')}'
`
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  writeFileSync(MODULE_FILE, moduleSource(await compileKernel()))
}
