/**
 * Runs all benchmarks, or those whose file name contains the word that is given: `npm run bench -- virtual`. Each has a
 * process to itself: what one has left in the heap and in the compiler's mind would slow the next one down. What comes
 * behind the word is for them.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchRow } from './bench-row.ts'

const ENDING = '.bench.ts'
const [word = '', ...rest] = process.argv.slice(2)

if (word.endsWith(ENDING)) await measure(word)
else runEach()

function runEach(): void {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith(ENDING) && name.includes(word),
  )
  if (files.length === 0) {
    console.error(`no benchmark has "${word}" in its name`)
    process.exit(2)
  }
  console.log('| what | value | unit | against | ratio |\n|---|---|---|---|---|')
  for (const file of files) {
    const args = [...process.execArgv, join(import.meta.dirname, 'run.ts'), file, ...rest]
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}

async function measure(file: string): Promise<void> {
  const bench = (await import(`./${file}`)) as { run(): Promise<BenchRow[]> }
  for (const row of await bench.run()) console.log(tableRow(row))
}

function tableRow({ name, value, unit, baseline, ratio }: BenchRow): string {
  const against = baseline === undefined ? '' : `${baseline.name}: ${short(baseline.value)}`
  return `| ${name} | ${short(value)} | ${unit} | ${against} | ${ratio === undefined ? '' : shortRatio(ratio)} |`
}

function short(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}

function shortRatio(ratio: number): string {
  return ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2)
}
