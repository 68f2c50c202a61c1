/**
 * The commands, in the order of the help. Only what is asked for is loaded: what one command needs must not cost all
 * others their start.
 */
import { type CommandEntry, type CommandGroup, commandEntry } from '../command.ts'
import { dataset } from './dataset.ts'
import { init } from './init.ts'
import { model } from './model.ts'

export const commands: readonly (CommandEntry | CommandGroup)[] = [
  commandEntry(
    'run',
    'Replay a scenario, record every routing decision, train a router and compare it',
    async () => (await import('./run.ts')).run,
  ),
  commandEntry(
    'train <runs..>',
    'Train a router offline from recorded runs',
    async () => (await import('./train.ts')).train,
  ),
  dataset,
  commandEntry(
    'evaluate <policy> <runs..>',
    'Estimate from recorded runs what another policy would have earned',
    async () => (await import('./evaluate.ts')).evaluate,
  ),
  commandEntry(
    'compare',
    'Compare policies over the same seeds, with intervals, an oracle and the proven bound',
    async () => (await import('./compare.ts')).compare,
  ),
  commandEntry(
    'knee',
    'Search for the highest arrival rate at which the thresholds hold',
    async () => (await import('./knee.ts')).knee,
  ),
  commandEntry(
    'merge <runs..>',
    'Put the segments of one run together: exact statistics, one data set, one report',
    async () => (await import('./merge.ts')).merge,
  ),
  commandEntry(
    'study <scenarios..>',
    'Collect data, train, evaluate and compare in one go, with one report',
    async () => (await import('./study.ts')).study,
  ),
  model,
  commandEntry(
    'validate',
    'Check a scenario file and show the load that it asks for',
    async () => (await import('./validate.ts')).validate,
  ),
  commandEntry(
    'target',
    'Raise the simulated shop behind our balancer, until Ctrl-C',
    async () => (await import('./target.ts')).target,
  ),
  commandEntry(
    'worker',
    'Carry out segments of distributed runs, until Ctrl-C',
    async () => (await import('./worker.ts')).worker,
  ),
  commandEntry(
    'balancer',
    'Put our balancer in front of real services, until Ctrl-C or SIGTERM',
    async () => (await import('./balancer.ts')).balancer,
  ),
  commandEntry(
    'doctor',
    'Check what of a balancer can be reached and captured, and how to add what is missing',
    async () => (await import('./doctor.ts')).doctor,
  ),
  commandEntry(
    'list <what>',
    'List scenarios, behaviors, executors, policies, algorithms, estimators or kinds of fault',
    async () => (await import('./list.ts')).list,
  ),
  init,
]
