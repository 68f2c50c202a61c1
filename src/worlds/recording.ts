/** Setting up the recording of decisions: the log, and the description that goes with the file. */
import {
  type DatasetDescription,
  ExperienceLog,
  type ExperienceLogOptions,
  type LineSink,
  RECORD_VERSION,
} from '../experience/index.ts'
import { CONTEXT_FEATURES, INSTANCE_FEATURES, type ServiceRouter, STRATEGY_NAMES } from '../routing/index.ts'
import { instanceIds, type Scenario, SERVICES, scenarioHash } from '../scenario/index.ts'
import { endpoints, UNKNOWN_ROUTE } from '../shop/index.ts'
import { ClientPolicy } from '../traffic/index.ts'

export interface RecordingOptions {
  readonly run: string
  readonly scenario: Scenario
  readonly routers: readonly ServiceRouter[]
  /** Without it, rewards are summed up and nothing is written. */
  readonly sink?: LineSink
}

export function createExperienceLog(options: RecordingOptions): ExperienceLog {
  const { sink } = options
  return new ExperienceLog({ ...logNames(options), ...(sink === undefined ? {} : { sink }) })
}

/** What a log must know of a run: plain data, so that it can cross to another thread. */
export function logNames({ run, scenario, routers }: RecordingOptions): ExperienceLogOptions {
  return {
    run,
    services: routers.map(({ service }) => service),
    instances: Object.fromEntries(
      routers.map(({ service, instances }) => [service, instances.map(({ id }) => id)]),
    ),
    routes: routeNames(),
    phases: scenario.phases.map((phase) => phase.name),
    profiles: Object.keys(scenario.behaviors),
    reward: scenario.reward,
    repeats: !new ClientPolicy(scenario.client).single,
  }
}

/** The contents of `dataset.json`. */
export function describeDataset(
  run: string,
  scenario: Scenario,
  observedBy: 'balancer' | 'client' = 'balancer',
): DatasetDescription {
  return {
    version: RECORD_VERSION,
    run,
    scenario: { name: scenario.name, hash: scenarioHash(scenario) },
    world: scenario.world,
    observedBy,
    seed: scenario.seed,
    contextFeatures: CONTEXT_FEATURES,
    instanceFeatures: INSTANCE_FEATURES,
    strategies: STRATEGY_NAMES,
    services: instancesOf(scenario),
    routes: routeNames(),
    reward: scenario.reward,
  }
}

function instancesOf(scenario: Scenario): Record<string, string[]> {
  return Object.fromEntries(SERVICES.map((service) => [service, instanceIds(scenario, service)]))
}

function routeNames(): string[] {
  return [...endpoints.map((endpoint) => endpoint.name), UNKNOWN_ROUTE]
}
