/**
 * HDF5 in the layout of Minari (`data/main_data.hdf5` and `data/metadata.json`), one data set per service, since all
 * observations of one must be equally long: context features and the rows of its instances, NaN where something is not
 * known. Beside what Minari reads, an episode has its propensities (`infos/action_prob`).
 *
 * Written by `h5wasm`, which is optional: without it there is a clear error and nothing else is missing.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError, WorldError } from '../../core/index.ts'
import type { RecordedRun } from '../read-records.ts'
import type { ExperienceRecord } from '../record.ts'
import type { Exported } from './export-predecessor.ts'
import { ServiceEpisodes } from './service-episodes.ts'
import { vectorOf } from './table-columns.ts'

const MINARI_VERSION = '0.5.3'

type Hdf5 = typeof import('h5wasm/node')

export async function exportMinari(run: RecordedRun, directory: string): Promise<Exported> {
  const hdf5 = await loadHdf5()
  const { description } = run
  const files = new Map<string, MinariFile>()
  const leftOut: Record<string, number> = {}
  for (const record of run.records()) {
    const reason = reasonToLeaveOut(record, description.services[record.service]!.length)
    if (reason !== undefined) {
      leftOut[reason] = (leftOut[reason] ?? 0) + 1
      continue
    }
    let file = files.get(record.service)
    if (file === undefined)
      files.set(record.service, (file = new MinariFile(hdf5, directory, run, record.service)))
    file.add(record)
  }
  let decisions = 0
  for (const file of files.values()) {
    decisions += file.close()
    if (file.late > 0) leftOut.late = (leftOut.late ?? 0) + file.late
  }
  return { decisions, leftOut, problems: [] }
}

async function loadHdf5(): Promise<Hdf5> {
  try {
    const hdf5 = await import('h5wasm/node')
    await hdf5.ready
    return hdf5
  } catch (cause) {
    throw new UsageError(
      '--format minari needs the package h5wasm, which is not installed: npm install h5wasm',
      { cause },
    )
  }
}

function reasonToLeaveOut(
  { action, reward, next, state }: ExperienceRecord,
  instances: number,
): string | undefined {
  if (action === null) return 'no-action'
  if (!Number.isFinite(reward)) return 'no-reward'
  if (next === null) return 'no-next'
  // Instances that were added in mid-run would make later observations longer.
  return state.instances.length === instances && next.instances.length === instances
    ? undefined
    : 'other-width'
}

class MinariFile {
  readonly #file: InstanceType<Hdf5['File']>
  readonly #folder: string
  readonly #episodes: ServiceEpisodes
  readonly #run: RecordedRun
  readonly #service: string
  readonly #size: number
  #steps = 0
  #count = 0

  constructor(hdf5: Hdf5, directory: string, run: RecordedRun, service: string) {
    const { contextFeatures, instanceFeatures, services } = run.description
    this.#run = run
    this.#service = service
    this.#size = contextFeatures.length + instanceFeatures.length * services[service]!.length
    this.#folder = join(directory, service, 'data')
    mkdirSync(this.#folder, { recursive: true })
    this.#file = new hdf5.File(join(this.#folder, 'main_data.hdf5'), 'w')
    this.#episodes = new ServiceEpisodes((steps) => this.#write(steps))
  }

  get late(): number {
    return this.#episodes.late
  }

  add(record: ExperienceRecord): void {
    this.#episodes.add(record)
  }

  /** Returns the number of steps. */
  close(): number {
    this.#episodes.close()
    this.#file.create_attribute('total_episodes', this.#count, [], '<q')
    this.#file.create_attribute('total_steps', this.#steps, [], '<q')
    if (this.#file.close() < 0)
      throw new WorldError(
        `the data set of ${this.#service} cannot be written as a whole: free some space or choose another --out`,
      )
    writeFileSync(join(this.#folder, 'metadata.json'), `${JSON.stringify(this.#metadata(), null, 2)}\n`)
    return this.#steps
  }

  #write(steps: readonly ExperienceRecord[]): void {
    const width = this.#run.description.instanceFeatures.length
    const { length } = steps
    const states = [...steps.map(({ state }) => state), steps[length - 1]!.next!]
    const observations = new Float32Array(states.length * this.#size)
    for (const [i, state] of states.entries()) {
      observations.set(
        vectorOf(state, width).map((value) => value ?? Number.NaN),
        i * this.#size,
      )
    }
    const group = this.#file.create_group(`episode_${this.#count}`)
    const put = (
      name: string,
      data: Float32Array | Float64Array | BigInt64Array | Uint8Array,
      shape = [length],
    ) => group.create_dataset({ name, data, shape, chunks: shape, compression: 'gzip' })
    put('observations', observations, [states.length, this.#size])
    put(
      'actions',
      BigInt64Array.from(steps, ({ action }) => BigInt(action!.index)),
    )
    put(
      'rewards',
      Float64Array.from(steps, ({ reward }) => reward!),
    )
    put(
      'terminations',
      Uint8Array.from(steps, ({ done }) => (done ? 1 : 0)),
    )
    put(
      'truncations',
      Uint8Array.from(steps, ({ done }, i) => (i === length - 1 && !done ? 1 : 0)),
    )
    const infos = group.create_group('infos')
    const data = Float64Array.from(
      steps,
      ({ action, propensity }) => propensity?.[action!.index] ?? Number.NaN,
    )
    infos.create_dataset({ name: 'action_prob', data, shape: [length] })
    group.create_attribute('id', this.#count, [], '<q')
    group.create_attribute('total_steps', length, [], '<q')
    this.#steps += length
    this.#count++
  }

  #metadata(): object {
    const { run, seed, services } = this.#run.description
    const space = (value: object) => JSON.stringify(value)
    return {
      dataset_id: `loadgen/${this.#service}-v0`,
      total_episodes: this.#count,
      total_steps: this.#steps,
      data_format: 'hdf5',
      observation_space: space({
        type: 'Box',
        dtype: 'float32',
        shape: [this.#size],
        low: '-inf',
        high: 'inf',
      }),
      action_space: space({ type: 'Discrete', dtype: 'int64', n: services[this.#service]!.length, start: 0 }),
      minari_version: MINARI_VERSION,
      algorithm_name: 'routing policy',
      description: `routing decisions for ${this.#service} of run ${run}, seed ${seed}`,
    }
  }
}
