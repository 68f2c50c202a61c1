import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DataError, LearningError, UsageError } from '../../src/core/index.ts'
import { trainModel } from '../../src/learning/index.ts'
import { TrainingCutOff, trainInThread } from '../../src/study/index.ts'
import { syntheticRun, temporaryDirectory, writeRun } from '../learning/synthetic-run.ts'

const taskOn = (directory: string) => ({
  directories: [directory],
  algorithm: 'q-learning',
  hyperParameters: { epochs: 3, patience: 3 },
  seed: 1,
  output: join(temporaryDirectory(), 'model'),
})

const bytesOf = (directory: string) =>
  readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'))

describe('training in a thread', () => {
  it('comes to what it comes to here, and tells of every epoch', async () => {
    const directory = writeRun(syntheticRun({ decisions: 400 }))
    const here = await trainModel(taskOn(directory))
    const heard: unknown[] = []
    const there = await trainInThread(taskOn(directory), {
      onBegin: ({ decisions, epochsDone }) => heard.push([decisions.training, epochsDone]),
      onEpoch: ({ epoch }) => heard.push(epoch),
    })
    expect(heard).toEqual([[320, 0], 1, 2, 3])
    expect({ ...there, output: '' }).toEqual({ ...here, output: '' })
    expect(bytesOf(there.output)).toEqual(bytesOf(here.output))
  })

  it('throws errors of the same kinds', async () => {
    const directory = writeRun(syntheticRun({ decisions: 4 }))
    await expect(trainInThread(taskOn(directory))).rejects.toThrow(DataError)
    await expect(trainInThread({ ...taskOn(directory), algorithm: 'cqll' })).rejects.toThrow(UsageError)
  })

  it('stops after the epoch that is running', async () => {
    const directory = writeRun(syntheticRun({ decisions: 400 }))
    const task = { ...taskOn(directory), hyperParameters: { epochs: 10_000, patience: 10_000 } }
    const controller = new AbortController()
    const cut = await trainInThread(task, { onEpoch: () => controller.abort(), signal: controller.signal })
    expect(cut.stopped).toBe(true)
    expect(cut.epochs.length).toBeLessThan(10_000)
    const before = trainInThread(taskOn(directory), { signal: AbortSignal.abort() })
    await expect(before).rejects.toThrow(LearningError)
  })

  it('does not wait for what does not end', async () => {
    const directory = writeRun(syntheticRun({ decisions: 400 }))
    // Without a checkpoint, so that all that could be kept of it is what a whole epoch makes.
    const waiting = trainInThread(taskOn(directory), { signal: AbortSignal.abort(), patienceMs: 0 })
    await expect(waiting).rejects.toThrow(TrainingCutOff)
  })
})
