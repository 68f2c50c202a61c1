/** What follows on a run: a model is trained on what it recorded, and compared with the baselines. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LoadgenError } from '../core/index.ts'
import { type TrainingSummary as TrainedModel, trainModel } from '../learning/index.ts'
import type { Scenario } from '../scenario/index.ts'
import { compare } from './compare.ts'
import { oraclesOf } from './comparison/choose-policies.ts'
import { judgingSeeds } from './comparison/judging-seeds.ts'
import { modelPolicy } from './policies.ts'
import type { ReplayTask } from './replay.ts'
import { replayAll } from './replay-pool.ts'
import type { RunDirectory } from './run-directory.ts'
import type { RunLog } from './run-log.ts'
import type { RunScenarioOptions } from './run-scenario.ts'
import type { ComparisonSummary, RunSummary, TrainingSummary } from './summary/run-summary.ts'

/** Training and comparison, as far as they are wanted and possible. The reason why not becomes a warning. */
export async function learn(
  summary: RunSummary,
  options: RunScenarioOptions,
  directory: RunDirectory,
  log: RunLog,
): Promise<RunSummary> {
  const { scenario } = options.loaded
  const isPart = options.signal.aborted || summary.stopped !== null || options.share?.segment !== undefined
  if (!options.train || isPart) return summary
  const warn = (text: string): RunSummary => {
    log.warn(text)
    return { ...summary, warnings: [...summary.warnings, text] }
  }
  if (summary.experience.file === null && summary.experience.recorded > 0) {
    return warn(
      'not trained: the records of all segments stayed where they were made: share a folder with the workers',
    )
  }
  if (summary.experience.file === null) {
    return warn(
      'not trained: the decisions of a balancer that is not ours cannot be seen, unless its answers name the instance: ' +
        'say in which header (capture.instanceHeader of the scenario, or --instance-header); ' +
        '"loadgen doctor --target URL" shows whether there is one, and how to add it',
    )
  }
  let training: TrainingSummary
  try {
    training = await train(scenario, options, directory)
  } catch (error) {
    // The run itself is sound; that its data does not suffice for a model must not take the summary away.
    if (error instanceof LoadgenError) return warn(`not trained: ${error.message}`)
    throw error
  }
  log.info({ model: directory.model, epochs: training.epochs }, 'trained')
  if (!options.evaluate) return { ...summary, training }
  if (options.target !== undefined) {
    const text =
      'not compared: replays are of the simulated shop, and the model is of the instances of another'
    return { ...warn(text), training }
  }
  let comparison: ComparisonSummary | null
  try {
    comparison = await evaluate(scenario, directory, options)
  } catch (error) {
    if (error instanceof LoadgenError) return { ...warn(`not compared: ${error.message}`), training }
    throw error
  }
  if (comparison === null) return { ...warn('not compared: interrupted'), training }
  log.info({ verdict: comparison.verdict, reference: comparison.reference }, 'compared')
  return { ...summary, training, comparison }
}

async function train(
  scenario: Scenario,
  { events, signal }: RunScenarioOptions,
  directory: RunDirectory,
): Promise<TrainingSummary> {
  const { algorithm } = scenario.training
  events.onTrainingStart(algorithm)
  const trained = await trainModel({
    directories: [directory.path],
    algorithm,
    seed: scenario.seed,
    output: directory.model,
    onEpoch: async (report) => {
      events.onEpoch(report)
      await nextTurn() // in which an interrupt is heard
    },
    shouldStop: () => signal.aborted,
  })
  return trainingSummary(algorithm, trained)
}

function trainingSummary(algorithm: string, { output, epochs, metrics }: TrainedModel): TrainingSummary {
  return {
    algorithm,
    model: output,
    transitions: metrics.transitions.training,
    epochs: epochs.length,
    facts: metrics.facts,
    curve: epochs.map(({ epoch, trainingLoss, validationLoss }) => ({
      epoch,
      loss: trainingLoss,
      validation: validationLoss,
    })),
  }
}

/** Held-out seeds of the scenario, in the virtual world, with the learned router, every baseline and the oracles. */
async function evaluate(
  scenario: Scenario,
  directory: RunDirectory,
  { events, jobs, signal }: RunScenarioOptions,
): Promise<ComparisonSummary | null> {
  const learned = modelPolicy(directory.model)
  const policies = [...new Set([...scenario.evaluation.policies, ...oraclesOf(scenario), learned])]
  const seeds = judgingSeeds(scenario, scenario.evaluation.seeds)
  const tasks: ReplayTask[] = seeds.flatMap((seed) => policies.map((policy) => ({ scenario, policy, seed })))
  events.onReplaysStart(tasks.length)
  const results = await replayAll(tasks, { jobs, onResult: (result) => events.onReplay(result), signal })
  if (signal.aborted) return null
  const named = results.map((result) => ({
    ...result!,
    policy: result!.policy === learned ? 'learned' : result!.policy,
  }))
  return compare(named, 'learned')
}
