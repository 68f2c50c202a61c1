/** From --mode, --config and --scenario to a loaded scenario, with what other flags override in it. */
import { didYouMean, UsageError, type World } from '../core/index.ts'
import { type LoadedScenario, loadScenario, type Scenario, shippedScenarios } from '../scenario/index.ts'
import { resolvePolicy, vocabulary } from '../study/index.ts'

/** Modes are nothing but short names: each but `custom` is a shipped scenario. */
export const MODES = ['validation', 'comprehensive', 'custom'] as const

export interface ScenarioChoice {
  readonly mode?: string | undefined
  readonly config?: string | undefined
  readonly scenario?: string | undefined
}

/** @throws UsageError for flags that contradict each other, ConfigError for a file that is not sound */
export function chooseScenario({ mode, config, scenario }: ScenarioChoice): LoadedScenario {
  const named = config !== undefined || scenario !== undefined
  if (mode !== undefined && mode !== 'custom' && named) {
    throw new UsageError(
      `--mode ${mode} brings its own scenario: use --mode custom with --config or --scenario`,
    )
  }
  if (mode === 'custom' && !named) {
    throw new UsageError('--mode custom needs to know what to run: add --config FILE or --scenario NAME')
  }
  if (config !== undefined) {
    return loadScenario(config, { vocabulary, ...(scenario === undefined ? {} : { scenarioName: scenario }) })
  }
  return loadScenario(shippedFile(scenario ?? mode ?? 'validation'), { vocabulary })
}

function shippedFile(name: string): string {
  if (/\.(ya?ml|json)$/.test(name)) return name
  const shipped = shippedScenarios()
  const found = shipped.find((candidate) => candidate.name === name)
  if (found !== undefined) return found.file
  const names = shipped.map((candidate) => candidate.name)
  throw new UsageError(
    `unknown scenario "${name}"${didYouMean(name, names)}: use one of ${names.join(', ')}, or name a file with --config`,
  )
}

export interface ScenarioOverrides {
  readonly seed?: number | undefined
  readonly world?: World | undefined
  readonly policy?: string | undefined
  readonly algorithm?: string | undefined
}

/** @throws UsageError for a policy that does not exist */
export function override(loaded: LoadedScenario, flags: ScenarioOverrides): LoadedScenario {
  const { scenario } = loaded
  if (flags.policy !== undefined) resolvePolicy(flags.policy)
  const changed: Scenario = {
    ...scenario,
    seed: flags.seed ?? scenario.seed,
    world: flags.world ?? scenario.world,
    routing: { ...scenario.routing, policy: flags.policy ?? scenario.routing.policy },
    training: { algorithm: flags.algorithm ?? scenario.training.algorithm },
  }
  return { ...loaded, scenario: changed }
}
