/** The two Jobs: the load in its segments, and the merge of what they measured. */

import type { YamlComments } from './commented-yaml.ts'
import { SCENARIO_FOLDER } from './config-map.ts'
import { mergeScript, segmentScript } from './scripts.ts'

const RESULTS_FOLDER = '/results'
/** As many seconds as an NFS client may go on believing an old listing (nfs(5), acdirmax is 60, acdirmin 30). */
const START_LEAD_SECONDS = 30
/** For images to be pulled and nodes to be found, beside the load itself. */
const MARGIN_SECONDS = 1800
const KEPT_SECONDS = 24 * 3600

export interface JobPlan {
  readonly name: string
  readonly metadata: (name: string, part: string) => object
  readonly image: string
  readonly segments: number
  readonly runArguments: readonly string[]
  readonly durationMs: number
  readonly resources: object
  /** The files of the scenario. */
  readonly scenarioVolume: object
}

export function loadJob(plan: JobPlan): object {
  const { name, segments } = plan
  const container = {
    name: 'load',
    image: plan.image,
    command: ['/bin/sh', '-c', segmentScript(plan.runArguments)],
    env: [
      { name: 'RESULTS', value: `${RESULTS_FOLDER}/${name}` },
      { name: 'SEGMENTS', value: String(segments) },
      { name: 'START_LEAD_SECONDS', value: String(START_LEAD_SECONDS) },
      {
        name: 'JOB_UID',
        valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } },
      },
    ],
    resources: plan.resources,
    securityContext: CONFINED,
    volumeMounts: [
      { name: 'scenario', mountPath: SCENARIO_FOLDER, readOnly: true },
      { name: 'results', mountPath: RESULTS_FOLDER },
    ],
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: plan.metadata(name, 'load'),
    spec: {
      completionMode: 'Indexed',
      completions: segments,
      parallelism: segments,
      backoffLimitPerIndex: 0,
      maxFailedIndexes: 0,
      activeDeadlineSeconds: deadlineSeconds(plan),
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels: labelsOf(plan.metadata(name, 'load')) },
        spec: {
          ...podOf(name, [container], [plan.scenarioVolume]),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labelsOf(plan.metadata(name, 'load')) },
            },
          ],
        },
      },
    },
  }
}

export const LOAD_COMMENTS: YamlComments = {
  'spec.completions': 'Both the number of segments, which SEGMENTS below says as well: all must run at once.',
  'spec.backoffLimitPerIndex': 'A segment that is sent twice is another load: what fails is not tried again.',
  'spec.activeDeadlineSeconds': 'The load, and half an hour for nodes and images.',
  'spec.template.spec.containers.0.image':
    'To change: an image with loadgen and a shell, see docs/kubernetes.md.',
  'spec.template.spec.containers.0.resources':
    'Estimated from the load of one segment. No limit of CPU: a process that is throttled measures the throttle.',
  'spec.template.spec.topologySpreadConstraints': 'Generators on one node would share its network card.',
}

export function mergeJob(plan: JobPlan): object {
  const { name, segments } = plan
  const container = {
    name: 'merge',
    image: plan.image,
    command: ['/bin/sh', '-c', mergeScript()],
    env: [
      { name: 'RESULTS', value: `${RESULTS_FOLDER}/${name}` },
      { name: 'SEGMENTS', value: String(segments) },
    ],
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
    securityContext: CONFINED,
    volumeMounts: [{ name: 'results', mountPath: RESULTS_FOLDER }],
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: plan.metadata(`${name}-merge`, 'merge'),
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineSeconds(plan) + MARGIN_SECONDS,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels: labelsOf(plan.metadata(`${name}-merge`, 'merge')) },
        spec: podOf(name, [container], []),
      },
    },
  }
}

export const MERGE_COMMENTS: YamlComments = {
  'spec.backoffLimit':
    'It fails with 99 where the merged run misses a threshold: trying again would not help.',
}

/** May write to its results and to nothing else, and knows nothing of the cluster. */
const CONFINED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

function podOf(name: string, containers: readonly object[], volumes: readonly object[]): object {
  return {
    restartPolicy: 'Never',
    // Time to write what there is, when the Job is deleted in mid-run.
    terminationGracePeriodSeconds: 60,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers,
    volumes: [...volumes, { name: 'results', persistentVolumeClaim: { claimName: `${name}-results` } }],
  }
}

function deadlineSeconds({ durationMs }: JobPlan): number {
  return Math.ceil(durationMs / 1000) + MARGIN_SECONDS
}

function labelsOf(metadata: object): object {
  return (metadata as { labels: object }).labels
}
