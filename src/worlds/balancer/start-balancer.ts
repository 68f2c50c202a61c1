/** A standalone balancer from its settings: the proxy, its records, and its admin API. */
import { makeStampedFolder, WorldError } from '../../core/index.ts'
import { STRATEGY_NAMES } from '../../routing/index.ts'
import type { BalancerConfig } from '../../scenario/index.ts'
import { epochMs, LiveClock } from '../live/clock.ts'
import { type RunningAdminServer, startAdminServer } from './admin-server.ts'
import type { PolicyResolver } from './balanced-service.ts'
import { Balancer } from './balancer.ts'
import { Recorder } from './recorder.ts'
import { routeClassNames } from './route-classes.ts'

export interface StandaloneOptions {
  readonly config: BalancerConfig
  /** What the config is called and the hash of its contents, for the records. */
  readonly source: { readonly name: string; readonly hash: string }
  readonly policies: PolicyResolver
  readonly seed: number
  /** Told what an operator should know. */
  readonly onMessage: (text: string) => void
}

export interface RunningBalancer {
  readonly balancer: Balancer
  readonly url: string
  readonly adminUrl: string | undefined
  /** Takes no new connections, finishes what is under way as far as that is done in time, and writes its records. */
  drain(): Promise<void>
  /** Breaks what is under way, and writes its records. */
  close(): Promise<void>
}

/**
 * @throws UsageError, LearningError if a policy cannot be had, TargetError if an address cannot, WorldError if it
 *   cannot record
 */
export async function startBalancer(options: StandaloneOptions): Promise<RunningBalancer> {
  const { config, policies, seed, onMessage } = options
  const { now } = new LiveClock(epochMs())
  const recorder = await openRecorder(options)
  let balancer: Balancer | undefined
  let admin: RunningAdminServer | undefined
  try {
    const recording = recorder === undefined ? {} : { recorder }
    balancer = new Balancer({ config, policies, seed, now, onMessage, ...recording })
    await balancer.start()
    admin = await openAdmin(balancer, options)
  } catch (error) {
    await balancer?.close()
    await recorder?.finish()
    throw error
  }
  const running = balancer
  return {
    balancer: running,
    url: running.url,
    adminUrl: admin?.url,
    drain: async () => {
      await running.drain()
      await admin?.close()
    },
    close: async () => {
      await running.close()
      await admin?.close()
    },
  }
}

async function openRecorder(options: StandaloneOptions): Promise<Recorder | undefined> {
  const { config, source, seed, onMessage } = options
  if (config.recording === null) return undefined
  const { directory, sample, queueBytes, reward } = config.recording
  const startedAt = new Date()
  return Recorder.create({
    directory: folderOfItsOwn(directory, startedAt),
    run: `balancer-${startedAt.toISOString()}`,
    source,
    seed,
    services: config.services.map(({ name, instances }) => ({
      name,
      instances: instances.map(({ id }) => id),
    })),
    routes: routeClassNames(config.services),
    strategies: STRATEGY_NAMES,
    reward,
    repeats: true,
    sample,
    queueBytes,
    onMessage,
  })
}

/** No start of a balancer writes over the records of another, not even one that fails because the other is running. */
function folderOfItsOwn(directory: string, startedAt: Date): string {
  try {
    return makeStampedFolder(directory, 'balancer', startedAt)
  } catch (error) {
    throw new WorldError(
      `${directory}: cannot record there (${(error as Error).message}): choose another recording.directory`,
    )
  }
}

async function openAdmin(
  control: Balancer,
  { config: { admin } }: StandaloneOptions,
): Promise<RunningAdminServer | undefined> {
  if (admin === null) return undefined
  const { host, port, token, rlAgent } = admin
  const secret = token === null ? {} : { token }
  return startAdminServer({ control, host, port, ...secret, ...(rlAgent === null ? {} : { rlAgent }) })
}
