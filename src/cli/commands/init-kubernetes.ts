/** `loadgen init kubernetes`: manifests that run a scenario in a cluster. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, PRODUCT_VERSION, UsageError, WorldError } from '../../core/index.ts'
import { type KubernetesManifests, kubernetesManifests } from '../../scenario/index.ts'
import { targetAddress } from '../../study/index.ts'
import { expectedLoad } from '../../traffic/index.ts'
import { chooseScenario } from '../choose-scenario.ts'
import { type Command, outputOptions, scenarioOptions } from '../command.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface InitKubernetesArgs {
  readonly config?: string
  readonly scenario?: string
  readonly target: string
  readonly segments: number
  readonly image: string
  readonly namespace?: string
  readonly out: string
}

/** A line of `requests.jsonl`, with some room for everything beside it. */
const BYTES_PER_REQUEST = 400
const GIBIBYTE = 1024 ** 3

export const initKubernetes: Command<InitKubernetesArgs> = {
  examples: [
    [
      'loadgen init kubernetes --config my.yaml --target http://gateway.shop.svc:8080 --segments 4',
      'an Indexed Job of four pods, and all that belongs to it',
    ],
  ],
  options: {
    ...scenarioOptions,
    target: {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'URL of the balancer, as pods reach it',
    },
    segments: {
      type: 'number',
      requiresArg: true,
      demandOption: true,
      describe: 'Pods that share the load',
    },
    image: {
      type: 'string',
      requiresArg: true,
      default: `loadgen:${PRODUCT_VERSION}`,
      defaultDescription: 'loadgen:VERSION',
      describe: 'Image with loadgen and a shell',
    },
    namespace: {
      type: 'string',
      requiresArg: true,
      describe: "Namespace of everything, and its manifest [default: that of kubectl's context]",
    },
    out: { type: 'string', requiresArg: true, default: 'kubernetes', describe: 'Folder for the manifests' },
    ...outputOptions,
  },
  async run(args, terminal) {
    if (args.config === undefined && args.scenario === undefined) {
      throw new UsageError(
        'init kubernetes needs to know what is to run: add --config FILE or --scenario NAME',
      )
    }
    requireWholeNumber('--segments', args.segments, { min: 1, max: 1000 })
    targetAddress(args.target)
    const { scenario, source } = chooseScenario(args)
    if (scenario.world === 'virtual') {
      terminal.note(
        terminal.noteStyle.warn('warning: the scenario is of the virtual world: with --target it runs live'),
      )
    }
    const { requests, peakUsers, durationMs, phases } = expectedLoad(scenario)
    const requestsPerSecond = Math.max(...phases.map((phase) => phase.requestsPerSecond))
    const { files, remarks } = kubernetesManifests({
      scenario,
      source: source.file,
      target: args.target,
      segments: args.segments,
      image: args.image,
      ...(args.namespace === undefined ? {} : { namespace: args.namespace }),
      load: { peakUsers, requestsPerSecond, durationMs },
      resultsGibibytes: Math.ceil((2 * requests * BYTES_PER_REQUEST) / GIBIBYTE) + 1,
    })
    for (const remark of remarks) terminal.note(terminal.noteStyle.warn(`warning: ${remark}`))
    const written = writeNew(args.out, files)
    if (terminal.json) terminal.out(JSON.stringify({ files: written, remarks }, null, 2))
    else
      terminal.out(
        `${written.join('\n')}\n\nread them, change what is marked, then: kubectl apply -f ${args.out}`,
      )
    return 0
  },
}

/** All or none, for what somebody may have changed by hand is not written over. @returns the paths */
function writeNew(folder: string, files: KubernetesManifests['files']): string[] {
  const paths = files.map(({ name }) => join(folder, name))
  for (const path of paths.filter((path) => existsSync(path))) {
    throw new UsageError(`${path}: is there already: remove it, or choose another folder with --out`)
  }
  try {
    makeFolder(folder)
    for (const { name, text } of files) writeFileSync(join(folder, name), text)
  } catch (error) {
    throw new WorldError(
      `${folder}: cannot be written to (${(error as Error).message}): choose another --out`,
    )
  }
  return paths
}
