import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LearningError } from '../../src/core/index.ts'
import {
  type Checkpoint,
  checkpointDirectory,
  checkpointedEpochs,
  readCheckpoint,
  type TrainingIdentity,
  writeCheckpoint,
} from '../../src/learning/checkpoint.ts'
import { learners, type TrainModelOptions, trainModel } from '../../src/learning/index.ts'
import { syntheticRun, temporaryDirectory, writeRun } from './synthetic-run.ts'

const run = syntheticRun({ decisions: 300, speeds: [1, 0.5, 0.3] })

/** So little that a search or a network ends soon; what a learner does not have is left out. */
const SHORT: Readonly<Record<string, number>> = {
  epochs: 4,
  patience: 4,
  generations: 3,
  population: 6,
  requests: 300,
  iterations: 4,
  updates: 20,
  batchSize: 32,
}

function shortOf(algorithm: string): Record<string, number> {
  const names = learners.get(algorithm).hyperParameters.map(({ name }) => name)
  return Object.fromEntries(Object.entries(SHORT).filter(([name]) => names.includes(name)))
}

function train(directory: string, options: Partial<TrainModelOptions> = {}) {
  const algorithm = options.algorithm ?? 'q-learning'
  return trainModel({
    directories: [directory],
    algorithm,
    hyperParameters: shortOf(algorithm),
    seed: 1,
    output: join(temporaryDirectory(), 'model'),
    checkpoints: { everyEpochs: 1, resume: false },
    ...options,
  })
}

/** Stops after so many epochs. */
function after(epochs: number): Pick<TrainModelOptions, 'shouldStop'> {
  let asked = 0
  return { shouldStop: () => asked++ >= epochs }
}

function bytesOf(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  )
}

/** One of each family, since `learners/contract.test.ts` has them all in memory; and one that remembers traces. */
const families = [...new Map(learners.all.map(({ family, name }) => [family, name])).values(), 'sarsa-lambda']

test.each(families)(
  '%s goes on from its checkpoint to the very bytes of a training without a break',
  async (algorithm) => {
    const directory = writeRun(run)
    const whole = await train(directory, { algorithm })
    const output = join(temporaryDirectory(), 'cut')
    const cut = await train(directory, { algorithm, output, ...after(1) })
    const left = checkpointedEpochs(checkpointDirectory(output))
    expect(left).toBe(cut.stopped ? 1 : undefined)
    const resumed = await train(directory, {
      algorithm,
      output,
      checkpoints: { everyEpochs: 1, resume: true },
    })
    expect(bytesOf(output)).toEqual(bytesOf(whole.output))
    expect(resumed.epochs).toEqual(whole.epochs)
    expect(existsSync(checkpointDirectory(output)), 'nothing is left to go on with').toBe(false)
  },
)

test('checkpoints are written every so many epochs, one in the place of the other', async () => {
  const output = join(temporaryDirectory(), 'model/')
  const seen: (number | undefined)[] = []
  const directory = checkpointDirectory(output)
  await train(writeRun(run), {
    output,
    hyperParameters: { epochs: 5, patience: 5 },
    checkpoints: { everyEpochs: 2, resume: false },
    onEpoch: () => {
      seen.push(checkpointedEpochs(directory))
      if (existsSync(directory)) expect(readdirSync(directory)).toHaveLength(2)
    },
  })
  expect(seen).toEqual([undefined, 2, 2, 4, 4])
})

test('without checkpoints none is written, and none is minded', async () => {
  const output = join(temporaryDirectory(), 'model')
  const { checkpoints, ...none } = { checkpoints: undefined }
  const options = { directories: [writeRun(run)], algorithm: 'cql', seed: 1, output, ...none }
  await trainModel({ ...options, ...after(2) })
  expect(existsSync(checkpointDirectory(output))).toBe(false)
})

