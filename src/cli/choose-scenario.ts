/** From --mode, --config and --scenario to a loaded scenario, with what other flags override in it. */
import { didYouMean, UsageError, type World } from '../core/index.ts'
import {
  type LoadedScenario,
  loadScenario,
  onlyPhase,
  phaseNamed,
  resolveCapture,
  type Scenario,
  shippedScenarios,
  TOKEN_PATTERN,
} from '../scenario/index.ts'
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
  /** Only this one, from its beginning. */
  readonly phase?: string | undefined
  readonly seed?: number | undefined
  readonly world?: World | undefined
  readonly policy?: string | undefined
  readonly algorithm?: string | undefined
  readonly instanceHeader?: string | undefined
  readonly instanceCookie?: string | undefined
  readonly estimatePropensities?: boolean | undefined
  readonly precise?: boolean | undefined
}

/** @throws UsageError for a policy that does not exist, and for what the world has no use for */
export function override(loaded: LoadedScenario, flags: ScenarioOverrides): LoadedScenario {
  if (flags.policy !== undefined) resolvePolicy(flags.policy)
  const scenario =
    flags.phase === undefined
      ? loaded.scenario
      : onlyPhase(loaded.scenario, phaseNamed(loaded.scenario, flags.phase))
  const changed: Scenario = {
    ...scenario,
    seed: flags.seed ?? scenario.seed,
    world: flags.world ?? scenario.world,
    routing: { ...scenario.routing, policy: flags.policy ?? scenario.routing.policy },
    training: { algorithm: flags.algorithm ?? scenario.training.algorithm },
    ...captureOf(scenario, flags),
    ...(flags.precise === true ? { client: { ...scenario.client, scheduler: 'precise' } } : {}),
  }
  if (flags.precise === true && changed.world === 'virtual') {
    throw new UsageError(
      '--precise is about real time, and the world is virtual: leave it away, or add --world live',
    )
  }
  const warnings = [...loaded.warnings, ...leftAside(loaded.scenario, scenario, flags.phase)]
  return { ...loaded, scenario: changed, warnings }
}

/** Thresholds that say nothing of the one phase that is left. */
function leftAside({ thresholds }: Scenario, single: Scenario, phase: string | undefined): string[] {
  return thresholds
    .filter((threshold) => !single.thresholds.includes(threshold))
    .map(
      ({ metric, operator, limit }) =>
        `threshold ${metric} ${operator} ${limit} is left aside: phase "${phase}" has nothing to measure for it`,
    )
}

/** @throws UsageError for names that no header or cookie can have, and for flags that lack the one that they need */
function captureOf({ capture }: Scenario, flags: ScenarioOverrides): Pick<Scenario, 'capture'> {
  const { instanceHeader, instanceCookie, estimatePropensities } = flags
  for (const [flag, name] of Object.entries({ instanceHeader, instanceCookie })) {
    if (name === undefined || TOKEN_PATTERN.test(name)) continue
    const option = flag === 'instanceHeader' ? '--instance-header' : '--instance-cookie'
    throw new UsageError(`${option}: expected a name such as X-Upstream, got "${name}"`)
  }
  if (instanceHeader === undefined && instanceCookie === undefined && capture === undefined) {
    if (estimatePropensities !== true) return {}
    throw new UsageError(
      '--estimate-propensities needs to know what names the instance: add --instance-header or --instance-cookie',
    )
  }
  const known = capture ?? resolveCapture({ instances: {}, estimatePropensities: false })
  return {
    capture: {
      ...known,
      instanceHeader: instanceHeader?.toLowerCase() ?? known.instanceHeader,
      instanceCookie: instanceCookie ?? known.instanceCookie,
      estimatePropensities: estimatePropensities ?? known.estimatePropensities,
    },
  }
}
