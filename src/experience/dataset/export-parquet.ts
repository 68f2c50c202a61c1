/**
 * Apache Parquet by `hyparquet-writer`: one folder per phase (`phase=<name>/`, as Hive names partitions), states and
 * propensities as LIST<FLOAT>. The phase is a column as well, for readers that do not look at folders. Snappy, row groups
 * of 2,048: what waits for its row group is all that is held in memory.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ParquetWriter, SchemaElement } from 'hyparquet-writer'
import type { RecordedRun } from '../read-records.ts'
import type { ExperienceRecord } from '../record.ts'
import { type Cell, SCALAR_COLUMNS, vectorOf } from './table-columns.ts'

const ROW_GROUP = 2048
const NO_PHASE = '__HIVE_DEFAULT_PARTITION__'
const LISTS = ['obs', 'new_obs', 'propensity'] as const

type Parquet = typeof import('hyparquet-writer')

export async function exportParquet(run: RecordedRun, directory: string): Promise<number> {
  // Loaded here, since no other command needs it.
  const parquet = await import('hyparquet-writer')
  const width = run.description.instanceFeatures.length
  const partitions = new Map<string, Partition>()
  let decisions = 0
  for (const record of run.records()) {
    const name = record.phase ?? NO_PHASE
    let partition = partitions.get(name)
    if (partition === undefined) partitions.set(name, (partition = new Partition(parquet, directory, name)))
    await partition.add(record, width)
    decisions++
  }
  for (const partition of partitions.values()) await partition.close()
  return decisions
}

class Partition {
  readonly #writer: ParquetWriter
  readonly #scalars: Cell[][] = SCALAR_COLUMNS.map(() => [])
  readonly #lists: (readonly (number | null)[] | null)[][] = LISTS.map(() => [])

  constructor({ ParquetWriter, fileWriter }: Parquet, directory: string, phase: string) {
    const folder = join(directory, `phase=${encodeURIComponent(phase)}`)
    mkdirSync(folder)
    this.#writer = new ParquetWriter({
      writer: fileWriter(join(folder, 'part-00000.parquet')),
      schema: schema(),
      createdBy: 'loadgen',
    })
  }

  async add(record: ExperienceRecord, width: number): Promise<void> {
    for (const [i, { of }] of SCALAR_COLUMNS.entries()) this.#scalars[i]!.push(of(record))
    this.#lists[0]!.push(vectorOf(record.state, width))
    this.#lists[1]!.push(record.next === null ? null : vectorOf(record.next, width))
    this.#lists[2]!.push(record.propensity)
    if (this.#scalars[0]!.length >= ROW_GROUP) await this.#write()
  }

  async close(): Promise<void> {
    if (this.#scalars[0]!.length > 0) await this.#write()
    await this.#writer.finish()
  }

  async #write(): Promise<void> {
    const columnData = [
      ...SCALAR_COLUMNS.map(({ name }, i) => ({ name, data: this.#scalars[i]! })),
      ...LISTS.map((name, i) => ({ name, data: this.#lists[i]! })),
    ]
    await this.#writer.write({ columnData, rowGroupSize: ROW_GROUP })
    for (const column of [...this.#scalars, ...this.#lists]) column.length = 0
  }
}

function schema(): SchemaElement[] {
  const optional = 'OPTIONAL' as const
  return [
    { name: 'root', num_children: SCALAR_COLUMNS.length + LISTS.length },
    ...SCALAR_COLUMNS.map(
      ({ name, type }): SchemaElement =>
        type === 'STRING'
          ? { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: optional }
          : { name, type, repetition_type: optional },
    ),
    ...LISTS.flatMap((name): SchemaElement[] => [
      { name, converted_type: 'LIST', repetition_type: optional, num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'FLOAT', repetition_type: optional },
    ]),
  ]
}
