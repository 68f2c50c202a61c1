/** Runs all benchmarks, or those whose file name contains the word that is given: `npm run bench -- virtual`. */
import { readdirSync } from 'node:fs'
import type { BenchRow } from './bench-row.ts'

const word = process.argv[2] ?? ''
const files = readdirSync(import.meta.dirname).filter(
  (name) => name.endsWith('.bench.ts') && name.includes(word),
)
if (files.length === 0) {
  console.error(`no benchmark has "${word}" in its name`)
  process.exit(2)
}

console.log('| what | value | unit | against | ratio |\n|---|---|---|---|---|')
for (const file of files) {
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
