/** The smallest scenario, resolved by the real loader: tests build on it by spreading. */
import {
  type ConstantUsers,
  type Executor,
  loadScenario,
  type Phase,
  type Scenario,
} from '../../src/scenario/index.ts'
import { fileOf, MINIMAL, vocabulary } from '../scenario/scenario-files.ts'

/** Resolves the text of a scenario file. */
export function scenarioOf(yaml: string): Scenario {
  return loadScenario(fileOf(yaml), { vocabulary }).scenario
}

export const smallScenario = scenarioOf(MINIMAL)

/** A phase, driven as the short forms of the file say, or by an executor of its own. */
export interface PhaseSettings extends Partial<Phase> {
  readonly users?: number
  readonly sessionsPerSecond?: number
  readonly rampUpMs?: number
}

/** A phase of the smallest scenario with other settings. */
export function phaseOf(settings: PhaseSettings): Phase {
  const { users, sessionsPerSecond, rampUpMs, ...others } = settings
  const phase = smallScenario.phases[0]!
  const executor = executorOf(phase.executor as ConstantUsers, settings)
  return { ...phase, executor, ...others }
}

function executorOf(usual: ConstantUsers, { users, sessionsPerSecond, rampUpMs }: PhaseSettings): Executor {
  const ramp = { rampUpMs: rampUpMs ?? usual.rampUpMs }
  return (users ?? usual.users) === 0 || (users === undefined && sessionsPerSecond !== undefined)
    ? { kind: 'poisson-arrivals', sessionsPerSecond: sessionsPerSecond ?? 0, ...ramp }
    : { kind: 'constant-users', users: users ?? usual.users, ...ramp }
}