describe('a checkpoint', () => {
  const identity: TrainingIdentity = {
    algorithm: 'q-learning',
    actions: 'instance',
    hyperParameters: { gamma: 0.5 },
    features: { state: [], instance: ['inFlight'] },
    seed: 1,
    dataHash: 'a'.repeat(64),
  }
  const checkpoint = {
    epochs: [{ epoch: 1, trainingLoss: Number.NaN }],
    state: {
      facts: {
        least: Number.POSITIVE_INFINITY,
        none: -0,
        third: 1 / 3,
        nested: { worst: -Infinity, list: [NaN, 1] },
      },
      arrays: {
        odd: Float32Array.of(1.5, Number.NaN, -0),
        wide: Float64Array.of(0.1, Number.POSITIVE_INFINITY),
        counts: Uint32Array.of(4_294_967_295),
        empty: new Float64Array(0),
        // A view into the middle of a larger array.
        view: new Float64Array(8).fill(7).subarray(3, 5),
      },
    },
  } as unknown as Checkpoint

  test('comes back with every bit', () => {
    const directory = join(temporaryDirectory(), 'a.checkpoint')
    writeCheckpoint(directory, identity, checkpoint)
    expect(readCheckpoint(directory, identity)).toEqual(checkpoint)
  })

  test.each<[string, Partial<TrainingIdentity>, RegExp]>([
    ['seed', { seed: 2 }, /seed: 1 there, 2 now/],
    ['hyper-parameter', { hyperParameters: { gamma: 0 } }, /hyperParameters\.gamma: 0\.5 there, 0 now/],
    ['data', { dataHash: 'b'.repeat(64) }, /dataHash: "aaaa.*there, "bbbb.* now/],
    [
      'features',
      { features: { state: [], instance: [] } },
      /features\.instance: \["inFlight"\] there, \[\] now/,
    ],
  ])('of another %s is refused, and the difference is named', (_, change, message) => {
    const directory = join(temporaryDirectory(), 'a.checkpoint')
    writeCheckpoint(directory, identity, checkpoint)
    const read = (): Checkpoint => readCheckpoint(directory, { ...identity, ...change })
    expect(read).toThrow(LearningError)
    expect(read).toThrow(message)
    expect(read).toThrow(/resume with what it was begun with/)
  })

  test('that is damaged, or of another version, is refused', () => {
    const directory = join(temporaryDirectory(), 'a.checkpoint')
    writeCheckpoint(directory, identity, checkpoint)
    const numbers = join(directory, 'arrays-1.bin')
    const bytes = readFileSync(numbers)
    writeFileSync(numbers, bytes.subarray(0, 9))
    expect(() => readCheckpoint(directory, identity)).toThrow(/arrays-1\.bin: damaged .* delete the folder/)
    writeFileSync(numbers, bytes)
    const file = join(directory, 'checkpoint.json')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('"formatVersion": 1', '"formatVersion": 9'))
    expect(() => readCheckpoint(directory, identity)).toThrow(/expected .* version 1, got .* version 9/)
    writeFileSync(file, text.slice(0, 50))
    expect(() => readCheckpoint(directory, identity)).toThrow(/checkpoint\.json: damaged/)
    for (const other of [
      'null',
      '5',
      text.replace('"epochs"', '"eras"'),
      text.replace('"training"', '"t"'),
    ]) {
      writeFileSync(file, other)
      expect(() => checkpointedEpochs(directory)).toThrow(/checkpoint\.json: damaged .* delete the folder/)
    }
  })

  test('that a kill has left half written is none', () => {
    const directory = join(temporaryDirectory(), 'a.checkpoint')
    mkdirSync(directory)
    writeFileSync(join(directory, 'arrays-1.bin'), 'half')
    writeFileSync(join(directory, 'checkpoint.json.partial'), '{')
    expect(checkpointedEpochs(directory)).toBeUndefined()
    writeCheckpoint(directory, identity, checkpoint)
    expect(readdirSync(directory).sort()).toEqual(['arrays-1.bin', 'checkpoint.json'])
  })

  test('is not begun anew over without being asked', async () => {
    const directory = writeRun(run)
    const output = join(temporaryDirectory(), 'model')
    await train(directory, { output, ...after(2) })
    await expect(train(directory, { output })).rejects.toThrow(
      /interrupted after epoch 2: add --resume .* or delete the folder/,
    )
    expect(checkpointedEpochs(checkpointDirectory(output))).toBe(2)
  })

  test('takes no folder that is something else', async () => {
    const output = join(temporaryDirectory(), 'model')
    mkdirSync(checkpointDirectory(output))
    writeFileSync(join(checkpointDirectory(output), 'thesis.txt'), 'ten years')
    await expect(train(writeRun(run), { output })).rejects.toThrow(/and is something else/)
    expect(readdirSync(checkpointDirectory(output))).toEqual(['thesis.txt'])
  })
})
