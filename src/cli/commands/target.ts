/** `loadgen target`: the shop and its balancer by themselves, for clients of any kind. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LoadgenError, makeFolder, UsageError, WorldError } from '../../core/index.ts'
import { SERVICES } from '../../scenario/index.ts'
import { resolvePolicy, targetAddress } from '../../study/index.ts'
import {
  describeDataset,
  type RaiseMessage,
  type RunningTarget,
  type StopMessage,
  startTarget,
  type TargetMessage,
  targetResults,
} from '../../worlds/index.ts'
import { chooseScenario, override } from '../choose-scenario.ts'
import { type Command, scenarioOptions } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface TargetArgs {
  readonly config?: string
  readonly scenario?: string
  readonly port: number
  readonly policy?: string
  readonly record?: string
  readonly via?: string
  readonly channel: boolean
}

export const target: Command<TargetArgs> = {
  examples: [
    ['loadgen target --port 8080', 'the shop of the validation scenario at http://127.0.0.1:8080/proxy'],
    ['loadgen target --policy round-robin --record logs/mine', 'with decisions recorded to logs/mine'],
  ],
  options: {
    ...scenarioOptions,
    port: {
      type: 'number',
      default: 0,
      requiresArg: true,
      describe: 'Port on 127.0.0.1; 0 lets the system choose',
    },
    policy: { type: 'string', requiresArg: true, describe: 'Routing policy, see "loadgen list policies"' },
    record: {
      type: 'string',
      requiresArg: true,
      describe: 'Directory for experiences.jsonl and dataset.json',
    },
    via: {
      type: 'string',
      requiresArg: true,
      describe: 'URL of a balancer by which services call each other [default: ours]',
    },
    // How a run raises its target in a process of its own; of no use to people.
    channel: { type: 'boolean', default: false, hidden: true },
  },
  async run(args, terminal) {
    if (args.channel) await serveChannel()
    else await serveTerminal(args, terminal)
    return 0
  },
}

async function serveTerminal(args: TargetArgs, terminal: Terminal): Promise<void> {
  requireWholeNumber('--port', args.port, { min: 0, max: 65535 })
  const { scenario } = override(chooseScenario(args), { ...args, world: 'live' })
  const recording = args.record === undefined ? {} : { recordTo: prepareRecording(args.record, scenario) }
  const running = await startTarget({
    scenario,
    seed: scenario.seed,
    policy: scenario.routing.policy,
    policies: resolvePolicy(scenario.routing.policy),
    resolvePolicy,
    port: args.port,
    ...(args.via === undefined ? {} : { via: viaOrigin(args.via) }),
    ...recording,
  })
  terminal.out(`ready at ${running.url}/proxy`)
  for (const [service, replicas] of Object.entries(running.replicas)) {
    terminal.note(`${service}: ${replicas.map(({ url }) => url).join(', ')}`)
  }
  terminal.note(`services: ${SERVICES.join(', ')}; policy: ${scenario.routing.policy}; Ctrl-C ends it`)
  const interrupt = catchInterrupt(() => terminal.note('stopping'))
  await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve))
  await running.close()
  interrupt.release()
}

/** Services call each other below `/proxy`, as they do by our own balancer. */
function viaOrigin(via: string): string {
  const { origin, prefix } = targetAddress(via)
  if (prefix === '/proxy') return origin
  throw new UsageError(`--via ${via}: expected a URL like http://127.0.0.1:8080/proxy`)
}

function prepareRecording(directory: string, scenario: Parameters<typeof describeDataset>[1]) {
  const run = `target-${new Date().toISOString()}`
  const dataset = `${JSON.stringify(describeDataset(run, scenario), null, 2)}\n`
  try {
    makeFolder(directory)
    writeFileSync(join(directory, 'dataset.json'), dataset)
  } catch (error) {
    throw new WorldError(
      `${directory}: cannot record there (${(error as Error).message}): choose another with --record`,
    )
  }
  return { run, file: join(directory, 'experiences.jsonl') }
}

/** Speaks the words of `worlds/live/target-process.ts` with the process that started this one. */
async function serveChannel(): Promise<void> {
  if (process.send === undefined) throw new UsageError('--channel is for loadgen itself')
  let running: RunningTarget | undefined
  const obey = async (message: RaiseMessage | StopMessage): Promise<TargetMessage> => {
    if (message.kind === 'raise') {
      running = await startTarget({ ...message, policies: resolvePolicy(message.policy), resolvePolicy })
      return { kind: 'ready', url: running.url, startEpochMs: running.startEpochMs }
    }
    await running!.close()
    return { kind: 'stopped', ...targetResults(running!) }
  }
  const explain = (error: Error): TargetMessage => ({
    kind: 'failed',
    message: error instanceof LoadgenError ? error.message : String(error.stack),
  })
  process.on('message', (message: RaiseMessage | StopMessage) => {
    void obey(message)
      .catch(explain)
      .then((answer) => process.send!(answer))
  })
  // The run has said goodbye, or is gone: either way nobody needs this target any more.
  await new Promise((resolve) => process.on('disconnect', resolve))
  await running?.close().catch(() => {})
}
