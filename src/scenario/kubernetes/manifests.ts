/**
 * Manifests that run a scenario as an Indexed Job: one pod for each segment, results on a volume that all see, and a
 * Job that merges them. Made from the scenario, to be read and changed before they are applied.
 *
 * Source: Kubernetes API reference, batch/v1 Job and v1 ConfigMap, PersistentVolumeClaim, Namespace (v1.29 and later,
 * where `backoffLimitPerIndex` is on by default).
 */
import { posix } from 'node:path'
import { UsageError } from '../../core/index.ts'
import type { Scenario } from '../scenario.ts'
import { commentedYaml } from './commented-yaml.ts'
import { configMap, configMapFiles, SCENARIO_FOLDER, scenarioVolume } from './config-map.ts'
import { LOAD_COMMENTS, loadJob, MERGE_COMMENTS, mergeJob } from './load-job.ts'
import { isLabel, jobName } from './names.ts'
import { leastSegments, type PlannedLoad, podResources } from './pod-resources.ts'
import { scenarioFiles } from './scenario-files.ts'

export interface KubernetesOptions {
  readonly scenario: Scenario
  /** The scenario's own file. */
  readonly source: string
  /** URL as pods reach it. */
  readonly target: string
  readonly segments: number
  readonly image: string
  readonly namespace?: string
  readonly load: PlannedLoad
  /** What there is for each segment to write. */
  readonly resultsGibibytes: number
}

export interface KubernetesManifests {
  /** In the order in which they are applied, which is that of their names. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** What is left to its user, one line each. */
  readonly remarks: readonly string[]
}

/** @throws ConfigError for files that cannot go along, UsageError for a namespace that cannot be one */
export function kubernetesManifests(options: KubernetesOptions): KubernetesManifests {
  const { scenario, namespace, segments, target, load } = options
  if (namespace !== undefined && !isLabel(namespace)) {
    throw new UsageError(
      `--namespace "${namespace}": expected lower-case letters, digits and dashes, 63 at most, like load-tests`,
    )
  }
  const name = jobName(scenario.name)
  const { files, secrets } = scenarioFiles(scenario, options.source)
  const keyed = configMapFiles(files)
  const metadata = (own: string, part: string): object => ({
    name: own,
    ...(namespace === undefined ? {} : { namespace }),
    labels: {
      'app.kubernetes.io/name': 'loadgen',
      'app.kubernetes.io/instance': name,
      'app.kubernetes.io/component': part,
    },
  })
  const plan = {
    name,
    metadata,
    image: options.image,
    segments,
    runArguments: runArguments(options, keyed[0]!.path),
    durationMs: load.durationMs,
    resources: podResources(load, segments),
    scenarioVolume: scenarioVolume(`${name}-scenario`, keyed),
  }
  const claim = resultsClaim(metadata(`${name}-results`, 'results'), options.resultsGibibytes)
  const map = configMap(metadata(`${name}-scenario`, 'scenario'), keyed)
  return {
    files: [
      ...(namespace === undefined ? [] : [{ name: '00-namespace.yaml', text: namespaceText(namespace) }]),
      {
        name: '10-scenario.yaml',
        text: commentedYaml(map, `The files of the scenario "${scenario.name}".`, {}),
      },
      {
        name: '20-results.yaml',
        text: commentedYaml(claim, 'Where all segments write, and the merge reads.', CLAIM_COMMENTS),
      },
      {
        name: '30-load.yaml',
        text: commentedYaml(
          loadJob(plan),
          `The load on ${target}, in ${segments} segments.\nTo run it again: delete both Jobs, and apply them anew. Earlier results stay.`,
          LOAD_COMMENTS,
        ),
      },
      {
        name: '40-merge.yaml',
        text: commentedYaml(
          mergeJob(plan),
          `Puts the segments together when all are there: kubectl logs job/${name}-merge shows the result.`,
          MERGE_COMMENTS,
        ),
      },
    ],
    remarks: remarksOn(options, secrets),
  }
}

function runArguments({ scenario, target }: KubernetesOptions, path: string): string[] {
  const config = posix.join(SCENARIO_FOLDER, path)
  const chosen = ['--mode', 'custom', '--config', config, '--scenario', scenario.name]
  return [...chosen, '--target', target, '--seed', String(scenario.seed), '--no-train', '--quiet']
}

function resultsClaim(metadata: object, gibibytes: number): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: `${gibibytes}Gi` } },
    },
  }
}

const CLAIM_COMMENTS = {
  'spec.accessModes':
    'Pods on several nodes write to it. Many default storage classes cannot do that: to change, name one that can\n(NFS, CephFS, Azure Files, EFS, Filestore) with storageClassName.',
}

function namespaceText(namespace: string): string {
  const value = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  return commentedYaml(
    value,
    'Delete this file if the namespace is there already and not yours to change.',
    {},
  )
}

function remarksOn({ target, load, segments }: KubernetesOptions, secrets: readonly string[]): string[] {
  const { hostname } = new URL(target)
  const least = leastSegments(load)
  return [
    ...(/^(localhost|127\.|\[?::1)/.test(hostname)
      ? [`--target ${target}: inside of a pod that is the pod itself: give the name of a Service`]
      : []),
    ...(segments < least
      ? [
          `${segments} segments: one process can hardly make ${Math.round(load.requestsPerSecond / segments)} requests/s: take ${least} or more`,
        ]
      : []),
    ...secrets.map(
      (file) => `${file}: a private key does not belong in a ConfigMap: mount it there as a Secret`,
    ),
  ]
}
