/**
 * Comparing any policies over the same seeds: replays what is not known yet, on several cores or over real sockets,
 * and makes a table of it. This is what `loadgen compare` does; a program can call it just as well.
 */
import { EXIT_INTERRUPTED, LoadgenError, UsageError, type World } from '../../core/index.ts'
import { refuseOracles } from '../../routing/index.ts'
import { type LoadedScenario, type Scenario, SERVICES, scenarioHash } from '../../scenario/index.ts'
import { resolvePolicy } from '../policies.ts'
import type { ReplayResult } from '../replay.ts'
import { replayAll } from '../replay-pool.ts'
import { sloMsOf } from '../replay-statistics.ts'
import { kindOf, oraclesOf, policyIdentity, requirePolicies } from './choose-policies.ts'
import { compareResults } from './compare-results.ts'
import type { Comparison } from './comparison.ts'
import { identityOf, replayedHash } from './identity.ts'
import { replayLive } from './live-blocks.ts'
import { programVersion } from './program-version.ts'
import { ReplayCache, type ReplayKey } from './replay-cache.ts'

export interface ComparePoliciesOptions {
  readonly loaded: Pick<LoadedScenario, 'scenario' | 'source'>
  /** Any texts of policies, `model:DIR` among them. */
  readonly policies: readonly string[]
  /** The opponent; the best of the policies that are no models and no oracles if not given. */
  readonly reference?: string | undefined
  /** Whether oracles are added; true if not given. The live world has none. */
  readonly oracle?: boolean
  /** Each policy gets each of them; in the live world, one block each. */
  readonly seeds: readonly number[]
  /** Worker threads; of no use in the live world. */
  readonly jobs: number
  /** Virtual if not given, whatever the scenario says. */
  readonly world?: World
  /** Where results are kept and found again; nowhere if not given. Those of the live world never are. */
  readonly cacheDir?: string | undefined
  /** Earlier results of the same scenario, reward and program: they count as if they had been made now. */
  readonly known?: readonly ReplayResult[]
  /** What policies are called in the results, by their texts. */
  readonly labels?: Readonly<Record<string, string>>
  /** So many replays are to come, besides those that are known already. */
  readonly onStart?: (replays: number, known: number) => void
  readonly onResult?: (result: ReplayResult) => void
  readonly signal?: AbortSignal
}

/** The comparison was stopped: what is done is kept in the cache, if there is one. */
export class ComparisonInterrupted extends LoadgenError {
  override readonly exitCode = EXIT_INTERRUPTED
}

/**
 * @throws UsageError for a policy that does not exist or cannot be had in that world, ComparisonInterrupted when it was
 *   aborted, WorldError where there is nothing to compare or a replay did not come to its end
 */
export async function comparePolicies(options: ComparePoliciesOptions): Promise<Comparison> {
  const { loaded, seeds, reference, labels = {}, world = 'virtual', known = [] } = options
  const { scenario, source } = loaded
  const named = [...new Set([...options.policies, ...(reference === undefined ? [] : [reference])])]
  requirePolicies(named)
  if (world === 'live') for (const text of named) refuseOracles(resolvePolicy(text)(SERVICES[0]))
  if (seeds.length === 0) throw new UsageError('no seed to compare by: expected at least one')
  const oracles = world === 'live' || options.oracle === false ? [] : oraclesOf(scenario)
  const policies = [...new Set([...named, ...oracles])]
  requireDistinct(policies, labels)
  const nameOf = (text: string): string => labels[text] ?? text
  const made = await resultsOf(policies, { ...options, world })
  const results = joined(
    known,
    made.map((result) => ({ ...result, policy: nameOf(result.policy) })),
  )
  const texts = new Map(policies.map((text) => [nameOf(text), text]))
  const table = compareResults(results, {
    kindOf: (name) => kindOf(texts.get(name) ?? name),
    reference: reference === undefined ? undefined : nameOf(reference),
  })
  return {
    version: 1,
    ...identityOf(scenario, world),
    scenario: { name: scenario.name, hash: scenarioHash(scenario), source: source.file },
    referenceBy: reference === undefined ? 'best' : 'named',
    sloMs: sloMsOf(scenario),
    ...table,
    results,
  }
}

/** Every policy with every seed, in the order of the seeds. */
function resultsOf(
  policies: readonly string[],
  options: ComparePoliciesOptions & { readonly world: World },
): Promise<ReplayResult[]> {
  const { loaded, seeds, world } = options
  const tasks = seeds.flatMap((seed) =>
    policies.map((policy) => ({ scenario: loaded.scenario, policy, seed })),
  )
  return world === 'live' ? liveResults(policies, options) : virtualResults(tasks, options)
}

async function liveResults(
  policies: readonly string[],
  { loaded, seeds, onStart, onResult, signal }: ComparePoliciesOptions,
): Promise<ReplayResult[]> {
  onStart?.(policies.length * seeds.length, 0)
  const { scenario } = loaded
  const results = await replayLive({ scenario, policies, seeds, onResult, signal })
  if (results.length === policies.length * seeds.length) return results
  throw new ComparisonInterrupted(
    `interrupted after ${results.length} of ${policies.length * seeds.length} live runs: nothing is kept of them`,
  )
}

async function virtualResults(
  tasks: readonly { scenario: Scenario; policy: string; seed: number }[],
  { loaded, jobs, cacheDir, onStart, onResult, signal }: ComparePoliciesOptions,
): Promise<ReplayResult[]> {
  const cache = cacheDir === undefined ? undefined : new ReplayCache(cacheDir)
  const keyOf = keysOf(loaded.scenario)
  const results = tasks.map(({ policy, seed }) => cache?.get(keyOf(policy, seed), policy))
  const open = tasks.filter((_, i) => results[i] === undefined)
  onStart?.(open.length, tasks.length - open.length)
  const made = await replayAll(open, {
    jobs,
    onResult: (result) => {
      cache?.put(keyOf(result.policy, result.seed), result)
      onResult?.(result)
    },
    ...(signal === undefined ? {} : { signal }),
  })
  const fresh = made[Symbol.iterator]()
  const all = results.map((result) => result ?? fresh.next().value)
  const done = all.filter((result) => result !== undefined)
  if (done.length === all.length) return done
  const kept = cacheDir === undefined ? 'nothing is kept of them' : `they are kept in ${cacheDir}`
  throw new ComparisonInterrupted(
    `interrupted after ${done.length} of ${all.length} replays: ${kept}` +
      (cacheDir === undefined ? '' : '; the same command goes on from there'),
  )
}

/** Models are loaded once for all seeds. */
function keysOf(scenario: Scenario): (policy: string, seed: number) => ReplayKey {
  const hash = replayedHash(scenario)
  const identities = new Map<string, ReplayKey['policy']>()
  return (text, seed) => {
    const policy = identities.get(text) ?? policyIdentity(text)
    identities.set(text, policy)
    return { scenarioHash: hash, program: programVersion(), policy, seed }
  }
}

/** Earlier results and new ones; of the same policy and seed, the new one. */
function joined(known: readonly ReplayResult[], made: readonly ReplayResult[]): ReplayResult[] {
  const all = new Map([...known, ...made].map((result) => [`${result.seed} ${result.policy}`, result]))
  return [...all.values()]
}

function requireDistinct(policies: readonly string[], labels: Readonly<Record<string, string>>): void {
  const names = policies.map((text) => labels[text] ?? text)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice === undefined) return
  throw new UsageError(`two of the policies are called "${twice}": give each a name of its own`)
}
