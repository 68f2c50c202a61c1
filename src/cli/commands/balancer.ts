/** `loadgen balancer`: our balancer in front of real services, until it is told to end. */
import { contentHash, LoadgenError } from '../../core/index.ts'
import { refuseOracles } from '../../routing/index.ts'
import { type BalancerConfig, loadBalancerConfig } from '../../scenario/index.ts'
import { resolvePolicy } from '../../study/index.ts'
import { startBalancer } from '../../worlds/index.ts'
import type { Command } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { requireWholeNumber } from '../whole-number.ts'

const SEEDS = 2 ** 31

interface BalancerArgs {
  readonly config: string
  readonly port?: number
  readonly check: boolean
  readonly compat: boolean
}

export const balancer: Command<BalancerArgs> = {
  examples: [
    ['loadgen balancer --config balancer.yaml', 'with listen address, services and policies of the file'],
    ['loadgen balancer --config balancer.yaml --check', 'all problems of the file at once, or what it means'],
  ],
  options: {
    config: {
      type: 'string',
      demandOption: 'say what to balance: --config FILE, see docs/balancer.md',
      requiresArg: true,
      describe: 'YAML file with services, instances and policies',
    },
    port: {
      type: 'number',
      requiresArg: true,
      describe: 'Port in place of the one in the file; 0 lets the system choose',
    },
    check: { type: 'boolean', default: false, describe: 'Only check the file' },
    compat: {
      type: 'boolean',
      default: false,
      describe: 'As the predecessor: an answer that is not 2xx becomes a 502, and the instance is not told',
    },
  },
  async run(args, terminal) {
    if (args.port !== undefined) requireWholeNumber('--port', args.port, { min: 0, max: 65535 })
    const config = override(loadBalancerConfig(args.config, policyProblem), args)
    if (args.check) terminal.out(`${args.config}: sound`)
    describe(config, args.check ? terminal.out : terminal.note)
    for (const text of unwatched(config)) terminal.alarm(`warning: ${text}`)
    if (!args.check) await serve(config, args.config, terminal)
    return 0
  },
}

function override(config: BalancerConfig, { port, compat }: BalancerArgs): BalancerConfig {
  return {
    ...config,
    listen: { ...config.listen, port: port ?? config.listen.port },
    compat: config.compat || compat,
    headers: { ...config.headers, instance: compat ? null : config.headers.instance },
  }
}

async function serve(config: BalancerConfig, file: string, terminal: Terminal): Promise<void> {
  const running = await startBalancer({
    config,
    source: { name: file, hash: contentHash(config) },
    policies: resolvePolicy,
    seed: config.seed ?? Math.floor(Math.random() * SEEDS),
    onMessage: terminal.alarm,
  })
  // Before anybody can know that it is there.
  const interrupt = catchInterrupt(() => terminal.note('draining; once more ends it at once'))
  terminal.out(`ready at ${running.url}`)
  if (running.adminUrl !== undefined) terminal.note(`admin API at ${running.adminUrl}`)
  const { recorder } = running.balancer
  if (recorder !== undefined) terminal.note(`recording to ${recorder.status.directory}`)
  await new Promise((resolve) => {
    if (interrupt.signal.aborted) return resolve(undefined)
    interrupt.signal.addEventListener('abort', resolve)
  })
  await running.drain()
  interrupt.release()
}

function describe(config: BalancerConfig, say: (text: string) => void): void {
  for (const { name, match, policy, instances } of config.services) {
    const where = `${match.host ?? ''}${match.path}`
    say(`${name}: ${where} to ${instances.map(({ url }) => url).join(', ')} by ${policy}`)
  }
}

/** Services of which nobody would notice that an instance has died. */
function unwatched({ services }: BalancerConfig): string[] {
  return services
    .filter(({ instances, health, policy }) => {
      if (instances.length === 1 || health !== null) return false
      return resolvePolicy(policy)('check').breakerOpen === undefined
    })
    .map(
      ({ name }) =>
        `${name}: an instance that dies keeps its share of the requests: ` +
        'add health, or a policy such as circuit-breaker(...)',
    )
}

/** What a balancer in front of real services cannot go by; undefined if all is well. */
function policyProblem(text: string): string | undefined {
  try {
    refuseOracles(resolvePolicy(text)('check'))
    return undefined
  } catch (error) {
    if (error instanceof LoadgenError) return error.message
    throw error
  }
}
